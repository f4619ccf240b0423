"""Run as a program: works on copies of an index and kills itself, with SIGKILL, at moments spread over the work.

``python killed.py FOLDER MODE MOMENTS [SEED [by-clock]]``: in FOLDER lie ``pages/`` and, but for a first build,
an index ``old/`` (``prepare``). Copies ``killed-0/`` and on are left there for ``kill`` to look at, beside ``new/``,
which was not killed. With SEED the moments are random; ``by-clock`` they are shares of the time that the work takes,
and the kill comes from outside, so that it falls into what FAISS, tantivy and SQLite do, too.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from types import CodeType

from keyword_embedder import KeywordEmbedder

from rag.errors import IndexMissingError
from rag.index import Index, remove, repair, update
from rag.index.local import build_parts

#: What is killed: an update with every kind of change, the first build, a rebuild, the repair of a damaged truth and
#: its parts, the removal of sources, and an update of an index that has an inverted file.
MODES = ("update", "build", "rebuild", "repair", "remove", "nearby")
WORDS = ("汽车", "学校", "天气", "经济", "展览", "道路")


class Clock:
    """Ticks at every call and return in the package, and of what it calls in C; kills its process at a given tick.

    ``switched`` is a tick just after the index was switched to its new state.
    """

    def __init__(self, stop: int | None = None) -> None:
        self.ticks = self.switched = 0
        self._stop = stop

    def __call__(self, frame, event: str, argument: object) -> None:
        if not _is_ours(frame.f_code):
            return
        self.ticks += 1
        if event == "call" and frame.f_code.co_name == "remove_others":
            self.switched = self.ticks
        if self.ticks == self._stop:
            os.kill(os.getpid(), signal.SIGKILL)


def _is_ours(code: CodeType) -> bool:
    return f"{os.sep}rag{os.sep}index{os.sep}" in code.co_filename or code.co_filename.endswith("bm25.py")


def write_pages(folder: Path, names: range, edition: str) -> None:
    folder.mkdir(exist_ok=True)
    for i in names:
        lines = (f"{WORDS[(i + j) % 6]}{i}号{edition}报道,{WORDS[(i * j) % 6]}很多。" for j in range(1, 6))
        (folder / f"{i}.txt").write_text("\n\n".join(lines), encoding="utf-8")


def prepare(folder: Path, mode: str, files: int = 30) -> None:
    """Make the pages as the killed work finds them, and the index of what they were before."""
    pages, old = folder / "pages", folder / "old"
    write_pages(pages, range(files), "早")
    if mode == "build":
        return
    _set_sizes(mode)
    update(old, [pages], KeywordEmbedder())
    if mode == "repair":
        _damage(old)
    elif mode != "remove":
        write_pages(pages, range(files - 5, files + 10), "晚")
        for i in range(3):
            (pages / f"{i}.txt").unlink()
        (pages / "3.txt").rename(pages / "moved.txt")


def _set_sizes(mode: str) -> None:
    if mode == "nearby":
        build_parts.EXACT_UP_TO, build_parts.UNSORTED = 4, 2


def _damage(index: Path) -> None:
    with closing(sqlite3.connect(index / "corpus.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE vectors SET vector = zeroblob(length(vector)) WHERE id % 7 = 0")
        connection.execute("UPDATE passages SET text = 'forged' WHERE id % 9 = 0")
        connection.execute("UPDATE documents SET text = 'forged' WHERE path = '2.txt'")
    order = index / "order-1.npy"
    order.write_bytes(order.read_bytes()[:-1] + b"\x7f")


def act(index: Path, pages: Path, mode: str) -> None:
    _set_sizes(mode)
    if mode == "repair":
        assert repair(index, KeywordEmbedder).left == ()
    elif mode == "remove":
        remove(index, ["1*.txt", "5.txt"], KeywordEmbedder())
    else:
        update(index, [pages], KeywordEmbedder(), rebuild=mode == "rebuild")


def state(index: Path) -> tuple[str, tuple[str, ...]] | None:
    """The fingerprint, and every passage in order; each has vectors and words. ``None`` before there is an index."""
    try:
        opened = Index.open(index)
    except IndexMissingError:
        return None
    with opened:
        rows = range(opened.size)
        passages = opened.passages(rows)
        assert len({passage.passage_id for passage in passages}) == opened.size
        nearest = opened.dense(KeywordEmbedder().encode_queries(["汽车"]), opened.size, exact=True)[0]
        assert len(nearest) == opened.size
        assert all(opened.sentences(row) for row in rows)
        assert len(opened.lexical(["报道"], opened.size)[0]) == opened.size
        return opened.fingerprint, tuple(passage.passage_id for passage in passages)


def kill(
    folder: Path, mode: str, moments: int, seed: int | None = None, files: int = 30, *, by_clock: bool = False
) -> Counter[str]:
    """Kill the work ``moments`` times, and bring each index to the new state. How many were found in which state."""
    prepare(folder, mode, files)
    old = None if mode in ("build", "repair") else state(folder / "old")
    words = [mode, str(moments), *([] if seed is None else [str(seed)]), *(["by-clock"] if by_clock else [])]
    command = [sys.executable, str(Path(__file__)), str(folder), *words]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=True, timeout=280)
    new = state(folder / "new")
    assert new is not None
    assert mode == "repair" or new != old
    seen = Counter[str]()
    for i in range(moments):
        index = folder / f"killed-{i}"
        seen[_found(index, mode, {old: "old", new: "new"})] += 1
        if mode == "repair" or state(index) != new:
            act(index, folder / "pages", mode)
        assert state(index) == new, index
        assert repair(index).mended == ()
        assert not list(index.glob("*.tmp"))
        assert bool(list(index.glob("nearby-*"))) == (mode == "nearby")
        shutil.rmtree(index)
    return seen


def _found(index: Path, mode: str, names: dict[tuple[str, tuple[str, ...]] | None, str]) -> str:
    if mode == "repair":  # what is damaged may open or not
        return "old" if repair(index, KeywordEmbedder).mended else "new"
    there = state(index)
    if there is not None:
        assert repair(index).mended == ()
    return names.get(there, "neither")


def _run(index: Path, pages: Path, mode: str, clock: Clock) -> None:
    sys.setprofile(clock)
    act(index, pages, mode)
    sys.setprofile(None)


def _copy(folder: Path, name: str) -> Path:
    if (folder / "old").exists():
        shutil.copytree(folder / "old", folder / name)
    return folder / name


def kill_by_clock(folder: Path, mode: str, moments: int, seed: int) -> None:
    """Send SIGKILL after random shares of the time that the work takes unharmed; a run may end before."""
    copy, chance = _copy(folder, "new"), random.Random(seed)
    begun = time.monotonic()
    _wait_for(_forked(copy, folder / "pages", mode))
    whole = time.monotonic() - begun
    for i in range(moments):
        child = _forked(_copy(folder, f"killed-{i}"), folder / "pages", mode)
        time.sleep(chance.uniform(0, whole))
        os.kill(child, signal.SIGKILL)  # until it is waited for, its number is nobody else's
        _wait_for(child)


def _forked(index: Path, pages: Path, mode: str) -> int:
    child = os.fork()
    if not child:
        act(index, pages, mode)
        os._exit(0)
    return child


def _wait_for(child: int) -> None:
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or status == 0, status


def main(folder: Path, mode: str, moments: int, seed: int | None = None) -> None:
    _run(_copy(folder, "new"), folder / "pages", mode, clock := Clock())
    stops = [1 + (clock.switched - 1) * i // max(1, moments - 1) for i in range(moments)]
    if seed is not None:
        # The threads that embed are not counted, but let a run be a tick longer or shorter.
        stops = random.Random(seed).choices(range(1, clock.ticks * 99 // 100), k=moments)
    for i, stop in enumerate(stops):
        copy = _copy(folder, f"killed-{i}")
        child = os.fork()
        if not child:
            _run(copy, folder / "pages", mode, Clock(stop=stop))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), f"moment {i} of {moments} was never reached"


if __name__ == "__main__":
    if sys.argv[5:] == ["by-clock"]:
        kill_by_clock(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else None)
