"""One step of the race, run by a contestant's own Python: index the passages, or answer the questions.

``python worker.py JOB.json``. Nothing but the standard library is imported here; an adapter imports what it needs.
An adapter is a module ``peer_*.py`` with ``make(options) -> Peer``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

try:
    import resource
except ImportError:  # Windows has none, and no figure for memory either
    resource = None  # type: ignore[assignment]

WARM_UP = 3


class Peer(Protocol):
    """A search system as its own documents set it up. Passages go by their position in ``texts``."""

    def index(self, texts: list[str], store: Path) -> None:
        """Index the passages, and keep the index in the empty folder if the system can."""

    def load(self, texts: list[str], store: Path) -> None:
        """Make ready to search in a new process: from the folder, or by indexing again."""

    def search(self, question: str, k: int) -> list[int]:
        """The ``k`` best passages, best first."""


def main(job: dict[str, Any]) -> dict[str, Any]:
    texts = json.loads(Path(job["passages"]).read_text(encoding="utf-8"))
    peer: Peer = import_module(job["adapter"]).make(job["options"])
    step = index if job["step"] == "index" else ask
    return step(peer, texts, job) | {"memory_mib": peak_mib()}


def index(peer: Peer, texts: list[str], job: dict[str, Any]) -> dict[str, Any]:
    began = time.perf_counter()
    peer.index(texts, Path(job["store"]))
    return {"seconds": time.perf_counter() - began}


def ask(peer: Peer, texts: list[str], job: dict[str, Any]) -> dict[str, Any]:
    """``start_s`` is from the start of the process to the first result, whatever has to be read or built for it."""
    questions: list[str] = json.loads(Path(job["questions"]).read_text(encoding="utf-8"))
    peer.load(texts, Path(job["store"]))
    peer.search(questions[0], job["k"])
    start = time.time() - job["spawned"]
    found, took = timed(lambda question: peer.search(question, job["k"]), questions)
    result: dict[str, Any] = {"start_s": start, "found": found, "search_ms": took}
    answer: Callable[[str], str | None] | None = getattr(peer, "answer", None)
    if answer:
        result["answers"], result["answer_ms"] = timed(answer, questions)
    return result


def timed(call: Callable[[str], Any], questions: list[str]) -> tuple[list[Any], list[float]]:
    """What the call gives for each question, and the milliseconds it takes, warm, one at a time."""
    for question in questions[:WARM_UP]:
        call(question)
    given, took = [], []
    for question in questions:
        began = time.perf_counter()
        given.append(call(question))
        took.append(1000 * (time.perf_counter() - began))
    return given, took


def peak_mib() -> float | None:
    """The most memory this process has held; Linux counts KiB, macOS bytes."""
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


if __name__ == "__main__":
    path = Path(sys.argv[1])
    given = json.loads(path.read_text(encoding="utf-8"))
    outcome = main(given)
    Path(given["out"]).write_text(json.dumps(outcome), encoding="utf-8")
