"""Approximate nearest neighbours: proposes passages of a large index without comparing all vectors.

An inverted file over the vectors of sentences, product-quantised to two bits a number, in memory. What it proposes is
then scored exactly. It holds sentences because the best sentence decides a score: on 3 600 passages the first 200
sentences led to all of the 10 best passages, the first 200 passages to .98 of them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.index.local.segment import Segment

if TYPE_CHECKING:
    from rag.embedding import FloatArray
    from rag.index.codes import Codes
    from rag.index.local.segment import Ints

#: An index of up to this many passages compares every vector.
EXACT_UP_TO = 100_000
#: How many sentences are proposed at least, and for each passage that is wanted. Recall of the ten best passages, for
#: 60 questions over a million passages: .86 with one bit a number and 256 sentences, .95 with two bits, .97 with 384.
PROPOSED, PROPOSED_PER_PASSAGE = 384, 12
#: Up to this many new passages are searched exactly instead of being added.
UNSORTED = 20_000
#: It is trained again when there are this many times the vectors it was trained for.
GROWTH = 4
_SAMPLE_PER_LIST = 40
_ROUNDS = 8
_BITS = 4
_ROWS_AT_ONCE = 65_536
_SEED = 7
_MUCH = 200_000


@dataclass(frozen=True, slots=True)
class AnnRecord:
    """What the SQLite file says about the approximate index, which is the file ``name``.

    It holds the ``vectors`` sentences of all passages numbered up to ``last``; its lists were trained for ``trained``
    sentences. A search looks through ``probes`` lists. ``recall`` is the share of the true ten best that so many probes
    found when it was last measured.
    """

    name: str
    last: int
    vectors: int
    trained: int
    probes: int
    recall: float

    @classmethod
    def read(cls, connection: sqlite3.Connection) -> AnnRecord | None:
        row = connection.execute("SELECT name, last, vectors, trained, probes, recall FROM nearby").fetchone()
        return cls(*row) if row else None

    def write(self, connection: sqlite3.Connection) -> None:
        values = (self.name, self.last, self.vectors, self.trained, self.probes, self.recall)
        connection.execute("INSERT INTO nearby VALUES (?, ?, ?, ?, ?, ?)", values)


class AnnIndex:
    """The approximate index, opened from its file or being built."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def open(cls, path: Path) -> AnnIndex:
        """``RuntimeError`` if the file is not complete."""
        import faiss

        return cls(faiss.read_index(str(path)))

    @classmethod
    def train(cls, segments: Sequence[Segment], dimension: int) -> AnnIndex:
        """An empty index, with lists trained for the sentences of ``segments``."""
        import faiss

        _use_cores(segments)
        total = sum(segment.sentences.count for segment in segments)
        lists = _lists(total)
        sample = _sample(segments, min(total, _SAMPLE_PER_LIST * lists))
        index = faiss.IndexIVFPQFastScan(
            faiss.IndexFlatIP(dimension), dimension, lists, _pieces(dimension), _BITS, faiss.METRIC_INNER_PRODUCT
        )
        index.cp.niter, index.cp.spherical, index.cp.seed = _ROUNDS, True, _SEED
        index.cp.min_points_per_centroid = 1
        index.pq.cp.min_points_per_centroid = 1
        index.train(sample)
        return cls(index)

    def add(self, segments: Iterable[Segment], after: int = 0, progress: Callable[[int], None] | None = None) -> None:
        """Add the sentences of all passages numbered above ``after``. ``progress`` gets how many it holds so far."""
        import numpy as np

        segments = list(segments)
        _use_cores(segments)
        for segment in segments:
            begin = int(np.searchsorted(segment.numbers, after, side="right"))
            start = int(segment.starts[begin])
            owners = np.repeat(segment.numbers, np.diff(segment.starts))
            for at in range(start, segment.sentences.count, _ROWS_AT_ONCE):
                stop = min(at + _ROWS_AT_ONCE, segment.sentences.count)
                self._index.add_with_ids(_floats(segment.sentences.codes(at, stop)), owners[at:stop])
                if progress:
                    progress(self.count)

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove the sentences of passages."""
        import faiss
        import numpy as np

        self._index.remove_ids(faiss.IDSelectorBatch(np.asarray(numbers, np.int64)))

    def save(self, path: Path) -> None:
        import faiss

        faiss.write_index(self._index, str(path))

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    def numbers(self) -> Ints:
        """The passages of the sentences it holds, in order; a passage stands once for each of its sentences."""
        import faiss
        import numpy as np

        lists = self._index.invlists
        sizes = [lists.list_size(i) for i in range(self.lists)]
        numbers = [faiss.rev_swig_ptr(lists.get_ids(i), size) for i, size in enumerate(sizes) if size]
        return np.sort(np.concatenate(numbers)) if numbers else np.empty(0, np.int64)

    @property
    def lists(self) -> int:
        return int(self._index.nlist)

    def search(self, turned: FloatArray, probes: int, limit: int = PROPOSED) -> list[Ints]:
        """For each query, the passages of the ``limit`` sentences that seem nearest, by number in ascending order."""
        import faiss
        import numpy as np

        faiss.omp_set_num_threads(1)
        parameters_class: Any = faiss.SearchParametersIVF
        _, numbers = self._index.search(turned, min(limit, self.count), params=parameters_class(nprobe=probes))
        return [np.unique(row[row >= 0]) for row in numbers]


def _use_cores(segments: Sequence[Segment]) -> None:
    """Use all cores where the work takes minutes. For less, threads waste more time waiting than they save."""
    import faiss

    is_much = sum(segment.sentences.count for segment in segments) > _MUCH
    faiss.omp_set_num_threads((os.cpu_count() or 1) if is_much else 1)


def _lists(vectors: int) -> int:
    """A power of two near the square root: choosing lists then takes about as long as looking through them."""
    return 1 << round(max(vectors, 1).bit_length() / 2 - 0.5)


def _pieces(dimension: int) -> int:
    """How many pieces a vector is quantised in: one for two numbers, or one for each if their count is odd."""
    return dimension // 2 if dimension % 2 == 0 else dimension


def _sample(segments: Sequence[Segment], wanted: int) -> FloatArray:
    """Evenly spread vectors: (at most ``wanted``, dimension)."""
    import numpy as np

    total = sum(segment.sentences.count for segment in segments)
    chosen = np.linspace(0, total - 1, wanted).astype(np.int64)
    parts = []
    base = 0
    for segment in segments:
        count = segment.sentences.count
        within = chosen[(chosen >= base) & (chosen < base + count)] - base
        for at in range(0, count, _ROWS_AT_ONCE):
            stop = min(at + _ROWS_AT_ONCE, count)
            positions = within[(within >= at) & (within < stop)] - at
            if len(positions):
                parts.append(segment.sentences.codes(at, stop)[positions])
        base += count
    return _floats(np.concatenate(parts))


def _floats(codes: Codes) -> FloatArray:
    """Rows of length 1. The step of the codes is left out: it is the same factor for all of them."""
    import numpy as np

    rows = codes.astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)
    return rows
