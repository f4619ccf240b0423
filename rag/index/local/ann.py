"""Candidates for a question among very many passages, found without looking at all of them.

An inverted file over the vectors of sentences, in product quantisation of two bits a number, in memory. It proposes;
what it proposes is then scored exactly. Sentences are what it holds because the best sentence decides a score: on
3 600 passages the first 200 sentences led to all of the 10 best passages, the first 200 passages to .98 of them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.index.local.segment import Segment, signed

if TYPE_CHECKING:
    from rag.embedding import FloatArray
    from rag.index.codes import Codes
    from rag.index.local.segment import Ints

#: Up to so many passages every vector is compared.
EXACT_UP_TO = 100_000
#: How many sentences it proposes at least, and for each passage asked for. Of the ten best of 60 questions over a
#: million passages the file led to .86 with one bit a number and 256 sentences, to .95 with two bits, to .97 with 384.
PROPOSED, PROPOSED_FOR_EACH = 384, 12
#: New passages are compared one by one until there are so many that they are taken in.
UNSORTED = 20_000
#: It is trained anew when there are so many times what it was trained for.
GROWTH = 4
_SAMPLE_PER_LIST = 40
_ROUNDS = 8
_BITS = 4
_ROWS_AT_ONCE = 65_536
_SEED = 7
_MUCH = 200_000


@dataclass(frozen=True, slots=True)
class AnnRecord:
    """What is known of the file ``name``.

    It holds the ``vectors`` sentences of the passages numbered up to ``last``, in lists made for ``trained`` of them;
    ``probes`` lists are looked through, and ``recall`` is the share of the true ten best that were found by so many
    when it was last measured.
    """

    name: str
    last: int
    vectors: int
    trained: int
    probes: int
    recall: float

    @classmethod
    def read(cls, connection: sqlite3.Connection) -> AnnRecord | None:
        found = connection.execute("SELECT name, last, vectors, trained, probes, recall FROM nearby").fetchone()
        return cls(*found) if found else None

    def write(self, connection: sqlite3.Connection) -> None:
        values = (self.name, self.last, self.vectors, self.trained, self.probes, self.recall)
        connection.execute("INSERT INTO nearby VALUES (?, ?, ?, ?, ?, ?)", values)


class AnnIndex:
    """The file opened, or being written."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def open(cls, path: Path) -> AnnIndex:
        """``RuntimeError`` if the file is not whole."""
        import faiss

        return cls(faiss.read_index(str(path)))

    @classmethod
    def train(cls, segments: Sequence[Segment], dimension: int) -> AnnIndex:
        """An empty one, with lists made for the sentences of ``segments``."""
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

    def add(self, segments: Iterable[Segment], after: int = 0, told: Callable[[int], None] | None = None) -> None:
        """Take in the sentences of all passages numbered above ``after``; ``told`` how many it holds, now and then."""
        import numpy as np

        segments = list(segments)
        _use_cores(segments)
        for segment in segments:
            begin = int(np.searchsorted(segment.numbers, after, side="right"))
            start = int(segment.starts[begin])
            owners = np.repeat(segment.numbers, np.diff(segment.starts))
            for at in range(start, segment.sentences.count, _ROWS_AT_ONCE):
                stop = min(at + _ROWS_AT_ONCE, segment.sentences.count)
                codes = signed(segment.sentences.read(at, stop), segment.sentences.dimension)
                self._index.add_with_ids(_floats(codes), owners[at:stop])
                if told:
                    told(self.count)

    def remove(self, numbers: Sequence[int]) -> None:
        """Forget the sentences of passages."""
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
        """The passages of the sentences it holds, in order, each as often as it has sentences."""
        import faiss
        import numpy as np

        held = self._index.invlists
        sizes = [held.list_size(i) for i in range(self.lists)]
        every = [faiss.rev_swig_ptr(held.get_ids(i), size) for i, size in enumerate(sizes) if size]
        return np.sort(np.concatenate(every)) if every else np.empty(0, np.int64)

    @property
    def lists(self) -> int:
        return int(self._index.nlist)

    def search(self, turned: FloatArray, probes: int, limit: int = PROPOSED) -> list[Ints]:
        """For each query the numbers of the passages whose sentences seem nearest, in order."""
        import faiss
        import numpy as np

        faiss.omp_set_num_threads(1)
        chosen: Any = faiss.SearchParametersIVF
        parameters = chosen(nprobe=probes)
        _, found = self._index.search(turned, min(limit, self.count), params=parameters)
        return [np.unique(row[row >= 0]) for row in found]


def _use_cores(segments: Sequence[Segment]) -> None:
    """All cores where there is work for minutes: threads that wait for little work burn time."""
    import faiss

    much = sum(segment.sentences.count for segment in segments) > _MUCH
    faiss.omp_set_num_threads((os.cpu_count() or 1) if much else 1)


def _lists(vectors: int) -> int:
    """A power of two near the square root, which balances choosing lists and looking through them."""
    return 1 << round(max(vectors, 1).bit_length() / 2 - 0.5)


def _pieces(dimension: int) -> int:
    """How many codes a vector has: one for two numbers, or for each where their count is odd."""
    return dimension // 2 if dimension % 2 == 0 else dimension


def _sample(segments: Sequence[Segment], wanted: int) -> FloatArray:
    """Evenly spread vectors: (at most ``wanted``, dimension)."""
    import numpy as np

    total = sum(segment.sentences.count for segment in segments)
    chosen = np.linspace(0, total - 1, wanted).astype(np.int64)
    parts = []
    base = 0
    for segment in segments:
        count, dimension = segment.sentences.count, segment.sentences.dimension
        own = chosen[(chosen >= base) & (chosen < base + count)] - base
        for at in range(0, count, _ROWS_AT_ONCE):
            stop = min(at + _ROWS_AT_ONCE, count)
            some = own[(own >= at) & (own < stop)] - at
            if len(some):
                parts.append(signed(segment.sentences.read(at, stop), dimension)[some])
        base += count
    return _floats(np.concatenate(parts))


def _floats(codes: Codes) -> FloatArray:
    """Unit rows, as good as: the step is left out of all of them alike, here and in what is looked for."""
    import numpy as np

    rows = codes.astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)
    return rows
