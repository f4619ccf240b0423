"""From the documents an index is to have to its next state.

Everything up to the switch is written beside the live state and kept if the run ends early: the next run goes on from
there. The switch is one SQLite transaction, so that a reader sees the old state or the new one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from rag.index.embed import Splitter, write_documents
from rag.index.job import Job
from rag.index.local import parts, store
from rag.index.local.build_parts import drop_parts, publish, segment_parts
from rag.index.local.schema import compact
from rag.index.local.sqlite_errors import writing
from rag.index.local.store import Row, transaction
from rag.index.names import source_names


def bring_to(job: Job, wanted: Sequence[Row], splitter: Splitter, wrong: Collection[str] = ()) -> list[Row]:
    """Make ``wanted``, live or staged, the documents of the index; they are returned as they are then.

    ``wrong`` are parts to be derived anew whatever they look like.
    """
    rows = _named(job, wanted)
    write_documents(job, [(row, source) for row, source in rows if not _is_done(row, source)], splitter)
    done = [replace(row, source=source, done=True) for row, source in rows]
    with transaction(job.connection):
        store.drop_staged(job.connection, [row.id for row in done])
    wrong = {*wrong, *parts.broken(job.index, job.connection), *_of_other_tokens(job)}
    if wrong or _is_new(job, done):
        _switch(job, done, wrong)
    return done


def _named(job: Job, wanted: Sequence[Row]) -> list[tuple[Row, str]]:
    """Each document with the source it is to have; a live one that is to have another is staged again."""
    home = store.folder_paths(job.index, job.connection)
    sources = source_names([(str(home[row.folder]), row.path) for row in wanted])
    with transaction(job.connection):
        return [(_staged(job, row, source), source) for row, source in zip(wanted, sources, strict=True)]


def _staged(job: Job, row: Row, source: str) -> Row:
    if not row.live or (row.source == source and row.recipe == job.new.recipe):
        return row
    document = store.read_text(job.connection, row.id, source)
    return store.stage_document(job.connection, job.new.recipe, row.folder, row.path, document)


def _is_done(row: Row, source: str) -> bool:
    return row.done and row.source == source


def _is_new(job: Job, rows: Sequence[Row]) -> bool:
    """Whether the state aimed at differs from the live one."""
    if job.old is None or job.new != replace(job.old, generation=job.new.generation, fingerprint=""):
        return True
    return {row.id for row in rows} != {row.id for row in job.live()}


def _of_other_tokens(job: Job) -> list[str]:
    """The segments whose words were told apart by another version."""
    same = job.old is None or job.old.tokens == job.new.tokens
    return [] if same else segment_parts(job.connection)


def _switch(job: Job, rows: Sequence[Row], wrong: Collection[str]) -> None:
    # Work in progress can be done again after a power cut; the switch must survive it.
    job.connection.execute("PRAGMA synchronous = FULL")
    with writing(job.index), transaction(job.connection):
        drop_parts(job.connection, wrong)
        gone = store.make_live(job.connection, [row.id for row in rows])
        publish(job.index, job.connection, job.new, gone, job.progress)
    with writing(job.index):
        parts.remove_others(job.index, job.connection)
    if gone:
        compact(job.connection)
