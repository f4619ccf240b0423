"""``rag evaluate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.options import DEFAULT_INDEX, ConfidenceOption, IndexOption, LegOption, ModelOption
from rag.cli.progress import shown_progress
from rag.errors import InputError

FAILED_CHECK = 1


def evaluate(
    questions: Annotated[Path, typer.Argument(help="Our JSON Lines, or SQuAD JSON; .gz allowed")],
    *,
    pool: Annotated[
        list[Path] | None, typer.Option("--pool", help="SQuAD file whose paragraphs join the pool; may be repeated.")
    ] = None,
    gold_passage: Annotated[
        bool, typer.Option("--gold-passage", help="Reading alone: the gold paragraph is given (SQuAD).")
    ] = False,
    retrieval: Annotated[bool, typer.Option("--retrieval", help="Retrieval alone.")] = False,
    leg: LegOption = "fused",
    min_confidence: ConfidenceOption = None,
    model: ModelOption = None,
    at: IndexOption = DEFAULT_INDEX,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Ask only the first N questions.")] = None,
    expected: Annotated[
        Path | None, typer.Option("--expected", help="Scores that must be reached; exit status 1 if they are not.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write scores and rows to a file; - for stdout.")
    ] = None,
) -> None:
    """Score retrieval and answers on a set of questions."""
    from rich.console import Console

    from rag.evaluation import Mode, Options, run_evaluation

    if json_file and not json_file.parent.is_dir():  # before hours of work rather than after them
        raise InputError(f"{json_file.parent} is no folder: name another file with --json")
    mode = Mode(retrieval=retrieval, gold_passage=gold_passage, leg=leg, min_confidence=min_confidence)
    options = Options(
        questions=questions, index=at, pool=tuple(pool or ()), mode=mode, limit=limit, model=model, expected=expected
    )
    with shown_progress() as progress:
        report = run_evaluation(options, progress=progress)
    to_stdout = json_file == Path("-")
    if json_file:
        _write(json_file, json.dumps(report.to_dict(), ensure_ascii=False, indent=None if to_stdout else 1))
    report.print(Console(stderr=to_stdout))
    if report.misses:
        raise typer.Exit(FAILED_CHECK)


def _write(path: Path, text: str) -> None:
    if path == Path("-"):
        typer.echo(text)
        return
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}): name another file with --json") from error
