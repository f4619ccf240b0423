"""Proposes passages by vectors, from all segments.

In an index of moderate size the proposals are exact. For one question, FAISS finds the nearest passages and the nearest
sentences of each segment; any other passage scores at most what the last of both would. Many questions together are
multiplied with all codes instead, which is faster. In a large index ``AnnIndex`` proposes passages, and only those that
it does not hold yet are searched exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.errors import IndexFormatError
from rag.index.codes import Coder, query_codes
from rag.index.engine import PassageCodes, Proposal
from rag.index.local.ann import PROPOSED, PROPOSED_PER_PASSAGE, AnnIndex, AnnRecord
from rag.index.local.segment import Segment, signed

if TYPE_CHECKING:
    from rag.embedding import FloatArray
    from rag.index.engine import Rows
    from rag.index.local.segment import Ints

_SLACK = 2e-6
_FIRST_LIMIT = 128
# Codes read before their memory is given back. Each brings the pages around it: some 64 KB at most.
_HELD = 8192
# No code stands for a vector longer than this.
_LONGEST = 1.05
# With this many questions or more, one matrix product for all of them is faster than a search for each.
_MANY_QUESTIONS = 8


@dataclass(frozen=True, slots=True)
class _Question:
    """A query on the axes of the codes, rounded to whole numbers, and how far those can be off."""

    turned: FloatArray
    whole: FloatArray
    step: float
    lost: float


class DenseIndex:
    """The vectors of all segments.

    Segments are in the order of their passages' numbers. A place is the position of a passage among the passages of all
    segments; ``place_of`` gives the place of each row.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        place_of: Ints,
        dimension: int,
        ann: tuple[AnnIndex, AnnRecord] | None = None,
    ) -> None:
        import numpy as np

        self._segments = list(segments)
        self._place_of = place_of
        self._row_of = np.zeros(len(place_of), np.int64)
        self._row_of[place_of] = np.arange(len(place_of))
        self._step = Coder(dimension).step
        self._ann = ann
        self._read = 0
        self.dimension = dimension
        self._bases = np.array([segment.base for segment in segments], np.int64)
        empty = np.empty(0, np.int64)
        self._numbers: Ints = np.concatenate([empty, *(segment.numbers for segment in segments)])
        # Where the sentences of each passage begin in its segment, and how many there are.
        self._starts: Ints = np.concatenate([empty, *(segment.starts[:-1] for segment in segments)])
        self._counts: Ints = np.concatenate([empty, *(np.diff(segment.starts) for segment in segments)])
        last = ann[1].last if ann else 0
        self._not_in_ann = [segment for segment in segments if int(segment.numbers[-1]) > last]

    @property
    def size(self) -> int:
        return len(self._numbers)

    def numbers(self, rows: Rows) -> Ints:
        """The numbers that the SQLite file has for the passages of ``rows``."""
        return self._numbers[self._place_of[rows]]

    def rows(self, numbers: Ints) -> Rows:
        """The rows of passages by number. ``KeyError`` for a number that is not there."""
        return self._row_of[self._places(numbers)]

    def _places(self, numbers: Ints) -> Ints:
        import numpy as np

        places = np.searchsorted(self._numbers, numbers)
        if not np.array_equal(self._numbers.take(places, mode="clip"), numbers):
            raise KeyError("a passage that is not there")
        return places

    def near(
        self, turned: FloatArray, k: int, weight: float, *, among: Rows | None, exact: bool, depth: int
    ) -> list[Proposal]:
        """As in ``rag.index.engine.Vectors``."""
        import numpy as np

        questions = _questions(turned)
        if self._ann is None and among is None and len(questions) >= _MANY_QUESTIONS:
            return self._near_many(questions, k, weight)
        quick = self._ann is not None and among is None and not exact
        within = None if among is None else np.sort(self._place_of[among])
        segments = [
            (segment, None if within is None else segment.places_within(within))
            for segment in (self._not_in_ann if quick else self._segments)
        ]
        limit = max(_FIRST_LIMIT, 2 * k) * 4**depth
        proposals = []
        for question in questions:
            nearest, bound = self._near_one(question, segments, limit, weight)
            if quick:
                nearest.append(self._near_by_ann(question, k))
            union = np.unique(np.concatenate(nearest)) if nearest else np.empty(0, np.int64)
            proposals.append(Proposal(self._row_of[union], bound))
        return proposals

    def _near_many(self, questions: Sequence[_Question], k: int, weight: float) -> list[Proposal]:
        """Score every passage by whole numbers, and propose those that rounding may have kept from the ``k`` best."""
        import numpy as np

        whole = np.concatenate([question.whole for question in questions])
        scores = np.concatenate([segment.scores(whole, weight) for segment in self._segments]).T.copy()
        kept = min(k, self.size)
        least = np.partition(scores, self.size - kept, axis=1)[:, self.size - kept]
        proposals = []
        for question, rounded, last in zip(questions, scores, least, strict=True):
            off = 2 * (question.lost * _LONGEST + _SLACK) / (question.step * self._step)
            proposals.append(Proposal(self._row_of[np.flatnonzero(rounded >= last - off)], None))
        return proposals

    def _near_one(
        self, question: _Question, segments: Sequence[tuple[Segment, Ints | None]], limit: int, weight: float
    ) -> tuple[list[Ints], float | None]:
        """The nearest places in each segment, and what any other passage scores at most; ``None`` if there is none."""
        import numpy as np

        places: list[Ints] = []
        bounds: list[float] = []
        scale = question.step * self._step
        for segment, within in segments:
            size = segment.size if within is None else len(within)
            if not size:
                continue
            scores, passages = segment.passages.search(question.whole, limit, within)
            among = None if within is None else segment.sentence_places(within)
            best, sentences = segment.sentences.search(question.whole, limit, among)
            places.append(np.concatenate([passages[0], segment.owners(sentences[0])]) + segment.base)
            if limit < size:
                last = scale * ((1 - weight) * float(scores[0, -1]) + weight * float(best[0, -1]))
                bounds.append(last + question.lost * _LONGEST + _SLACK)
        return places, max(bounds, default=None)

    def _near_by_ann(self, question: _Question, k: int) -> Ints:
        assert self._ann is not None
        index, record = self._ann
        limit = max(PROPOSED, PROPOSED_PER_PASSAGE * k)
        numbers = index.search(question.turned, record.probes * (limit // PROPOSED), limit)[0]
        try:
            return self._places(numbers)
        except KeyError as error:
            raise IndexFormatError("the inverted file holds passages that are gone: run rag index --repair") from error

    def reading_order(self, rows: Rows) -> Rows:
        """By place, so that passages beside each other are read together."""
        import numpy as np

        return np.argsort(self._place_of[rows], kind="stable")

    def codes(self, rows: Rows) -> PassageCodes:
        """Passages that follow each other in one segment are read together, so that sorted ones are read fastest."""
        import numpy as np

        places = self._place_of[rows]
        counts = self._counts[places]
        ends = np.cumsum(counts)
        positions = np.repeat(self._starts[places] - (ends - counts), counts) + np.arange(ends[-1])
        passages = np.empty((len(places), self.dimension), np.uint8)
        sentences = np.empty((len(positions), self.dimension), np.uint8)
        homes = np.searchsorted(self._bases, places, side="right") - 1
        for start, stop in pairwise([0, *(np.flatnonzero(np.diff(homes)) + 1).tolist(), len(places)]):
            segment, part = self._segments[homes[start]], slice(start, stop)
            inside = slice(ends[start] - counts[start], ends[stop - 1])
            segment.passages.copy_rows(places[part] - segment.base, passages[part])
            segment.sentences.copy_rows(positions[inside], sentences[inside])
            self._give_memory_back(len(passages[part]) + len(sentences[inside]))
        return PassageCodes(signed(passages), signed(sentences), counts)

    def _give_memory_back(self, read: int) -> None:
        """Of a large index, keep only what was read last in memory."""
        if self._ann is None:
            return
        self._read += read
        if self._read > _HELD:
            self._read = 0
            for segment in self._segments:
                segment.give_memory_back()


def _questions(turned: FloatArray) -> list[_Question]:
    whole, step, lost = query_codes(turned)
    return [_Question(turned[i : i + 1], whole[i : i + 1], float(step[i]), float(lost[i])) for i in range(len(turned))]
