"""Splits documents into passages and embeds them. One batch is embedded while the one before is written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.corpus import passages
from rag.embedding import Embedder
from rag.errors import ModelError
from rag.index.codes import Coder
from rag.index.engine import DocumentRow
from rag.index.job import Job
from rag.text import sentences
from rag.types import Article, Document, Passage, Span

if TYPE_CHECKING:
    from rag.embedding import FloatArray

#: Vectors made at a time. A run that is stopped loses two batches at most.
_BATCH = 256
_UNIT = 1e-3

Splitter = Callable[[Document], Sequence[Article]]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text to embed with its sentences. ``keys`` are for the vectors of the whole text and of each sentence."""

    text: str
    sentences: tuple[Span, ...]
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The ``number``-th passage of a document. ``keys`` are for its vector and those of its ``sentences``."""

    document: int
    number: int
    passage: Passage
    sentences: tuple[Span, ...]
    keys: tuple[bytes, ...]


@dataclass(slots=True)
class _Batch:
    """Passages of one or several documents, and the texts to embed for them, by the key of the whole text."""

    begun: list[tuple[int, str, Sequence[Article]]] = field(default_factory=list)
    passages: list[_Waiting] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    texts: dict[bytes, _Text] = field(default_factory=dict)
    vectors: int = 0
    characters: int = 0


def write_documents(job: Job, staged: Sequence[tuple[DocumentRow, str]], splitter: Splitter) -> None:
    """Split staged documents, each with the source it is to have, and embed the texts that have no vector yet."""
    total, done = job.writer.text_lengths(row.id for row, _ in staged), 0
    coder = Coder(job.new.dimension)
    queue: deque[tuple[_Batch, Future[dict[bytes, bytes]]]] = deque()
    with ThreadPoolExecutor(1, thread_name_prefix="index") as pool:
        try:
            for batch in _batches(job, staged, splitter):
                known = queue[0][0].texts if queue else {}
                new = [text for key, text in batch.texts.items() if key not in known and not _are_there(job, text.keys)]
                queue.append((batch, pool.submit(_embed, job.embedder, coder, new)))
                if len(queue) > 1:
                    done = min(total, done + _write_first(job, queue))
                    job.progress("embed", done, total)
        except KeyboardInterrupt:
            while queue:  # finish and keep what is being embedded
                _write_first(job, queue)
            raise
        while queue:
            _write_first(job, queue)
    job.progress("embed", total, total)


def _batches(job: Job, staged: Sequence[tuple[DocumentRow, str]], splitter: Splitter) -> Iterator[_Batch]:
    batch = _Batch()
    for row, source in staged:
        document = job.writer.read(row.id, source)
        articles = splitter(document)
        # An earlier run may have been stopped in the middle of a document.
        started = row.source == source
        skip = job.writer.written_passages(row.id) if started else 0
        if not started:
            if row.source is not None:  # begun under another source: its passages do not fit
                with job.writer.transaction():
                    job.writer.drop_passages([row.id])
            batch.begun.append((row.id, source, articles))
        split = [passage for article in articles for passage in passages(article, document.text)]
        for number, passage in enumerate(split):
            batch.characters += len(document.text) // len(split)
            if number >= skip:
                _add(batch, row.id, number, passage, job)
            if batch.vectors >= _BATCH:
                yield batch
                batch = _Batch()
        batch.finished.append(row.id)
    yield batch


def _add(batch: _Batch, row: int, number: int, passage: Passage, job: Job) -> None:
    spans = tuple(sentences(passage.text)) or (Span(0, len(passage.text)),)
    text = passage.embedded_text
    # The headline is embedded with the passage, in front of its sentences.
    before = len(text) - len(passage.text)
    keys = tuple(job.new.key(f"{before} {start} {text}") for start in ("passage", *(span.start for span in spans)))
    if keys[0] not in batch.texts:
        placed = tuple(Span(span.start + before, span.end + before) for span in spans)
        batch.texts[keys[0]] = _Text(text, placed, keys)
        batch.vectors += len(keys)
    batch.passages.append(_Waiting(row, number, passage, spans, keys))


def _are_there(job: Job, keys: Sequence[bytes]) -> bool:
    return all(job.writer.find_vector(key) is not None for key in keys)


def _embed(embedder: Embedder, coder: Coder, texts: Sequence[_Text]) -> dict[bytes, bytes]:
    """The codes of each vector, by its key."""
    import numpy as np

    if not texts:
        return {}
    try:
        rows = embedder.encode_sentences([text.text for text in texts], [text.sentences for text in texts])
    except OSError as error:
        raise ModelError(f"{embedder.name} cannot be run ({error}): mend that, or use another model") from error
    keys = [key for text in texts for key in text.keys]
    vectors = check_vectors(embedder, np.concatenate(rows), len(keys))
    return {key: codes.tobytes() for key, codes in zip(keys, coder.encode(vectors), strict=True)}


def _write_first(job: Job, queue: deque[tuple[_Batch, Future[dict[bytes, bytes]]]]) -> int:
    """Write the first batch of the queue once it is embedded. Returns how many characters of text it is."""
    batch, vectors = queue[0]
    codes = vectors.result()
    with job.writer.transaction():
        _write(job, batch, codes)
    queue.popleft()
    return batch.characters


def _write(job: Job, batch: _Batch, codes: Mapping[bytes, bytes]) -> None:
    for row, source, articles in batch.begun:
        job.writer.begin_split(row, source, articles)
    # A run that was stopped just after the end of a transaction writes the same batch again.
    written = {row: job.writer.written_passages(row) for row in {waiting.document for waiting in batch.passages}}
    numbers: dict[bytes, int] = {}
    for waiting in batch.passages:
        if waiting.number >= written[waiting.document]:
            vector, *others = (_number(job, numbers, codes, key) for key in waiting.keys)
            sentence_vectors = list(zip(waiting.sentences, others, strict=True))
            job.writer.write_passage(waiting.document, waiting.passage, vector, sentence_vectors)
    for row in batch.finished:
        job.writer.finish_split(row)


def _number(job: Job, numbers: dict[bytes, int], codes: Mapping[bytes, bytes], key: bytes) -> int:
    """The number of a vector, which is written if it is new."""
    if key not in numbers:
        known = job.writer.find_vector(key)
        numbers[key] = job.writer.add_vector(key, codes[key]) if known is None else known
    return numbers[key]


def check_vectors(embedder: Embedder, vectors: FloatArray, count: int) -> FloatArray:
    """``vectors``, if they are ``count`` unit rows. ``ModelError`` if not: one bad row would spoil every ranking."""
    import numpy as np

    if vectors.shape != (count, embedder.dimension):
        wanted = (count, embedder.dimension)
        raise ModelError(f"{embedder.name} gave vectors of shape {vectors.shape}, not {wanted}: use another model")
    length = np.linalg.norm(vectors, axis=1)
    # A text that the model knows nothing of may become zeros. Its cosine with everything is 0.
    if not bool(np.all((np.abs(length - 1) < _UNIT) | (length == 0))):
        raise ModelError(f"{embedder.name} gave a vector that is not of length 1: use another model")
    return vectors
