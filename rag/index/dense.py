"""Exact search over passages and sentences together.

A passage scores its own cosine mixed with that of the best sentence in it. FAISS finds the candidates of each kind;
whatever was not found by either scores at most what the last of both would, so that the search knows when it has seen
enough, and goes deeper until it has (Fagin's threshold algorithm).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.embedding import FloatArray

    Floats = NDArray[np.float64]

#: The share of the best sentence in a passage's score. By ``python -m rag.training.fusion``, vectors alone, MRR@10 for
#: 0, .5, .75 and 1 on questions the model was not trained on: SQuAD .872 .915 .915 .908, JaQuAD .664 .757 .759 .745.
SENTENCE_WEIGHT = 0.75
# What is equal to six digits is a tie: float32 holds no more.
_DIGITS = 6
_SLACK = 2e-6
_FIRST_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage by its row, and its score."""

    row: int
    score: float


class Flat:
    """A file of unit rows, mapped read-only: FAISS aborts the process if a mapped index is added to."""

    def __init__(self, path: Path) -> None:
        """``RuntimeError`` if the file is not whole."""
        import faiss

        self._index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        self.rows: FloatArray = self._view()

    def _view(self) -> FloatArray:
        import faiss
        import numpy as np

        count, dimension = self._index.ntotal, self._index.d
        if not count:
            return np.empty((0, dimension), np.float32)
        rows = faiss.rev_swig_ptr(self._index.get_xb(), count * dimension).reshape(count, dimension)
        rows.flags.writeable = False
        return rows

    def search(self, queries: FloatArray, limit: int) -> tuple[FloatArray, NDArray[np.int64]]:
        """Scores and rows of the nearest, each (n_queries, limit), best first."""
        import faiss

        # OpenMP's threads do not survive a fork, and a child that searches then would hang.
        faiss.omp_set_num_threads(1)
        scores, rows = self._index.search(queries, limit)
        return scores, rows


class DenseIndex:
    """Passage vectors, the vectors of their sentences in order, and how many sentences each passage has."""

    def __init__(self, passages: Flat, sentences: Flat, counts: NDArray[np.int64]) -> None:
        import numpy as np

        self._passages, self._sentences = passages, sentences
        self._counts = counts
        self._first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self._owner = np.repeat(np.arange(len(counts)), counts)

    @property
    def size(self) -> int:
        return len(self._counts)

    def sentence_vectors(self, row: int) -> FloatArray:
        """(n_sentences, dimension)"""
        return self._sentences.rows[self._first[row] : self._first[row + 1]]

    def search(self, queries: FloatArray, k: int, weight: float = SENTENCE_WEIGHT) -> list[list[Candidate]]:
        """The ``k`` best passages for each query, best first, ties to the lower row."""
        found: list[list[Candidate]] = [[] for _ in queries]
        pending = list(range(len(queries))) if self.size and k > 0 else []
        limit = max(_FIRST_LIMIT, 2 * k)
        while pending:
            unsettled = []
            for query, near, bound in zip(pending, *self._near(queries[pending], limit, weight), strict=True):
                ranked = self._rank(queries[query], near, k, weight)
                if limit >= self.size or (len(ranked) == k and ranked[-1].score > bound):
                    found[query] = ranked
                else:
                    unsettled.append(query)
            pending, limit = unsettled, 4 * limit
        return found

    def _near(self, queries: FloatArray, limit: int, weight: float) -> tuple[list[NDArray[np.int64]], list[float]]:
        """For each query what either index finds, and what any other passage scores at most."""
        import numpy as np

        own, rows = self._passages.search(queries, min(limit, self.size))
        best, sentences = self._sentences.search(queries, min(limit, len(self._owner)))
        bounds = (1 - weight) * own[:, -1] + weight * best[:, -1] + _SLACK
        return [np.union1d(*found) for found in zip(rows, self._owner[sentences], strict=True)], bounds.tolist()

    def cosines(self, query: FloatArray, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Each passage's own cosine and that of its best sentence, in float64: no order of summation shows."""
        import numpy as np

        if not len(rows):
            return np.empty(0), np.empty(0)
        exact = query.astype(np.float64)
        counts = self._counts[rows]
        starts = np.cumsum(counts) - counts
        places = np.repeat(self._first[rows] - starts, counts) + np.arange(counts.sum())
        within = self._sentences.rows[places].astype(np.float64) @ exact
        return self._passages.rows[rows].astype(np.float64) @ exact, np.maximum.reduceat(within, starts)

    def scores(self, query: FloatArray, rows: NDArray[np.int64], weight: float = SENTENCE_WEIGHT) -> Floats:
        """The score of each of ``rows``."""
        import numpy as np

        own, best = self.cosines(query, rows)
        return np.round((1 - weight) * own + weight * best, _DIGITS)

    def _rank(self, query: FloatArray, rows: NDArray[np.int64], k: int, weight: float) -> list[Candidate]:
        import numpy as np

        scores = self.scores(query, rows, weight)
        best = np.lexsort((rows, -scores))[:k]
        return [Candidate(int(rows[i]), float(scores[i])) for i in best]
