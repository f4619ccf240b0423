"""``kill -9`` at random moments of writing: does every index open in its old or its new state, whole?

``python tests/benchmarks/index_kills.py --kills 200 --out docs/results/kills.json``

Copies of an index are updated (files are added, changed, removed and moved; with an inverted file and without), built
for the first time, rebuilt, repaired, or have sources removed, and each kills itself at a random call or return in the
code that writes, or with ``--by-clock`` is killed from outside after a random share of the time that the work takes.
What is left is opened, looked through, repaired (there must be nothing to mend), brought to the new
state and compared with it. ``--kills`` are for each of these modes; ``--modes`` names some of them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "index"), str(TESTS / "benchmarks")]

from index_scale import named  # noqa: E402 - the path to it is set above
from killed import MODES, kill  # noqa: E402

from rag.index.local import build_parts  # noqa: E402

AT_ONCE = 50


def run(mode: str, kills: int, seed: int, files: int, *, by_clock: bool = False) -> Counter[str]:
    """Kill ``kills`` times; how many indexes were found in which state."""
    found = Counter[str]()
    before = build_parts.EXACT_UP_TO, build_parts.UNSORTED
    try:
        for start in range(0, kills, AT_ONCE):
            with tempfile.TemporaryDirectory() as folder:
                found += kill(Path(folder), mode, min(AT_ONCE, kills - start), seed + start, files, by_clock=by_clock)
    finally:
        build_parts.EXACT_UP_TO, build_parts.UNSORTED = before
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--files", type=int, default=30, help="files of the index")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--by-clock", action="store_true", help="kill from outside, also in native code")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    started = time.perf_counter()
    modes = {}
    for mode in args.modes:
        modes[mode] = dict(run(mode, args.kills, args.seed, args.files, by_clock=args.by_clock))
        print(mode, modes[mode], file=sys.stderr, flush=True)
    found = sum(map(Counter, modes.values()), Counter[str]())
    report = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": named(),
        "by_clock": args.by_clock,
        "kills": args.kills * len(modes),
        "found": dict(found),
        "modes": modes,
        "seconds": round(time.perf_counter() - started),
    }
    print(json.dumps(report))
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    sys.exit(found["neither"] > 0)


if __name__ == "__main__":
    main()
