"""The ways to change an index, and the summary of what changed."""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rag.corpus import articles
from rag.embedding import Embedder
from rag.errors import InputError
from rag.index.commit import commit
from rag.index.embed import Splitter
from rag.index.engine import DocumentRow
from rag.index.filters import named
from rag.index.folders import Skipped, choose_folders, read_folders
from rag.index.job import Job, open_job
from rag.types import Article, Document, Progress


@dataclass(frozen=True, slots=True)
class UpdateSummary:
    """What an update did: sources by what became of them, and the state after it."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    passages: int
    seconds: float
    #: Read and embedded again although their bytes are the same.
    rebuilt: tuple[str, ...] = ()
    #: ``Index.recall`` of an index that is searched approximately.
    recall: float | None = None
    #: What was not understood of files that were read, one line each.
    notes: tuple[str, ...] = ()


def update(
    index: Path,
    folders: Sequence[Path],
    embedder: Embedder,
    *,
    rebuild: bool = False,
    follow_links: bool = False,
    progress: Progress | None = None,
) -> UpdateSummary:
    """Synchronise the index with ``folders``. Its other folders stay as they are. Files are compared by their bytes.

    ``rebuild`` reads, splits and embeds everything again. A file that cannot be read is left out, with a reason.
    Documents of a folder that cannot be read stay. Links to files outside their folder are only read with
    ``follow_links``.
    Raises ``InputError`` for a folder that does not exist, or if a new index would be empty; ``IndexBusyError``;
    ``IndexModelError`` for an index of another model; ``IndexFormatError`` for a damaged one, unless ``rebuild``.
    """
    started = time.perf_counter()
    given = {_root(folder): folder for folder in folders}
    with open_job(index, embedder, rebuild=rebuild, progress=progress) as job:
        chosen = choose_folders(job, given)
        wanted = [row for row in job.live() if row.folder not in chosen.replaced]
        contents = read_folders(job, chosen.folders, follow_links=follow_links)
        summary = _commit(job, [*wanted, *contents.rows], contents.skipped, articles, started)
        return replace(summary, notes=tuple(contents.notes))


def remove(
    index: Path, sources: Sequence[str], embedder: Embedder, *, progress: Progress | None = None
) -> UpdateSummary:
    """Remove ``sources``. They come back when their folder is updated and their files are still in it.

    A source is a name, or a pattern such as ``2024/*``. What fits no source is compared with the paths that the files
    had when they were indexed, so that a whole folder can be removed even if it is gone. ``InputError`` if nothing
    fits.
    """
    started = time.perf_counter()
    with open_job(index, embedder, create=False, progress=progress) as job:
        unwanted = _named(job, sources)
        return _commit(job, [row for row in job.live() if row.id not in unwanted], [], articles, started)


def build(
    index: Path,
    documents: Iterable[tuple[Document, Sequence[Article]]],
    embedder: Embedder,
    *,
    progress: Progress | None = None,
) -> UpdateSummary:
    """Make ``index`` an index of ``documents`` alone, which need not be files. Only what is new is embedded."""
    given = {document.source: (document, tuple(split)) for document, split in documents}
    texts = (document for document, _ in given.values())
    return build_split(index, texts, lambda document: given[document.source][1], embedder, progress=progress)


def build_split(
    index: Path,
    documents: Iterable[Document],
    splitter: Splitter,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
) -> UpdateSummary:
    """``build`` for more documents than memory holds: ``splitter`` is asked for the articles of one at a time."""
    started = time.perf_counter()
    with open_job(index, embedder, progress=progress) as job:
        return _commit(job, _stage_all(job, documents), [], splitter, started)


def _root(folder: Path) -> Path:
    try:
        is_folder = folder.is_dir()
    except OSError as error:
        raise InputError(f"{folder} cannot be read ({error.strerror}): name a folder that can") from error
    if not is_folder:
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise InputError(f"{folder} {what}: name a folder of articles")
    return folder.resolve()


def _named(job: Job, sources: Sequence[str]) -> set[int]:
    """The documents that names and patterns fit."""
    live, home = job.live(), job.writer.folders()
    names = {row.source or "": row.id for row in live}
    files = {_composed(f"{home[row.folder].as_posix()}/{row.path}"): row.id for row in live}
    unwanted: set[int] = set()
    for source in sources:
        numbers = _fitting(names, source) or _fitting(files, Path(os.path.realpath(source)).as_posix())
        if not numbers:
            raise InputError(f"the index has no source {source!r}: name one of its sources, or a pattern of them")
        unwanted.update(numbers)
    return unwanted


def _fitting(known: Mapping[str, int], source: str) -> list[int]:
    name = _composed(source)
    if name in known:
        return [known[name]]
    fits = named(name)
    return [number for known_name, number in known.items() if fits(known_name)]


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _stage_all(job: Job, documents: Iterable[Document]) -> list[DocumentRow]:
    writer = job.writer
    stored = [*writer.documents(live=False), *job.live()]
    known = {(row.path, row.sha256): row for row in stored if row.recipe == job.new.recipe}
    with writer.kept_if_stopped():
        numbers = {path: number for number, path in writer.folders().items()}
        number = numbers[writer.added] if writer.added in numbers else writer.add_folder(writer.added)
        return [
            known.get((document.source, document.sha256))
            or writer.stage(job.new.recipe, number, document.source, document)
            for document in documents
        ]


def _commit(
    job: Job, wanted: Sequence[DocumentRow], skipped: Sequence[Skipped], splitter: Splitter, started: float
) -> UpdateSummary:
    if not wanted and not job.old:
        reason = f" ({skipped[0].reason})" if skipped else ""
        raise InputError(f"there is no article to index{reason}: name a folder of articles")
    before = job.live()
    after = commit(job, wanted, splitter)
    summary = _summary(before, after, skipped, passages=job.writer.size, seconds=time.perf_counter() - started)
    return replace(summary, recall=job.writer.recall)


def _summary(
    before: Sequence[DocumentRow],
    after: Sequence[DocumentRow],
    skipped: Sequence[Skipped],
    *,
    passages: int,
    seconds: float,
) -> UpdateSummary:
    old = {(row.folder, row.path): row for row in before}
    new = {(row.folder, row.path): row for row in after}
    kept = old.keys() & new.keys()
    same = {place for place in kept if old[place].id == new[place].id}
    rebuilt = {place for place in kept - same if old[place].sha256 == new[place].sha256}
    return UpdateSummary(
        added=_sources(new[place] for place in new.keys() - kept),
        changed=_sources(new[place] for place in kept - same - rebuilt),
        removed=_sources(old[place] for place in old.keys() - kept),
        unchanged=_sources(new[place] for place in same),
        skipped=tuple(skipped),
        passages=passages,
        seconds=seconds,
        rebuilt=_sources(new[place] for place in rebuilt),
    )


def _sources(rows: Iterable[DocumentRow]) -> tuple[str, ...]:
    return tuple(sorted(row.source or "" for row in rows))
