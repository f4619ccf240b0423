"""Search over passages and sentences together.

A passage scores its own cosine mixed with that of the best sentence in it. In an index of moderate size the search is
exact: FAISS finds the candidates of each kind in each segment; whatever was not found by either scores at most what
the last of both would, so that the search knows when it has seen enough, and goes deeper until it has (Fagin's
threshold algorithm). Many questions at once are multiplied with all codes instead. In a large one ``AnnIndex`` proposes
candidates, and only what it does not hold is searched so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rag.errors import IndexFormatError
from rag.index.codes import Coder, query_codes
from rag.index.local.ann import PROPOSED, PROPOSED_FOR_EACH, AnnIndex, AnnRecord
from rag.index.local.segment import Segment, flipped, signed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.embedding import FloatArray
    from rag.index.codes import Codes
    from rag.index.local.segment import Ints

    Floats = NDArray[np.float64]

#: The share of the best sentence in a passage's score. By ``python -m rag.training.fusion``, vectors alone, MRR@10 for
#: 0, .5, .75 and 1 on questions the model was not trained on: SQuAD .872 .915 .915 .908, JaQuAD .664 .757 .759 .745.
SENTENCE_WEIGHT = 0.75
# What is equal to six digits is a tie.
_DIGITS = 6
_SLACK = 2e-6
_FIRST_LIMIT = 128
# Passages whose vectors are held as float64 at a time: some 60 MB.
_AT_ONCE = 4096
# Rows that are seen before their memory is given back: some 64 KB each, at most.
_HELD = 8192
# No code stands for a vector longer than this.
_LONGEST = 1.05
# From so many questions on one product of matrices for all of them is faster than a search for each; so many at a time.
_TOGETHER, _GROUP = 8, 32


class Candidate(NamedTuple):
    """A passage by its row, and its score. A tuple, because a search makes hundreds."""

    row: int
    score: float


@dataclass(frozen=True, slots=True)
class _Question:
    """A query for the segments: on the axes of their codes, in whole numbers, and how far those can be off."""

    turned: FloatArray
    whole: FloatArray
    step: float
    lost: float


class DenseIndex:
    """Segments in the order of their passages' numbers. A place counts passages through all of them.

    ``row_of`` gives the row of each place: its rank by passage id, which settles ties.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        row_of: Ints,
        dimension: int,
        ann: tuple[AnnIndex, AnnRecord] | None = None,
    ) -> None:
        import numpy as np

        self._segments = list(segments)
        self._row_of = row_of
        self._coder = Coder(dimension)
        self._ann = ann
        self._seen = 0
        self._bases = np.array([segment.base for segment in segments], np.int64)
        empty = np.empty(0, np.int64)
        self.numbers: Ints = np.concatenate([empty, *(segment.numbers for segment in segments)])
        # Of each passage: where its sentences begin in its segment, and how many there are.
        self._starts: Ints = np.concatenate([empty, *(segment.starts[:-1] for segment in segments)])
        self._counts: Ints = np.concatenate([empty, *(np.diff(segment.starts) for segment in segments)])
        last = ann[1].last if ann else 0
        self._unsorted = [segment for segment in segments if int(segment.numbers[-1]) > last]

    @property
    def size(self) -> int:
        return len(self.numbers)

    @property
    def vectors(self) -> int:
        """How many vectors an exact search compares."""
        return self.size + sum(segment.sentences.count for segment in self._segments)

    def passage_vectors(self, places: Ints) -> FloatArray:
        """(n_places, dimension): the passages' own."""
        pairs = [(segment, int(place) - segment.base) for place in places for segment in [self._segment(int(place))]]
        codes = b"".join(segment.own_codes(at) for segment, at in pairs)
        return self._coder.decode(signed(codes, self._coder.dimension))

    def sentence_vectors(self, place: int) -> FloatArray:
        """(n_sentences, dimension)"""
        segment = self._segment(place)
        return self._coder.decode(signed(segment.sentence_codes(place - segment.base), self._coder.dimension))

    def search(
        self,
        queries: FloatArray,
        k: int,
        weight: float = SENTENCE_WEIGHT,
        *,
        among: Ints | None = None,
        exact: bool = False,
    ) -> list[list[Candidate]]:
        """The ``k`` best passages for each query, best first, ties to the lower row.

        ``among`` gives the only places that count; what is found among them is exact at any size.
        """
        if not self.size or k < 1 or (among is not None and not len(among)):
            return [[] for _ in queries]
        if self._ann is None and among is None and len(queries) >= _TOGETHER:
            groups = (queries[start : start + _GROUP] for start in range(0, len(queries), _GROUP))
            return [found for group in groups for found in self._together(self._questions(group), k, weight)]
        quick = self._ann is not None and among is None and not exact
        return [self._search(question, k, weight, among, quick=quick) for question in self._questions(queries)]

    def _together(self, questions: Sequence[_Question], k: int, weight: float) -> list[list[Candidate]]:
        """Every passage is scored by codes; those that the codes' error may have kept from the best are ranked."""
        import numpy as np

        whole = np.concatenate([question.whole for question in questions])
        scores = np.concatenate([segment.scores(whole, weight) for segment in self._segments]).T.copy()
        kept = min(k, self.size)
        least = np.partition(scores, self.size - kept, axis=1)[:, self.size - kept]
        near = []
        for question, own, last in zip(questions, scores, least, strict=True):
            off = 2 * (question.lost * _LONGEST + _SLACK) / (question.step * self._coder.step)
            near.append(np.flatnonzero(own >= last - off))
        turned = np.concatenate([question.turned for question in questions])
        exact = self._mixed(turned, near, weight)
        return [self._best(places, own, k) for places, own in zip(near, exact, strict=True)]

    def _questions(self, queries: FloatArray) -> list[_Question]:
        turned = self._coder.turn(queries)
        whole, step, lost = query_codes(turned)
        return [
            _Question(turned[i : i + 1], whole[i : i + 1], float(step[i]), float(lost[i])) for i in range(len(queries))
        ]

    def _search(
        self, question: _Question, k: int, weight: float, among: Ints | None, *, quick: bool
    ) -> list[Candidate]:
        proposed = self._proposed(question, k) if quick else None
        segments = self._unsorted if quick else self._segments
        parts = [(segment, self._within(segment, among)) for segment in segments]
        limit = max(_FIRST_LIMIT, 2 * k)
        while True:
            places, bound = self._near(question, parts, limit, weight)
            seen = _union(places, proposed)
            (scores,) = self._mixed(question.turned, [seen], weight)
            ranked = self._best(seen, scores, k)
            if bound is None or (len(ranked) == k and ranked[-1].score > bound):
                return ranked
            limit *= 4

    def _proposed(self, question: _Question, k: int) -> Ints:
        import numpy as np

        assert self._ann is not None
        index, record = self._ann
        limit = max(PROPOSED, PROPOSED_FOR_EACH * k)
        numbers = index.search(question.turned, record.probes * (limit // PROPOSED), limit)[0]
        places = np.searchsorted(self.numbers, numbers)
        if not np.array_equal(self.numbers.take(places, mode="clip"), numbers):
            raise IndexFormatError("the inverted file holds passages that are gone: run rag index --repair")
        return places

    def _within(self, segment: Segment, among: Ints | None) -> Ints | None:
        """The allowed passages of a segment, by place in it."""
        if among is None:
            return None
        return among[(among >= segment.base) & (among < segment.base + segment.size)] - segment.base

    def _near(
        self, question: _Question, parts: Sequence[tuple[Segment, Ints | None]], limit: int, weight: float
    ) -> tuple[list[Ints], float | None]:
        """What is found in each segment, and what any other passage scores at most; ``None`` if there is no other."""
        found: list[Ints] = []
        bounds: list[float] = []
        scale = question.step * self._coder.step
        for segment, within in parts:
            size = segment.size if within is None else len(within)
            if not size:
                continue
            own, rows = segment.passages.search(question.whole, limit, within)
            places = None if within is None else segment.sentence_places(within)
            best, sentences = segment.sentences.search(question.whole, limit, places)
            found.append(_union([rows[0]], segment.owners(sentences[0])) + segment.base)
            if limit < size:
                last = scale * ((1 - weight) * float(own[0, -1]) + weight * float(best[0, -1]))
                bounds.append(last + question.lost * _LONGEST + _SLACK)
        return found, max(bounds, default=None)

    def cosines(self, query: FloatArray, places: Ints) -> tuple[Floats, Floats]:
        """Each passage's own cosine and that of its best sentence, in float64: no order of summation shows."""
        ((own, best),) = self._cosines(self._coder.turn(query[None, :]), [places])
        return own, best

    def scores(self, queries: FloatArray, places: Sequence[Ints], weight: float = SENTENCE_WEIGHT) -> list[Floats]:
        """For each query the score of each of its ``places``."""
        return self._mixed(self._coder.turn(queries), places, weight)

    def _mixed(self, turned: FloatArray, places: Sequence[Ints], weight: float) -> list[Floats]:
        import numpy as np

        return [np.round((1 - weight) * own + weight * best, _DIGITS) for own, best in self._cosines(turned, places)]

    def _cosines(self, turned: FloatArray, places: Sequence[Ints]) -> list[tuple[Floats, Floats]]:
        """For each query what ``cosines`` gives. Codes are fetched for as many queries at once as memory allows."""
        import numpy as np

        scaled = turned.astype(np.float64) * self._coder.step
        found = [(np.empty(len(own)), np.empty(len(own))) for own in places]
        parts = [
            (number, order[start : start + _AT_ONCE])
            for number, own in enumerate(places)
            for order in [np.argsort(own, kind="stable")]
            for start in range(0, len(own), _AT_ONCE)
        ]
        for group in _grouped(parts):
            wanted = np.concatenate([places[number][part] for number, part in group])
            codes, others, counts = self._codes(wanted)
            ends = np.concatenate([[0], np.cumsum(counts)])
            at = 0
            for number, part in group:
                end = at + len(part)
                own, best = found[number]
                own[part] = _products(codes[at:end], scaled[number])
                sentences = _products(others[ends[at] : ends[end]], scaled[number])
                best[part] = np.maximum.reduceat(sentences, ends[at:end] - ends[at])
                at = end
            self._let_go(len(codes) + len(others))
        return found

    def _codes(self, places: Ints) -> tuple[Codes, Codes, Ints]:
        """The codes of passages and of their sentences, and how many sentences each passage has.

        Runs of passages of one segment are read together, so that sorted ones are read fastest.
        """
        import numpy as np

        counts = self._counts[places]
        ends = np.cumsum(counts)
        sentences = np.repeat(self._starts[places] - (ends - counts), counts) + np.arange(ends[-1])
        own = np.empty((len(places), self._coder.dimension), np.uint8)
        others = np.empty((len(sentences), self._coder.dimension), np.uint8)
        homes = np.searchsorted(self._bases, places, side="right") - 1
        for start, stop in pairwise([0, *(np.flatnonzero(np.diff(homes)) + 1).tolist(), len(places)]):
            segment, part = self._segments[homes[start]], slice(start, stop)
            inside = slice(ends[start] - counts[start], ends[stop - 1])
            segment.passages.rows(places[part] - segment.base, own[part])
            segment.sentences.rows(sentences[inside], others[inside])
        return flipped(own), flipped(others), counts

    def _let_go(self, seen: int) -> None:
        """Of a large index only what was seen last is held in memory: each row brings the pages around it."""
        if self._ann is None:
            return
        self._seen += seen
        if self._seen > _HELD:
            self._seen = 0
            for segment in self._segments:
                segment.let_go()

    def _best(self, places: Ints, scores: Floats, k: int) -> list[Candidate]:
        """The ``k`` best of places, ties to the lower row."""
        import numpy as np

        rows = self._row_of[places]
        order = np.lexsort((rows, -scores))[:k]
        return list(map(Candidate, rows[order].tolist(), scores[order].tolist()))

    def _segment(self, place: int) -> Segment:
        import numpy as np

        return self._segments[int(np.searchsorted(self._bases, place, side="right")) - 1]


def _grouped(parts: Iterable[tuple[int, Ints]]) -> Iterator[list[tuple[int, Ints]]]:
    """Parts of places together, as long as there are fewer than ``_AT_ONCE`` of these."""
    group: list[tuple[int, Ints]] = []
    for part in parts:
        group.append(part)
        if sum(len(places) for _, places in group) >= _AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _products(codes: Codes, scaled: Floats) -> Floats:
    import numpy as np

    # Not by BLAS, whose threads cost more than they save, and whose sums depend on how many rows there are.
    products: Floats = np.einsum("ij,j->i", codes.astype(np.float64), scaled)
    return products


def _union(places: Sequence[Ints], others: Ints | None) -> Ints:
    import numpy as np

    given = [*places, *([others] if others is not None else [])]
    return np.unique(np.concatenate(given)) if given else np.empty(0, np.int64)
