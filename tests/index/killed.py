"""Run as a program: updates copies of an index and kills itself, with SIGKILL, at moments spread over the update.

``python killed.py FOLDER MOMENTS [SEED]``: in FOLDER lie ``old/`` (an index) and ``pages/`` (what to update it with);
copies ``killed-0/`` and on are left there for the test to look at. With SEED the moments are random.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from pathlib import Path
from types import CodeType

from keyword_embedder import KeywordEmbedder

from rag.index import update


class Clock:
    """Ticks at every call and return in the package, and of what it calls in C; kills its process at a given tick."""

    def __init__(self, stop: int | None = None) -> None:
        self.ticks = 0
        self._stop = stop

    def __call__(self, frame, event: str, argument: object) -> None:
        if not _is_ours(frame.f_code):
            return
        self.ticks += 1
        if self.ticks == self._stop:
            os.kill(os.getpid(), signal.SIGKILL)


def _is_ours(code: CodeType) -> bool:
    return f"{os.sep}rag{os.sep}index{os.sep}" in code.co_filename or code.co_filename.endswith("bm25.py")


def run(index: Path, pages: Path, clock: Clock) -> None:
    sys.setprofile(clock)
    update(index, [pages], KeywordEmbedder())
    sys.setprofile(None)


def main(folder: Path, moments: int, seed: int | None = None) -> None:
    shutil.copytree(folder / "old", folder / "new")
    run(folder / "new", folder / "pages", clock := Clock())
    stops = [1 + clock.ticks * i // moments for i in range(moments)]
    if seed is not None:
        # The threads that embed are not counted, but let a run be a tick longer or shorter.
        stops = random.Random(seed).choices(range(1, clock.ticks * 99 // 100), k=moments)
    for i, stop in enumerate(stops):
        copy = folder / f"killed-{i}"
        shutil.copytree(folder / "old", copy)
        child = os.fork()
        if not child:
            run(copy, folder / "pages", Clock(stop=stop))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), f"moment {i} of {moments} was never reached"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
