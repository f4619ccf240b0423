"""Retrieval scores of one question whose evidence is one unit: relevant or not, at one rank.

A paragraph cut into parts is found once, where its best part is, so ranks count paragraphs and not parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import log2

from rag.types import Hit

CUTOFFS = (1, 5, 10)
DEPTH = 10  # of mrr and ndcg


def first_rank(hits: Iterable[Hit], relevant: Callable[[Hit], bool]) -> int | None:
    """The rank, from 1, of the first paragraph with a relevant part; ``None`` if there is none."""
    ranks: dict[tuple[str, int, int], int] = {}
    for hit in hits:
        passage = hit.passage
        rank = ranks.setdefault((passage.source, passage.article_number, passage.paragraph), len(ranks) + 1)
        if relevant(hit):
            return rank
    return None


def ranking_scores(rank: int | None) -> dict[str, float]:
    """Recall, reciprocal rank and nDCG; with one relevant unit the ideal DCG is 1."""
    found = rank is not None and rank <= DEPTH
    return {
        **{f"recall@{k}": float(rank is not None and rank <= k) for k in CUTOFFS},
        f"mrr@{DEPTH}": 1 / rank if found and rank else 0.0,
        f"ndcg@{DEPTH}": 1 / log2(rank + 1) if found and rank else 0.0,
    }
