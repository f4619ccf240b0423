"""``rag evaluate``: from options to a report that says how it was made."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from rag.chatbot import Chatbot
from rag.errors import EvaluationError, InputError
from rag.evaluation.compare import comparable
from rag.evaluation.expected import load_expected, misses
from rag.evaluation.journal import Journal, journal_path
from rag.evaluation.load import load_pool, load_questions
from rag.evaluation.pool import open_pool, pool_sources
from rag.evaluation.questions import QuestionSet
from rag.evaluation.report import Report
from rag.evaluation.runner import Mode, conditions_of, evaluate
from rag.types import Progress


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of ``rag evaluate``, version 1; ``limit`` and ``sample`` choose questions, never the pool."""

    questions: Path
    index: Path = Path("index")
    pool: tuple[Path, ...] = ()
    mode: Mode = field(default_factory=Mode)
    limit: int | None = None
    sample: int | None = None
    seed: int = 0
    skip_bad: bool = False
    resume: bool = False
    model: str | None = None
    expected: Path | None = None
    command: str = field(default_factory=lambda: shlex.join(["rag", *sys.argv[1:]]))


def run_evaluation(
    options: Options,
    *,
    progress: Progress | None = None,
    save: Callable[[Report], None] | None = None,
    other: Report | None = None,
    tell: Callable[[str], None] | None = None,
) -> Report:
    """Evaluate as the options say. Raises ``RagError``; scores that are not as expected are in ``Report.misses``.

    Each batch of rows is kept until ``save`` has the report, so that a run that was stopped can be resumed; ``tell``
    gets a line on what there was to resume. A report ``other`` is to be compared with: that it can be is checked first.
    """
    _check(options)
    expected = load_expected(options.expected) if options.expected else ()
    loaded = _loaded(options)
    clock = perf_counter()
    with _opened(options, loaded, progress) as (bot, pool):
        ready = perf_counter()
        asked = loaded.sampled(options.sample, options.seed).limited(options.limit)
        if other:
            comparable(asked.questions, retrieval=options.mode.retrieval, other=other)
        chosen = _chosen(options)
        journal = _journal({**conditions_of(bot, asked, options.mode), **chosen}, resume=options.resume)
        if journal and tell and options.resume:
            tell(_resumable(journal.done, len(asked.questions)))
        report = evaluate(
            bot, asked, options.mode, pool=pool, skip_bad=options.skip_bad, journal=journal, progress=progress
        )
    _require_any(report.rows, report.skipped, options.questions)
    times = {"seconds": round(perf_counter() - clock, 1), "seconds_to_index": round(ready - clock, 1)}
    made = {"command": options.command, **chosen, **report.run, **times}
    report = replace(report, run=made, misses=misses(report, expected))
    if save:
        save(report)
    if journal:
        journal.remove()
    return report


def _resumable(kept: int, questions: int) -> str:
    if kept:
        return f"{kept} of {questions} questions were asked before"
    return "nothing to resume: no run of these questions with this index, model and options was stopped"


def _check(options: Options) -> None:
    mode = options.mode
    if mode.retrieval and mode.gold_passage:
        raise InputError("--retrieval and --gold-passage exclude each other: give one of them")
    for name, number in (("--limit", options.limit), ("--sample", options.sample)):
        if number is not None and number < 1:
            raise InputError(f"{name} {number}: give at least 1")
    if mode.min_confidence is not None and not 0 <= mode.min_confidence <= 1:
        raise InputError(f"--min-confidence {mode.min_confidence}: give a probability from 0 to 1")


def _loaded(options: Options) -> QuestionSet:
    """The questions, with the paragraphs of their file and of the files of ``--pool``."""
    loaded = load_questions(options.questions, skip_bad=options.skip_bad)
    if options.pool and loaded.format == "jsonl":
        raise InputError(f"{loaded.name} is asked over the index: --pool goes with SQuAD files")
    _require_any(loaded.questions, loaded.skipped, options.questions)
    for path in options.pool:
        more = load_pool(path, skip_bad=options.skip_bad)
        paragraphs, skipped = (*loaded.paragraphs, *more.paragraphs), (*loaded.skipped, *more.skipped)
        loaded = replace(loaded, paragraphs=paragraphs, skipped=skipped)
    return loaded


def _require_any(questions: Sequence[object], skipped: Sequence[str], path: Path) -> None:
    """Raise an error where there is no question: a script would take the empty report for a result."""
    if not questions:
        why = f"{len(skipped)} skipped, the last: {skipped[-1]}" if skipped else "give a file that holds some"
        raise EvaluationError(f"{path} has no question that can be asked: {why}")


def _chosen(options: Options) -> dict[str, Any]:
    """Which questions of which files were chosen."""
    return {
        "pool": [path.name for path in options.pool],
        "sample": options.sample,
        "seed": options.seed,
        "limit": options.limit,
    }


def _journal(conditions: dict[str, Any], *, resume: bool) -> Journal | None:
    """The journal; ``None`` where no cache can be written to, unless the run is to be resumed."""
    try:
        return Journal(journal_path(conditions), resume=resume)
    except EvaluationError:
        if resume:
            raise
        return None


@contextmanager
def _opened(
    options: Options, asked: QuestionSet, progress: Progress | None
) -> Iterator[tuple[Chatbot, dict[str, str] | None]]:
    if asked.format == "jsonl":
        with Chatbot.open(options.index, model=options.model) as bot:
            yield bot, None
        return
    sources = pool_sources(asked.paragraphs)
    with open_pool(sources, options.model, progress) as bot:
        yield bot, sources
