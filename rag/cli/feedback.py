"""``rag feedback``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.options import DEFAULT_INDEX, IndexOption


def feedback(
    *,
    wrong: Annotated[
        bool, typer.Option("--wrong", help="Instead, what was called wrong: for you to write the right answers in.")
    ] = False,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", envvar="RAG_FEEDBACK", help="The file of ratings. Default: beside the index.", show_default=False
        ),
    ] = None,
    at: IndexOption = DEFAULT_INDEX,
) -> None:
    """Print what visitors called right as questions for `rag evaluate`, one JSON object a line."""
    from rag.ui.feedback import Feedback, as_questions, beside, to_label

    ratings = Feedback(file or beside(at)).ratings()
    rows = list(to_label(ratings) if wrong else as_questions(ratings))
    for row in rows:
        typer.echo(json.dumps(row, ensure_ascii=False))
    typer.echo(f"{len(rows)} of {len(ratings)} rated answers", err=True)
