"""Makes a list of documents the next state of an index: embeds what is new in them, and publishes them together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from rag.index.embed import Splitter, write_documents
from rag.index.engine import DocumentRow
from rag.index.job import Job
from rag.index.source_names import source_names


def commit(
    job: Job, wanted: Sequence[DocumentRow], splitter: Splitter, *, rebuild: Collection[str] = (), force: bool = False
) -> list[DocumentRow]:
    """Publish ``wanted``, live or staged, as the documents of the index. Returns them as they are then.

    Nothing is published if nothing would change, unless with ``force``. ``rebuild`` names parts to build again.
    Everything before the commit is kept if the run ends early, and the next run goes on from there.
    """
    rows = _with_sources(job, wanted)
    unfinished = [(row, source) for row, source in rows if not row.done or row.source != source]
    write_documents(job, unfinished, splitter)
    done = [replace(row, source=source, done=True) for row, source in rows]
    kept = [row.id for row in done]
    with job.writer.transaction():
        job.writer.drop_staged(kept)
    rebuild = {*rebuild, *job.writer.outdated_parts(job.new)}
    if force or rebuild or _is_new(job, done):
        job.writer.commit(kept, job.new, rebuild, job.progress)
    return done


def _with_sources(job: Job, wanted: Sequence[DocumentRow]) -> list[tuple[DocumentRow, str]]:
    """Each document with the source it will have. A live document that gets another source is staged again."""
    folders = job.writer.folders()
    sources = source_names([(str(folders[row.folder]), row.path) for row in wanted])
    with job.writer.transaction():
        return [(_staged(job, row, source), source) for row, source in zip(wanted, sources, strict=True)]


def _staged(job: Job, row: DocumentRow, source: str) -> DocumentRow:
    if not row.live or (row.source == source and row.recipe == job.new.recipe):
        return row
    return job.writer.stage(job.new.recipe, row.folder, row.path, job.writer.read(row.id, source))


def _is_new(job: Job, rows: Sequence[DocumentRow]) -> bool:
    """Whether the next state differs from the live one."""
    if job.old is None or job.new != replace(job.old, generation=job.new.generation, fingerprint=""):
        return True
    return {row.id for row in rows} != {row.id for row in job.live()}
