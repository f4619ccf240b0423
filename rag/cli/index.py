"""``rag index``, ``rag remove`` and ``rag inspect``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.lines import escaped, one_line, visible
from rag.cli.options import DEFAULT_FOLDER, DEFAULT_INDEX, IndexOption, JsonOption, ModelOption
from rag.cli.progress import shown_progress
from rag.errors import InputError, ReadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.index import RepairSummary, UpdateSummary
    from rag.types import Document

_NAMED = 5


def index(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Folders of articles (default: those of the index, or seeds)")
    ] = None,
    *,
    at: IndexOption = DEFAULT_INDEX,
    model: ModelOption = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", envvar="RAG_REBUILD", help="Read and embed everything anew.")
    ] = False,
    follow_links: Annotated[
        bool, typer.Option("--follow-links", envvar="RAG_FOLLOW_LINKS", help="Read links to files elsewhere, too.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", envvar="RAG_REPAIR", help="Check every part of the index and mend it.")
    ] = False,
) -> None:
    """Build an index, or update it: only new and changed files are read."""
    from rag.embedding import load_embedder
    from rag.index import repair as repair_index
    from rag.index import update

    if repair and (folders or rebuild):
        raise InputError("--repair takes no folders and no --rebuild: give it alone")
    if repair:
        with shown_progress() as progress:
            found = repair_index(at, lambda: load_embedder(model), progress=progress)
        _show_repair(found, at)
        return
    chosen = folders or _default_folders(at, rebuild=rebuild)
    with shown_progress() as progress:
        summary = update(
            at, chosen, load_embedder(model), rebuild=rebuild, follow_links=follow_links, progress=progress
        )
    _show(summary, at)


def remove(
    sources: Annotated[
        list[str], typer.Argument(help="Sources as `rag search` names them, or patterns such as 2024/*")
    ],
    *,
    at: IndexOption = DEFAULT_INDEX,
    model: ModelOption = None,
) -> None:
    """Take sources out of the index; their files stay."""
    from rag.embedding import load_embedder
    from rag.index import remove as remove_sources

    with shown_progress() as progress:
        summary = remove_sources(at, sources, load_embedder(model), progress=progress)
    _show(summary, at)


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Files of articles")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Show what is read from files: encoding, articles, bylines, paragraphs and their offsets."""
    from rag.corpus import describe, read_document

    failed = False
    for path in files:
        try:
            document = read_document(path, path.name)
        except ReadError as error:
            typer.echo(f"rag: {escaped(str(error))}", err=True)
            failed = True
            continue
        for note in document.notes:
            typer.echo(f"rag: {escaped(document.source)}: {escaped(note)}", err=True)
        if as_json:
            typer.echo(json.dumps(describe(document), ensure_ascii=False))
        else:
            _show_document(document)
    if failed:
        raise typer.Exit(2)


def _show_repair(summary: RepairSummary, at: Path) -> None:
    """What could not be mended ends the command as a broken index does."""
    for problem in summary.mended:
        typer.echo(f"mended: {escaped(problem)}")
    for problem in summary.left:
        typer.echo(f"rag: {escaped(problem)}", err=True)
    if summary.left:
        raise typer.Exit(2)
    if not summary.mended:
        typer.echo(f"{at}: every part is whole")


def _default_folders(at: Path, *, rebuild: bool) -> list[Path]:
    """What the index was made of, so that ``rag index`` alone brings it up to date and adds nothing else to it."""
    from rag.index import source_folders

    found = source_folders(at, rebuild=rebuild)
    return [DEFAULT_FOLDER] if found is None else found


def _show(summary: UpdateSummary, at: Path) -> None:
    for left_out in summary.skipped:
        typer.echo(escaped(left_out.reason), err=True)
    for note in summary.notes:
        typer.echo(escaped(note), err=True)
    counts = {
        "added": len(summary.added),
        "changed": len(summary.changed),
        "rebuilt": len(summary.rebuilt),
        "removed": len(summary.removed),
        "unchanged": len(summary.unchanged),
        "skipped": len(summary.skipped),
    }
    changes = ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing to do"
    typer.echo(f"{at}: {changes}; {summary.passages} passages, {summary.seconds:.1f} s")
    if summary.recall is not None:
        measured = "measured with passages as questions; real questions may find a little less"
        typer.echo(f"  the approximate index finds {summary.recall:.1%} of the ten nearest passages, {measured}")
    for what, sources in (("added", summary.added), ("changed", summary.changed), ("removed", summary.removed)):
        if sources:
            typer.echo(f"  {what}: {_some(sources)}")


def _some(sources: Sequence[str]) -> str:
    """The first few, and how many more there are.

    >>> _some([f"{n}.txt" for n in range(1, 9)])
    '1.txt, 2.txt, 3.txt, 4.txt, 5.txt and 3 more'
    """
    named = ", ".join(escaped(source) for source in sources[:_NAMED])
    return named if len(sources) <= _NAMED else f"{named} and {len(sources) - _NAMED} more"


def _show_document(document: Document) -> None:
    from rag.corpus import articles

    typer.echo(f"{escaped(document.source)} ({document.encoding}, {len(document.text)} characters)")
    for article in articles(document):
        byline = document.text[article.byline.start : article.byline.end] if article.byline else "no byline"
        typer.echo(f"  {article.number}. {visible(article.title)}  [{article.kind}; {one_line(byline, 60)}]")
        for p in article.paragraphs:
            typer.echo(f"     {article.number}.{p.number} [{p.start}:{p.end}] {one_line(p.text, 60)}")
