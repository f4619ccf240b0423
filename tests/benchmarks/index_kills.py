"""``kill -9`` at random moments of updates: does every index open in its old or its new state, whole?

``python tests/benchmarks/index_kills.py --kills 200 --out docs/results/kills.json``

Each update of a copied index adds, changes, removes and moves files, and kills itself at a random call or return in
the code that writes. What is left is opened, looked through, repaired (there must be nothing to mend), brought to the
new state and compared with it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "index")]

from keyword_embedder import KeywordEmbedder  # noqa: E402 - the path to it is set above

from rag.index import Index, repair, update  # noqa: E402

AT_ONCE = 50
WORDS = ("汽车", "学校", "天气", "经济", "展览", "道路")


def write_pages(folder: Path, names: range, edition: str) -> None:
    folder.mkdir(exist_ok=True)
    for i in names:
        lines = (f"{WORDS[(i + j) % 6]}{i}号{edition}报道,{WORDS[(i * j) % 6]}很多。" for j in range(1, 6))
        (folder / f"{i}.txt").write_text("\n\n".join(lines), encoding="utf-8")


def state(index: Path) -> tuple[str, tuple[str, ...]]:
    """The fingerprint, and every passage in order; each has vectors and words."""
    with Index.open(index) as opened:
        rows = range(opened.size)
        passages = opened.passages(rows)
        assert len({passage.passage_id for passage in passages}) == opened.size
        assert len(opened.dense(KeywordEmbedder().encode_queries(["汽车"]), opened.size)[0]) == opened.size
        assert all(opened.sentences(row) for row in rows)
        assert len(opened.lexical(["报道"], opened.size)[0]) == opened.size
        return opened.fingerprint, tuple(passage.passage_id for passage in passages)


def run(folder: Path, kills: int, seed: int) -> Counter[str]:
    """Kill ``kills`` updates; how many indexes were found in which state."""
    pages = folder / "pages"
    write_pages(pages, range(30), "早")
    update(folder / "old", [pages], KeywordEmbedder())
    old = state(folder / "old")
    write_pages(pages, range(25, 40), "晚")
    for i in range(5):
        (pages / f"{i}.txt").unlink()
    (pages / "10.txt").rename(pages / "moved.txt")
    command = [sys.executable, str(TESTS / "index" / "killed.py"), str(folder), str(kills), str(seed)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=True)
    new = state(folder / "new")
    names = {old: "old", new: "new"}
    found = Counter[str]()
    for i in range(kills):
        index = folder / f"killed-{i}"
        found[names.get(state(index), "neither")] += 1
        assert repair(index).mended == ()
        update(index, [pages], KeywordEmbedder())
        assert state(index) == new, index
        shutil.rmtree(index)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    found = Counter[str]()
    started = time.perf_counter()
    for start in range(0, args.kills, AT_ONCE):
        with tempfile.TemporaryDirectory() as folder:
            found += run(Path(folder), min(AT_ONCE, args.kills - start), args.seed + start)
        print(dict(found), file=sys.stderr, flush=True)
    report = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.python_version()}",
        "kills": args.kills,
        "found": dict(found),
        "seconds": round(time.perf_counter() - started),
    }
    print(json.dumps(report))
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    sys.exit(found["neither"] > 0)


if __name__ == "__main__":
    main()
