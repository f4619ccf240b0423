"""Check an index, its truth and every part of it, and mend what can be mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rag.corpus import CORPUS_VERSION, articles, read_document
from rag.embedding import Embedder, FloatArray, load_embedder
from rag.errors import ReadError
from rag.index.command import command
from rag.index.commit import bring_to
from rag.index.job import Job, wrong_model
from rag.index.local import checksums, parts, schema, store
from rag.index.local.checksums import Damaged
from rag.index.local.compare import differences
from rag.index.local.lock import write_lock
from rag.index.local.sqlite_errors import asking, writing
from rag.index.local.store import Row, transaction
from rag.index.settings import EMBEDDED_VERSION, Settings, read_settings, silent
from rag.types import Document, Progress, Span


@dataclass(frozen=True, slots=True)
class RepairSummary:
    """What was wrong, one line each, and is ``mended``; or is ``left`` as it was, with what to do about it."""

    mended: tuple[str, ...]
    left: tuple[str, ...] = ()


def repair(
    index: Path, load: Callable[[], Embedder] = load_embedder, *, progress: Progress | None = None
) -> RepairSummary:
    """Check every row of the truth, and every part against it; what differs is made again.

    The model is loaded only where a text has to be embedded again. A damaged text is read from its file again, if that
    is there with the bytes that were indexed.
    ``IndexFormatError`` if the SQLite file cannot be read: only a rebuild from the articles mends that.
    """
    schema.require(index)
    with asking(index), writing(index), write_lock(index), closing(schema.connect_to_write(index)) as connection:
        settings = read_settings(connection)
        if settings is None:
            raise schema.unfinished(index)
        new = replace(settings, generation=settings.generation + 1)
        model = _Deferred(index, settings, load)
        return _mend(Job(index, connection, model, settings, new, progress or silent))


class _Deferred:
    """The model of an index, loaded when the first text is embedded."""

    def __init__(self, index: Path, settings: Settings, load: Callable[[], Embedder]) -> None:
        self.name, self.dimension = settings.model, settings.dimension
        self._index, self._load = index, load

    @cached_property
    def _model(self) -> Embedder:
        model = self._load()
        if model.name != self.name:
            raise wrong_model(self._index, self.name, model.name)
        return model

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return self._model.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        return self._model.encode_passages(texts)

    def encode_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[FloatArray]:
        return self._model.encode_sentences(texts, spans)


def _mend(job: Job) -> RepairSummary:
    mended, left = _mend_rows(job), list[str]()
    wanted = {row.id: row for row in job.live()}
    bad = checksums.bad_vectors(job.connection, job.new.dimension)
    damaged = checksums.damaged_documents(job.connection, bad)
    with transaction(job.connection):
        store.forget_keys(job.connection, bad)
        for one in damaged:
            try:
                mended.append(_mend_document(job, one, wanted))
            except ReadError as error:
                left.append(str(error))
        if unused := store.drop_unused(job.connection, bad):
            mended.append(f"{unused} vectors that nothing had were damaged")
    wrong = dict(parts.problems(job.index, job.connection))
    wrong |= differences(job.index, job.connection, job.new.generation - 1, wrong)
    mended += wrong.values()
    if not damaged and _has_lost(job):
        left.append(f"documents are gone from it: run {command(job.index, 'index')} to read them again")
        wrong[parts.order_name(job.new.generation - 1)] = left[-1]
    if wrong or any(row.id != number for number, row in wanted.items()):
        bring_to(job, list(wanted.values()), articles, wrong)
    parts.remove_others(job.index, job.connection)
    return RepairSummary(tuple(mended), tuple(left))


def _mend_rows(job: Job) -> list[str]:
    """Mend what concerns no document by itself; one line for each trouble."""
    with transaction(job.connection):
        sorted_anew = checksums.mended_by_sorting(job.connection)
        told = ["its SQLite file had a list that was not in order"] if sorted_anew else []
        return [*told, *checksums.drop_orphans(job.connection)]


def _mend_document(job: Job, one: Damaged, wanted: dict[int, Row]) -> str:
    """Stage in its place in ``wanted`` what a damaged document is to be made of again. Returns what was wrong.

    ``ReadError`` if there is nothing to make it of: what it has stays.
    """
    if one.row not in wanted:
        store.drop_documents(job.connection, [one.row])
        return "what an unfinished update had read was damaged"
    row = wanted[one.row]
    trouble = f"the {one.what} of {row.source} {'were' if one.has_text else 'was'} damaged"
    try:
        document = _document(job, one, row)
    except ReadError as error:
        raise ReadError(f"{trouble}: {error}") from error
    wanted[one.row] = store.stage_document(job.connection, job.new.recipe, row.folder, row.path, document)
    return trouble


def _document(job: Job, one: Damaged, row: Row) -> Document:
    """The text that was kept, or the file's again."""
    index = job.index
    home = store.folder_paths(index, job.connection)[row.folder]
    if home == store.added_home(index):
        raise ReadError("it was not read from a file: build the index again")
    if job.new.recipe != replace(job.new, corpus=CORPUS_VERSION, embedded=EMBEDDED_VERSION).recipe:
        raise ReadError(f"another version has read it: run {command(index, 'index')}")
    if one.has_text:
        return store.read_text(job.connection, row.id, row.source or "")
    file = home / row.path
    if not file.is_file():
        again, out = command(index, "index", "--repair"), command(index, "remove", row.source or "")
        raise ReadError(f"{file} is gone: put it back and run {again}, or take it out with {out}")
    document = read_document(file, row.path, shown=str(file))
    if document.sha256 != row.sha256:
        raise ReadError(f"{file} has changed since: run {command(index, 'index')} to read it as it is")
    return document


def _has_lost(job: Job) -> bool:
    """Whether other documents are live than those that were switched to."""
    assert job.old is not None
    return store.fingerprint(job.connection) != job.old.fingerprint
