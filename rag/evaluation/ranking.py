"""The retrieval scores of one question, as trec_eval defines them.

Ranks count paragraphs: a paragraph that is cut into parts stands once in the ranking, where its best part stands.
Most sets have one relevant paragraph for a question; BEIR sets have several, with grades.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import log2

from rag.types import Hit

CUTOFFS = (1, 5, 10)
DEPTH = 10  # of mrr and ndcg
Unit = tuple[str, int, int]  # source, article, paragraph


def unit_of(hit: Hit) -> Unit:
    """The paragraph of a hit."""
    return hit.passage.source, hit.passage.article_number, hit.passage.paragraph


def paragraph_grades(hits: Iterable[Hit], grade: Callable[[Hit], int]) -> list[int]:
    """The grades of the paragraphs, in the order of their best parts; each has the highest grade of its parts."""
    grades: dict[Unit, int] = {}
    for hit in hits:
        unit = unit_of(hit)
        grades[unit] = max(grades.get(unit, 0), grade(hit))
    return list(grades.values())


def first_rank(grades: Iterable[int]) -> int | None:
    """The rank, from 1, of the first relevant paragraph; ``None`` if there is none.

    >>> first_rank([0, 2, 1])
    2
    """
    return next((rank for rank, grade in enumerate(grades, start=1) if grade > 0), None)


def ranking_scores(grades: Sequence[int], ideal: Sequence[int] = (1,)) -> dict[str, float]:
    """Recall, reciprocal rank and nDCG with linear gains; ``ideal`` are the grades of all that is relevant.

    >>> ranking_scores([0, 1])["mrr@10"]
    0.5
    """
    rank, best = first_rank(grades), sorted(ideal, reverse=True)
    return {
        **{f"recall@{k}": min(1.0, sum(grade > 0 for grade in grades[:k]) / len(best)) for k in CUTOFFS},
        f"mrr@{DEPTH}": 1 / rank if rank is not None and rank <= DEPTH else 0.0,
        f"ndcg@{DEPTH}": min(1.0, _dcg(grades) / _dcg(best)),
    }


def _dcg(grades: Sequence[int]) -> float:
    return sum(grade / log2(rank + 1) for rank, grade in enumerate(grades[:DEPTH], start=1))
