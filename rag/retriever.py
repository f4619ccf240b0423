"""One ranking from two: vectors and word matches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from rag.embedding import Embedder, FloatArray
from rag.index import Index, Rows, check_vectors
from rag.text import fold, squeeze
from rag.types import Filter, Hit, Leg, Scores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    _Score = TypeVar("_Score", float, NDArray[np.float64])

# Both by ``python -m rag.training.fusion`` (MRR@10: words alone, vectors alone, both): CMRC 2018 .946 .970 .980, DRCD
# .969 .979 .990, SQuAD .923 .914 .957, JaQuAD .947 .764 .956, English sentences over Chinese ones .826 .994 .990.
# More weight for vectors gives a little more on these sets, which the model was trained on; with half of it words win
# where vectors are weak, too: with the model before its tuning, DRCD .969 .829 .970.
#: The share of the dense score in the fused one.
DENSE_WEIGHT = 0.5
#: A question whose best passage reaches this share of its BM25 ceiling has matched in full.
FULL_MATCH = 0.4
#: How many passages each leg proposes at least. Vectors cost more to search deeply, and what only words propose gets
#: its dense score all the same.
NEAREST, MATCHING = 30, 100


#: A row with its scores by vectors, by words, and the one it is sorted by; a tuple, for many are made and few shown.
_Found: TypeAlias = tuple[int, float | None, float | None, float]


def fuse(dense: _Score, lexical: _Score, *, best: float, ceiling: float) -> _Score:
    """A weighted mean of the dense score and of how well the words match, from -1 to 1; of numbers or arrays of them.

    ``best`` is the question's highest BM25 score, ``ceiling`` what it could reach at most. An English question over
    Chinese pages finds a year or a name at best, far below its ceiling; such stray matches count for little.

    >>> fuse(0.6, 20.0, best=20.0, ceiling=50.0), round(fuse(0.6, 2.0, best=2.0, ceiling=50.0), 3)
    (0.8, 0.35)
    """
    reach = max(best, FULL_MATCH * ceiling) or 1.0
    return DENSE_WEIGHT * dense + (1 - DENSE_WEIGHT) / reach * lexical


class Retriever:
    """Searches one index with the model it was built with. Safe to share between threads if the embedder is."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        """``IndexModelError`` if the index was built with another model."""
        index.require_model(embedder.name)
        self._index = index
        #: What questions are embedded with.
        self.embedder = embedder
        # Words are matched while the question is embedded.
        self._beside = ThreadPoolExecutor(thread_name_prefix="words")

    def retrieve(
        self, questions: Sequence[str], k: int = 10, leg: Leg = "fused", *, where: Filter | None = None
    ) -> list[list[Hit]]:
        """The ``k`` best passages for each question, best first, ties by passage id; of equal texts only the first.

        Hits are sorted by ``scores.fused``; a single leg's own score stands there if only that leg was asked.
        With ``where`` they are the best of those that it lets through, with the scores they have without it, except
        that words count as a share of the best match let through. Raises ``InputError`` for a day that is none.
        """
        if not questions or k < 1:
            return [[] for _ in questions]
        among = None if where is None else self._index.allowed(where)
        # Some to spare for texts that occur more than once.
        depth = 2 * k
        if leg == "lexical":
            matching = self._index.lexical(questions, depth, among=among)
            found: list[list[_Found]] = [[(row, None, score, score) for row, score in own] for own in matching]
        elif leg == "dense":
            nearest = self._index.dense(self._encode(questions), depth, among=among)
            found = [[(row, score, None, score) for row, score in own] for own in nearest]
        else:
            found = self._fused(questions, depth, among)
        return [self._hits(each[:depth], k) for each in found]

    def _encode(self, questions: Sequence[str]) -> FloatArray:
        return check_vectors(self.embedder, self.embedder.encode_queries(questions), len(questions))

    def _fused(self, questions: Sequence[str], depth: int, among: Rows | None) -> list[list[_Found]]:
        words = self._beside.submit(self._index.lexical, questions, max(depth, MATCHING), among=among)
        vectors = self._encode(questions)
        near = [dict(found) for found in self._index.dense(vectors, max(depth, NEAREST), among=among)]
        matching = [dict(found) for found in words.result()]
        unseen = [[row for row in own if row not in dense] for own, dense in zip(matching, near, strict=True)]
        for dense, rows, scores in zip(near, unseen, self._index.similarities(vectors, unseen), strict=True):
            dense.update(zip(rows, scores, strict=True))
        return [self._fuse(*each, depth) for each in zip(questions, near, matching, strict=True)]

    def _fuse(
        self, question: str, near: Mapping[int, float], matching: Mapping[int, float], depth: int
    ) -> list[_Found]:
        """``near`` has the dense score of each row, ``matching`` the BM25 score of those that words propose."""
        import numpy as np

        best, ceiling = max(matching.values(), default=0.0), self._index.ceiling(question)
        rows = np.fromiter(near, np.int64)
        words = np.array([matching.get(row, 0.0) for row in near])
        fused = np.round(fuse(np.fromiter(near.values(), np.float64), words, best=best, ceiling=ceiling), 6)
        order = np.lexsort((rows, -fused))[:depth]
        first = rows[order].tolist()
        return list(zip(first, map(near.get, first), map(matching.get, first), fused[order].tolist(), strict=True))

    def _hits(self, found: Sequence[_Found], k: int) -> list[Hit]:
        return list(islice(_distinct(self._read(found, k)), k))

    def _read(self, found: Sequence[_Found], some: int) -> Iterator[Hit]:
        """``some`` at a time: mostly the first of them are enough."""
        for start in range(0, len(found), some):
            part = found[start : start + some]
            passages = self._index.passages([row for row, *_ in part])
            for passage, (_, dense, lexical, fused) in zip(passages, part, strict=True):
                yield Hit(passage, Scores(dense, lexical, fused))


def _distinct(hits: Iterable[Hit]) -> Iterable[Hit]:
    """The first of those whose texts differ in white space, width, case or script variant alone."""
    seen: set[str] = set()
    for hit in hits:
        text = _bare(hit.passage.text)
        if text not in seen:
            seen.add(text)
            yield hit


@lru_cache(maxsize=16_384)
def _bare(text: str) -> str:
    return squeeze(fold(text))
