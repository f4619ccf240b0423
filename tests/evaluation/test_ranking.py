from __future__ import annotations

from math import log2

import pytest

from rag.evaluation.ranking import first_rank, ranking_scores
from rag.types import Hit, Passage, Scores


def hit(name: str) -> Hit:
    """``"a2/1"`` is the first part of paragraph 2 of source a."""
    source, paragraph = name[0], int(name[1])
    return Hit(Passage(name, source, "", 1, paragraph, "", 0, 1), Scores(None, None, 1.0))


@pytest.mark.parametrize(
    ("found", "relevant", "rank"),
    [
        (["a1", "b1", "c1"], {"b1"}, 2),
        (["a1", "b1"], {"c1"}, None),
        ([], {"a1"}, None),
        (["a1/1", "a1/2", "a1/3", "b1"], {"b1"}, 2),  # three parts are one paragraph
        (["a1/2", "b1", "a1/1"], {"a1/1"}, 1),  # found at its best part
        (["a1", "a2"], {"a2"}, 2),
        (["a1", "b1", "c1"], {"b1", "c1"}, 2),
    ],
)
def test_first_rank_counts_paragraphs(found, relevant, rank):
    assert first_rank(map(hit, found), lambda h: h.passage.passage_id in relevant) == rank


@pytest.mark.parametrize(
    ("rank", "scores"),
    [
        (1, (1, 1, 1, 1, 1)),
        (2, (0, 1, 1, 1 / 2, 1 / log2(3))),
        (5, (0, 1, 1, 1 / 5, 1 / log2(6))),
        (10, (0, 0, 1, 1 / 10, 1 / log2(11))),
        (11, (0, 0, 0, 0, 0)),
        (None, (0, 0, 0, 0, 0)),
    ],
)
def test_ranking_scores(rank, scores):
    names = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")
    assert ranking_scores(rank) == pytest.approx(dict(zip(names, scores, strict=True)))
