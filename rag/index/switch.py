"""From the documents an index is to have to its next state.

Everything up to the switch is written beside the live state and kept if the run ends early: the next run goes on from
there. The switch is one SQLite transaction, so that a reader sees the old state or the new one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rag.corpus import passages
from rag.errors import IndexFormatError
from rag.index import parts, store
from rag.index.embed import embed_pending
from rag.index.names import source_names
from rag.index.settings import Settings, write_settings
from rag.index.store import Row, Split, transaction
from rag.index.writer import Job
from rag.types import Article, Document

_AT_ONCE = 64

Splitter = Callable[[Document], Sequence[Article]]


def bring_to(job: Job, wanted: Sequence[Row], splitter: Splitter) -> list[Row]:
    """Make ``wanted``, live or staged, the documents of the index; they are returned as they are then."""
    rows = _split_all(job, wanted, splitter)
    with transaction(job.connection):
        store.drop_staged(job.connection, [row.id for row in rows])
    if _is_new(job, rows):
        embed_pending(job.connection, job.embedder, job.progress)
        _switch(job, rows)
    return rows


def publish(index: Path, connection: sqlite3.Connection, settings: Settings) -> None:
    """Inside a transaction: derive the parts of ``settings.generation``, and put the settings down."""
    try:
        parts.write_parts(index, connection, settings.generation, settings.dimension)
    except (RuntimeError, ValueError) as error:  # what FAISS and tantivy raise when a disk is full
        raise OSError(str(error)) from error
    write_settings(connection, replace(settings, fingerprint=store.fingerprint(connection)))


def _split_all(job: Job, wanted: Sequence[Row], splitter: Splitter) -> list[Row]:
    """Split what is not yet split under the source it is to have."""
    home = store.folder_paths(job.index, job.connection)
    sources = source_names([(str(home[row.folder]), row.path) for row in wanted])
    pairs = list(zip(wanted, sources, strict=True))
    done: list[Row] = []
    for start in range(0, len(pairs), _AT_ONCE):
        with transaction(job.connection):
            done += [_split(job, row, source, splitter) for row, source in pairs[start : start + _AT_ONCE]]
        job.progress("split", len(done), len(pairs))
    return done


def _split(job: Job, row: Row, source: str, splitter: Splitter) -> Row:
    if row.source == source and row.recipe == job.new.recipe:
        return row
    document = store.read_text(job.connection, row.id, source)
    if row.live:
        row = store.stage_document(job.connection, job.new.recipe, row.folder, row.path, document)
    articles = splitter(document)
    found = [passage for article in articles for passage in passages(article, document.text)]
    store.write_split(job.connection, row.id, Split(source, articles, found), job.new)
    return replace(row, source=source)


def _is_new(job: Job, rows: Sequence[Row]) -> bool:
    """Whether the state aimed at differs from the live one, or a part of that has to be mended."""
    if job.old is None or job.new != replace(job.old, generation=job.new.generation, fingerprint=""):
        return True
    if {row.id for row in rows} != {row.id for row in job.live()}:
        return True
    try:
        parts.check_sizes(job.index, job.connection, job.old.generation)
    except (FileNotFoundError, IndexFormatError):
        return True
    return False


def _switch(job: Job, rows: Sequence[Row]) -> None:
    job.progress("write", 0, 1)
    with transaction(job.connection):
        store.make_live(job.connection, [row.id for row in rows])
        publish(job.index, job.connection, job.new)
    parts.remove_old(job.index, job.new.generation)
    job.progress("write", 1, 1)
