"""Dense scores and rankings, the same for every engine.

The dense score of a passage mixes its own cosine with that of its best sentence. An engine proposes passages and says
what any other passage scores at most. If that could still reach the ``k`` best, the engine is asked to look deeper
(Fagin's threshold algorithm).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rag.index.codes import Coder
from rag.index.engine import Candidate, Vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.embedding import FloatArray
    from rag.index.codes import Codes
    from rag.index.engine import Rows

    Floats = NDArray[np.float64]

#: The share of the best sentence in a passage's score. By ``python -m rag.training.fusion``, vectors alone, MRR@10 for
#: 0, .5, .75 and 1 on questions the model was not trained on: SQuAD .872 .915 .915 .908, JaQuAD .664 .757 .759 .745.
SENTENCE_WEIGHT = 0.75
# Scores that are equal to six digits are a tie.
_DIGITS = 6
# Questions that are searched together.
_GROUP = 32
# Passages whose vectors are held as float64 at a time: some 60 MB.
_AT_ONCE = 4096


def search(
    vectors: Vectors,
    queries: FloatArray,
    k: int,
    weight: float = SENTENCE_WEIGHT,
    *,
    among: Rows | None = None,
    exact: bool = False,
) -> list[list[Candidate]]:
    """The ``k`` best passages for each unit row of ``queries``, best first, ties to the lower row.

    Only passages from ``among`` count, if given. An engine that searches approximately may miss some of the best,
    unless ``among`` is given or ``exact`` is set.
    """
    if not len(queries) or not vectors.size or k < 1 or (among is not None and not len(among)):
        return [[] for _ in queries]
    turned = Coder(vectors.dimension).turn(queries)
    groups = (turned[start : start + _GROUP] for start in range(0, len(turned), _GROUP))
    return [ranking for group in groups for ranking in _search(vectors, group, k, weight, among, exact=exact)]


def scores(
    vectors: Vectors, queries: FloatArray, rows: Sequence[Rows], weight: float = SENTENCE_WEIGHT
) -> list[Floats]:
    """For each query, the scores of its ``rows``."""
    return _scores(vectors, Coder(vectors.dimension).turn(queries), rows, weight)


def cosines(vectors: Vectors, query: FloatArray, rows: Rows) -> tuple[Floats, Floats]:
    """Each passage's own cosine with one query (dimension,), and that of its best sentence."""
    ((passages, sentences),) = _cosines(vectors, Coder(vectors.dimension).turn(query[None, :]), [rows])
    return passages, sentences


def _search(
    vectors: Vectors, turned: FloatArray, k: int, weight: float, among: Rows | None, *, exact: bool
) -> list[list[Candidate]]:
    rankings: list[list[Candidate]] = [[] for _ in turned]
    pending, depth = list(range(len(turned))), 0
    while pending:
        proposals = vectors.near(turned[pending], k, weight, among=among, exact=exact, depth=depth)
        scored = _scores(vectors, turned[pending], [proposal.rows for proposal in proposals], weight)
        for i, proposal, values in zip(tuple(pending), proposals, scored, strict=True):
            rankings[i] = _ranking(proposal.rows, values, k)
            if proposal.bound is None or (len(rankings[i]) == k and rankings[i][-1].score > proposal.bound):
                pending.remove(i)
        depth += 1
    return rankings


def _ranking(rows: Rows, values: Floats, k: int) -> list[Candidate]:
    import numpy as np

    order = np.lexsort((rows, -values))[:k]
    return list(map(Candidate, rows[order].tolist(), values[order].tolist()))


def _scores(vectors: Vectors, turned: FloatArray, rows: Sequence[Rows], weight: float) -> list[Floats]:
    import numpy as np

    return [
        np.round((1 - weight) * passages + weight * sentences, _DIGITS)
        for passages, sentences in _cosines(vectors, turned, rows)
    ]


def _cosines(vectors: Vectors, turned: FloatArray, rows: Sequence[Rows]) -> list[tuple[Floats, Floats]]:
    """For each query what ``cosines`` gives, in float64, so that the order of summation does not show.

    Codes are fetched for as many queries at once as memory allows.
    """
    import numpy as np

    scaled = turned.astype(np.float64) * Coder(vectors.dimension).step
    results = [(np.empty(len(some)), np.empty(len(some))) for some in rows]
    parts = [
        (query, order[start : start + _AT_ONCE])
        for query, some in enumerate(rows)
        for order in [vectors.reading_order(some)]
        for start in range(0, len(some), _AT_ONCE)
    ]
    for group in _grouped(parts):
        codes = vectors.codes(np.concatenate([rows[query][part] for query, part in group]))
        ends = np.concatenate([[0], np.cumsum(codes.counts)])
        start = 0
        for query, part in group:
            stop = start + len(part)
            passages, sentences = results[query]
            passages[part] = _products(codes.passages[start:stop], scaled[query])
            products = _products(codes.sentences[ends[start] : ends[stop]], scaled[query])
            sentences[part] = np.maximum.reduceat(products, ends[start:stop] - ends[start])
            start = stop
    return results


def _grouped(parts: Iterable[tuple[int, Rows]]) -> Iterator[list[tuple[int, Rows]]]:
    """Parts together until they hold ``_AT_ONCE`` rows."""
    group: list[tuple[int, Rows]] = []
    for part in parts:
        group.append(part)
        if sum(len(rows) for _, rows in group) >= _AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _products(codes: Codes, scaled: Floats) -> Floats:
    import numpy as np

    # Not by BLAS: its threads cost more than they save, and its sums depend on how many rows there are.
    products: Floats = np.einsum("ij,j->i", codes.astype(np.float64), scaled)
    return products
