"""Checks an index, its documents and every part of it, and mends what can be mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rag.corpus import CORPUS_VERSION, articles, read_document
from rag.embedding import Embedder, FloatArray, load_embedder
from rag.errors import ReadError
from rag.index.command import command
from rag.index.commit import commit
from rag.index.engine import DamagedDocument, DocumentRow, Engine
from rag.index.job import Job, wrong_model
from rag.index.local import LocalEngine
from rag.index.settings import EMBEDDED_VERSION, Settings, silent
from rag.types import Document, Progress, Span


@dataclass(frozen=True, slots=True)
class RepairSummary:
    """What was wrong, one line each: it is ``mended``, or ``left`` as it was, with what to do about it."""

    mended: tuple[str, ...]
    left: tuple[str, ...] = ()


def repair(
    index: Path, load: Callable[[], Embedder] = load_embedder, *, progress: Progress | None = None
) -> RepairSummary:
    """Check everything that is stored, and every part against it. What differs is made again.

    The model is loaded only if a text has to be embedded again. A damaged text is read from its file again, if the file
    still has the bytes that were indexed.
    ``IndexFormatError`` if the SQLite file cannot be read: only a rebuild from the articles mends that.
    """
    engine: Engine = LocalEngine(index)
    with engine.repair() as writer:
        settings = writer.settings
        assert settings is not None
        new = replace(settings, generation=settings.generation + 1)
        return _mend(Job(index, writer, _DeferredEmbedder(index, settings, load), new, progress or silent))


class _DeferredEmbedder:
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
    writer = job.writer
    mended, left = writer.mend_rows(), list[str]()
    wanted = {row.id: row for row in job.live()}
    bad_vectors = writer.bad_vectors()
    damaged = writer.damaged_documents(bad_vectors)
    with writer.transaction():
        writer.forget_keys(bad_vectors)
        for document in damaged:
            try:
                mended.append(_mend_document(job, document, wanted))
            except ReadError as error:
                left.append(str(error))
        if unused := writer.drop_unused(bad_vectors):
            mended.append(f"{unused} damaged vectors that no passage used were dropped")
    wrong = writer.wrong_parts()
    mended += wrong.values()
    is_incomplete = not damaged and job.old is not None and writer.fingerprint() != job.old.fingerprint
    if is_incomplete:
        left.append(f"documents are gone from it: run {command(job.index, 'index')} to read them again")
    if wrong or is_incomplete or any(row.id != number for number, row in wanted.items()):
        commit(job, list(wanted.values()), articles, rebuild=wrong, force=is_incomplete)
    writer.remove_leftovers()
    return RepairSummary(tuple(mended), tuple(left))


def _mend_document(job: Job, damaged: DamagedDocument, wanted: dict[int, DocumentRow]) -> str:
    """Stage a sound copy of a damaged document in its place in ``wanted``. Returns what was wrong.

    ``ReadError`` if there is nothing to make a copy from; the document then stays as it is.
    """
    if damaged.id not in wanted:
        job.writer.drop_documents([damaged.id])
        return "what an unfinished update had read was damaged"
    row = wanted[damaged.id]
    trouble = f"the {damaged.what} of {row.source} {'were' if damaged.has_text else 'was'} damaged"
    try:
        document = _sound_copy(job, damaged, row)
    except ReadError as error:
        raise ReadError(f"{trouble}: {error}") from error
    wanted[damaged.id] = job.writer.stage(job.new.recipe, row.folder, row.path, document)
    return trouble


def _sound_copy(job: Job, damaged: DamagedDocument, row: DocumentRow) -> Document:
    """The stored text if it is sound, or else what its file says."""
    index = job.index
    home = job.writer.folders()[row.folder]
    if home == job.writer.added:
        raise ReadError("it was not read from a file: build the index again")
    if job.new.recipe != replace(job.new, corpus=CORPUS_VERSION, embedded=EMBEDDED_VERSION).recipe:
        raise ReadError(f"another version has read it: run {command(index, 'index')}")
    if damaged.has_text:
        return job.writer.read(row.id, row.source or "")
    file = home / row.path
    if not file.is_file():
        again, out = command(index, "index", "--repair"), command(index, "remove", row.source or "")
        raise ReadError(f"{file} is gone: put it back and run {again}, or take it out with {out}")
    document = read_document(file, row.path, shown=str(file))
    if document.sha256 != row.sha256:
        raise ReadError(f"{file} has changed since: run {command(index, 'index')} to read it as it is")
    return document
