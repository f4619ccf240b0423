"""Real processes that write: a second is refused; Ctrl-C keeps what was finished, and the next run goes on with it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from running import rag

from rag.index import Index, repair

READ = 40


@contextmanager
def held_back(file: Path) -> Iterator[threading.Event]:
    """Nobody can open ``file`` meanwhile; the event tells that somebody waits to."""
    import fcntl

    asked = threading.Event()
    before = signal.signal(signal.SIGIO, lambda *_: asked.set())
    handle = os.open(file, os.O_WRONLY)
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        yield asked
    finally:
        os.close(handle)
        signal.signal(signal.SIGIO, before)


def staged(index: Path) -> dict[str, int]:
    with closing(sqlite3.connect(index / "corpus.sqlite")) as connection:
        return dict(connection.execute("SELECT path, id FROM documents ORDER BY path").fetchall())


@contextmanager
def reading(pages: Path, at: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-m", "rag", "index", str(pages), "--index", str(at)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process


@pytest.mark.skipif(sys.platform != "linux", reason="no leases on files")
def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    pages, at = tmp_path / "pages", tmp_path / "index"
    pages.mkdir()
    (pages / "a.txt").write_text("第一号新闻\n\n今天的新闻说了天气。", encoding="utf-8")
    with held_back(pages / "a.txt") as asked, reading(pages, at) as first:
        assert asked.wait(120)
        for arguments in (("index", pages), ("index", "--repair"), ("remove", "a.txt")):
            second = rag(*arguments, "--index", at)
            assert (second.status, second.out) == (2, "")
            wanted = f"rag: another process is writing to the index in {at}: try again when it has finished"
            assert second.told == wanted
        assert first.poll() is None
        first.terminate()
    assert rag("index", pages, "--index", at).out.startswith(f"{at}: 1 added; ")


@pytest.mark.skipif(sys.platform != "linux", reason="no leases on files")
def test_control_c_while_reading(tmp_path: Path) -> None:
    pages, at = tmp_path / "pages", tmp_path / "index"
    pages.mkdir()
    for i in range(READ + 10):
        (pages / f"{i:02}.txt").write_text(f"第{i}号新闻\n\n今天第{i}号新闻说了天气。", encoding="utf-8")
    with held_back(pages / f"{READ}.txt") as asked, reading(pages, at) as process:
        assert asked.wait(120)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err.splitlines()[-1]) == (130, "", "rag: stopped; what was finished is kept")
    kept = staged(at)
    assert list(kept) == [f"{i:02}.txt" for i in range(READ)]

    ran = rag("index", pages, "--index", at)
    assert ran.out.startswith(f"{at}: {READ + 10} added; {READ + 10} passages, ")
    assert kept.items() <= staged(at).items()
    rag("index", pages, "--index", tmp_path / "fresh")
    with Index.open(at) as resumed, Index.open(tmp_path / "fresh") as fresh:
        assert resumed.fingerprint == fresh.fingerprint
        for row in range(fresh.size):
            assert [(span, vector.tolist()) for span, vector in resumed.sentences(row)] == [
                (span, vector.tolist()) for span, vector in fresh.sentences(row)
            ]
    assert repair(at).mended == ()
