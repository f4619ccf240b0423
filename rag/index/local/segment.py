"""A segment: everything built from a range of passages, in a folder that is written once.

``numbers.npy`` has the numbers of the passages in the SQLite file, ``starts.npy`` where the sentences of each passage
begin. Two FAISS files hold the codes of the passages and of the sentences. ``lexical/`` is a word index.
"""

from __future__ import annotations

import mmap
import os
import sqlite3
import weakref
from collections.abc import Iterator
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any

from rag.index.local.merge_policy import Range
from rag.lexical import LexicalIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.embedding import FloatArray
    from rag.index.codes import Codes

    Ints = NDArray[np.int64]

NUMBERS, STARTS, PASSAGES, SENTENCES, LEXICAL = (
    "numbers.npy",
    "starts.npy",
    "passages.faiss",
    "sentences.faiss",
    "lexical",
)
ROWS_AT_ONCE = 8192
# Passages multiplied at a time: with their sentences about as many as a core's cache holds as float32.
_MULTIPLIED = 256
#: FAISS counts codes from 0 to 255.
FLIP = 0x80

PASSAGE_CODES = (
    "SELECT p.id, p.sentences, v.vector FROM passages p JOIN vectors v ON v.id = p.vector "
    "WHERE p.id BETWEEN ? AND ? ORDER BY p.id"
)
SENTENCE_CODES = (
    "SELECT v.vector FROM sentences s JOIN vectors v ON v.id = s.vector "
    "WHERE s.passage BETWEEN ? AND ? ORDER BY s.passage, s.start"
)
_TEXTS = "SELECT article, text FROM passages WHERE id BETWEEN ? AND ? ORDER BY id"


def write_segment(folder: Path, connection: sqlite3.Connection, wanted: Range, dimension: int) -> None:
    """Build the segment for a range of passages in a new folder.

    ``sqlite3.DatabaseError`` if the SQLite file lacks some of the passages, or a vector.
    """
    import numpy as np

    folder.mkdir()
    first, last, count = wanted.first, wanted.last, wanted.count
    numbers: list[int] = []
    counts: list[int] = []

    def passage_codes() -> Iterator[bytes]:
        for number, sentences, codes in connection.execute(PASSAGE_CODES, (first, last)):
            numbers.append(number)
            counts.append(sentences)
            yield codes

    _write_codes(folder / PASSAGES, passage_codes(), dimension)
    rows = connection.execute(SENTENCE_CODES, (first, last))
    written = _write_codes(folder / SENTENCES, (codes for (codes,) in rows), dimension)
    if (len(numbers), sum(counts)) != (count, written):
        raise sqlite3.DatabaseError("passages, sentences or vectors are missing")
    np.save(folder / NUMBERS, np.array(numbers, np.int64))
    np.save(folder / STARTS, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))
    LexicalIndex.build(folder / LEXICAL, texts(connection, first, last), numbers)
    # tantivy makes some of its files readable by their owner alone. Who may read the index is for its folder to say.
    for file in (folder / LEXICAL).iterdir():
        file.chmod((folder / NUMBERS).stat().st_mode)


def texts(connection: sqlite3.Connection, first: int, last: int) -> Iterator[str]:
    """The text that each passage from ``first`` to ``last`` is matched by: its headline and its own text."""
    return (f"{article}\n{text}" for article, text in connection.execute(_TEXTS, (first, last)))


def _write_codes(path: Path, codes: Iterator[bytes], dimension: int) -> int:
    """Write a FAISS file of codes. Returns how many there were."""
    import faiss
    import numpy as np

    index = new_codes(dimension)
    batch: list[bytes] = []
    last = b""

    def flush() -> None:
        index.add_sa_codes(np.frombuffer(b"".join(batch), np.uint8).reshape(-1, dimension) ^ np.uint8(FLIP))
        batch.clear()

    for last in codes:
        batch.append(last)
        if len(batch) == ROWS_AT_ONCE:
            flush()
    if batch:
        flush()
    faiss.write_index(index, str(path))
    # Codes are read straight from the end of the file.
    with path.open("rb") as file:
        file.seek(-len(last), os.SEEK_END)
        if file.read() != bytes(np.frombuffer(last, np.uint8) ^ np.uint8(FLIP)):
            raise RuntimeError(f"{path} was not written as expected: another version of FAISS?")
    return int(index.ntotal)


def new_codes(dimension: int) -> Any:
    """An empty FAISS index of codes, compared by inner product."""
    import faiss

    kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
    return faiss.IndexScalarQuantizer(dimension, kind, faiss.METRIC_INNER_PRODUCT)


class CodeFile:
    """A file of codes, mapped into memory. Never add to it: FAISS aborts the process if a mapped index changes."""

    def __init__(self, path: Path) -> None:
        """``RuntimeError`` if the file is not whole."""
        import faiss
        import numpy as np

        self._index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        self.count, self.dimension = int(self._index.ntotal), int(self._index.d)
        self._handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self._handle)
        self._start = os.fstat(self._handle).st_size - self.count * self.dimension
        self._map = mmap.mmap(self._handle, 0, access=mmap.ACCESS_READ)
        whole = np.frombuffer(self._map, np.uint8, offset=self._start)
        self._codes = whole.reshape(self.count, self.dimension)

    def search(self, queries: FloatArray, limit: int, among: Ints | None = None) -> tuple[FloatArray, Ints]:
        """The scores and places of the ``limit`` nearest vectors, best first; fewer if there are not so many.

        ``queries`` are whole numbers (``query_codes``). Only places in ``among`` count, if given.
        """
        import faiss
        import numpy as np

        # OpenMP's threads do not survive a fork, and a child that searches then would hang.
        faiss.omp_set_num_threads(1)
        if among is None:
            scores, places = self._index.search(queries, min(limit, self.count))
            return scores, places
        marks = np.zeros(self.count, bool)
        marks[among] = True
        bits = np.packbits(marks, bitorder="little")
        chosen: Any = faiss.SearchParameters
        only = chosen(sel=faiss.IDSelectorBitmap(self.count, faiss.swig_ptr(bits)))
        scores, places = self._index.search(queries, min(limit, len(among)), params=only)
        return scores, places

    def products(self, queries: FloatArray, start: int, stop: int) -> FloatArray:
        """(stop - start, n_queries): the inner product of each code from ``start`` to ``stop`` with each query."""
        import numpy as np

        return np.asarray(signed(self._codes[start:stop]).astype(np.float32) @ queries.T, np.float32)

    def copy_rows(self, places: Ints, out: NDArray[np.uint8]) -> None:
        """Copy the codes of places, as FAISS writes them, from the mapped file."""
        self._codes.take(places, axis=0, out=out, mode="clip")

    def give_memory_back(self) -> None:
        """Release the pages that were read from the mapped file, where the system can do that."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def read(self, start: int, stop: int) -> bytes:
        """The codes from ``start`` to ``stop`` as FAISS writes them. They are read, not mapped: memory stays flat."""
        wanted = (stop - start) * self.dimension
        at = self._start + start * self.dimension
        if hasattr(os, "pread"):
            data = os.pread(self._handle, wanted, at)
        else:  # Windows
            os.lseek(self._handle, at, os.SEEK_SET)
            data = os.read(self._handle, wanted)
        return data

    def codes(self, start: int, stop: int) -> Codes:
        """(stop - start, dimension), read like ``read``."""
        import numpy as np

        return signed(np.frombuffer(self.read(start, stop), np.uint8)).reshape(-1, self.dimension)


class Segment:
    """A segment that is open for searching. ``base`` is the place of its first passage among those of all segments."""

    def __init__(self, folder: Path, base: int) -> None:
        """``RuntimeError``, ``ValueError`` or ``IndexError`` if it is not whole, ``FileNotFoundError`` if gone."""
        import numpy as np

        self.base = base
        self.numbers, self.starts = load_numbers(folder / NUMBERS), load_numbers(folder / STARTS)
        self.passages, self.sentences = CodeFile(folder / PASSAGES), CodeFile(folder / SENTENCES)
        self.lexical = folder / LEXICAL
        lengths = (len(self.numbers), len(self.starts) - 1, self.starts[0], self.starts[-1])
        ascending = all(bool((np.diff(numbers) > 0).all()) for numbers in (self.numbers, self.starts))
        if not ascending or lengths != (self.passages.count, self.passages.count, 0, self.sentences.count):
            raise ValueError(f"{folder} does not agree with itself")

    @property
    def size(self) -> int:
        return len(self.numbers)

    def scores(self, queries: FloatArray, weight: float) -> FloatArray:
        """(size, n_queries): each passage's own product mixed with ``weight`` of that of its best sentence.

        ``queries`` are whole numbers (``query_codes``).
        """
        import numpy as np

        scores = np.empty((self.size, len(queries)), np.float32)
        for start in range(0, self.size, _MULTIPLIED):
            stop = min(start + _MULTIPLIED, self.size)
            edges = self.starts[start : stop + 1]
            sentences = self.sentences.products(queries, int(edges[0]), int(edges[-1]))
            best = np.maximum.reduceat(sentences, edges[:-1] - edges[0], axis=0)
            products = self.passages.products(queries, start, stop)
            scores[start:stop] = np.float32(1 - weight) * products + np.float32(weight) * best
        return scores

    def owners(self, sentences: Ints) -> Ints:
        """The passage that each sentence belongs to; both are positions in the segment."""
        import numpy as np

        return np.searchsorted(self.starts, sentences, side="right") - 1

    def sentence_places(self, passages: Ints) -> Ints:
        """The positions of all sentences of passages."""
        import numpy as np

        counts = self.starts[passages + 1] - self.starts[passages]
        ends = np.cumsum(counts)
        return np.repeat(self.starts[passages] - (ends - counts), counts) + np.arange(counts.sum())

    def places_within(self, places: Ints) -> Ints:
        """Those of ``places`` that are in this segment, as positions in it."""
        return places[(places >= self.base) & (places < self.base + self.size)] - self.base

    def give_memory_back(self) -> None:
        self.passages.give_memory_back()
        self.sentences.give_memory_back()


def load_numbers(path: Path) -> Ints:
    """Integers that were saved with NumPy. ``ValueError`` if the file is not complete."""
    import numpy as np

    try:
        numbers: Ints = np.load(path).astype(np.int64)
    except (EOFError, MemoryError, RecursionError, SyntaxError, TokenError, TypeError) as error:  # of a damaged head
        raise ValueError(f"{path} cannot be read: {error}") from error
    return numbers


def signed(data: NDArray[np.uint8]) -> Codes:
    """The numbers that codes stand for, from bytes as FAISS writes them."""
    import numpy as np

    return (data ^ np.uint8(FLIP)).view(np.int8)
