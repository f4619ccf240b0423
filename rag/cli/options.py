"""Options that several commands share; each is an environment variable too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.types import Leg

IndexOption = Annotated[
    Path, typer.Option("--index", envvar="RAG_INDEX", help="The index folder.", show_default="index")
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        envvar="RAG_MODEL",
        help="A sentence-transformers model, by name or folder; the bundled one by default.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", envvar="RAG_JSON", help="Print JSON, one object a line.")]
ConfidenceOption = Annotated[
    float | None,
    typer.Option(
        "--min-confidence",
        envvar="RAG_MIN_CONFIDENCE",
        min=0.0,
        max=1.0,
        help="Answer only from this confidence on; 0 always answers. The calibrated threshold by default.",
        show_default=False,
    ),
]
CandidatesOption = Annotated[
    bool,
    typer.Option(
        "--candidates", envvar="RAG_CANDIDATES", help="With every answer the best sentences and how sure each is."
    ),
]
LegOption = Annotated[
    Leg, typer.Option("--leg", envvar="RAG_LEG", help="Which part of retrieval: dense, lexical, or both fused.")
]
SourceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--source", envvar="RAG_SOURCE", help="Only this source, or a pattern such as 2024/*; may be repeated."
    ),
]
ArticleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--article", envvar="RAG_ARTICLE", help="Only articles with these words in the headline; may be repeated."
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", envvar="RAG_SINCE", help="Only articles dated on this day (2024-06-01) or later."),
]
UntilOption = Annotated[
    str | None, typer.Option("--until", envvar="RAG_UNTIL", help="Only articles dated on this day or earlier.")
]

DEFAULT_INDEX = Path("index")
DEFAULT_FOLDER = Path("seeds")
