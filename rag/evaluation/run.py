"""``rag evaluate``: from options to a report that says how it was made."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import Any

import rag
from rag.chatbot import Chatbot
from rag.errors import InputError
from rag.evaluation.expected import load_expected, misses
from rag.evaluation.pool import open_pool, pool_sources
from rag.evaluation.questions import QuestionSet, load_paragraphs, load_questions
from rag.evaluation.report import Report
from rag.evaluation.runner import Mode, evaluate, threshold_for
from rag.types import Progress

_VERSIONED = ("numpy", "faiss-cpu", "onnxruntime", "tokenizers", "tantivy", "sentence-transformers")


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of ``rag evaluate``, version 1; ``limit`` limits questions and never the pool."""

    questions: Path
    index: Path = Path("index")
    pool: tuple[Path, ...] = ()
    mode: Mode = field(default_factory=Mode)
    limit: int | None = None
    model: str | None = None
    expected: Path | None = None
    command: str = field(default_factory=lambda: " ".join(["rag", *sys.argv[1:]]))


def run_evaluation(options: Options, *, progress: Progress | None = None) -> Report:
    """Evaluate as the options say. Raises ``RagError``; scores that are not as expected are in ``Report.misses``."""
    _check(options)
    expected = load_expected(options.expected) if options.expected else ()
    asked = load_questions(options.questions)
    if options.pool and asked.format == "jsonl":
        raise InputError(f"{asked.name} is asked over the index: --pool goes with SQuAD files")
    started, clock = datetime.now(UTC), perf_counter()
    with _opened(options, asked, progress) as (bot, pool):
        limited = asked.limited(options.limit)
        report = evaluate(bot, limited, options.mode, pool=pool, progress=progress)
        run = _manifest(options, bot, limited) | {
            "started": started.isoformat(timespec="seconds"),
            "seconds": round(perf_counter() - clock, 1),
        }
    return replace(report, run=run, misses=misses(report, expected))


def _check(options: Options) -> None:
    mode = options.mode
    if mode.retrieval and mode.gold_passage:
        raise InputError("--retrieval and --gold-passage exclude each other: give one of them")
    if options.limit is not None and options.limit < 1:
        raise InputError(f"--limit {options.limit}: give at least 1")
    if mode.min_confidence is not None and not 0 <= mode.min_confidence <= 1:
        raise InputError(f"--min-confidence {mode.min_confidence}: give a probability from 0 to 1")


@contextmanager
def _opened(
    options: Options, asked: QuestionSet, progress: Progress | None
) -> Iterator[tuple[Chatbot, dict[str, str] | None]]:
    if asked.format == "jsonl":
        with Chatbot.open(options.index, model=options.model) as bot:
            yield bot, None
        return
    more = (paragraph for path in options.pool for paragraph in load_paragraphs(path))
    sources = pool_sources((*asked.paragraphs, *more))
    with open_pool(sources, options.model, progress) as bot:
        yield bot, sources


def _manifest(options: Options, bot: Chatbot, asked: QuestionSet) -> dict[str, Any]:
    info, mode = bot.info(), options.mode
    return {
        "command": options.command,
        "model": info.model,
        "index": info.fingerprint,
        "passages": info.passages,
        "questions": asked.name,
        "pool": [path.name for path in options.pool],
        "retrieval": mode.retrieval,
        "gold_passage": mode.gold_passage,
        "leg": mode.leg,
        "threshold": None if mode.retrieval else threshold_for(bot, asked, mode),
        "versions": {"wenbao": rag.__version__, "python": platform.python_version(), **_versions()},
        "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()},
    }


def _versions() -> dict[str, str]:
    """What is installed of the libraries that can change a figure; the last is optional with the bundled model."""
    found = {name: list(metadata.distributions(name=name)) for name in _VERSIONED}
    return {name: dists[0].version for name, dists in found.items() if dists}
