from __future__ import annotations

from math import log2

import pytest

from rag.evaluation.ranking import first_rank, paragraph_grades, ranking_scores
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
def test_ranks_count_paragraphs(found, relevant, rank):
    assert first_rank(paragraph_grades(map(hit, found), lambda h: int(h.passage.passage_id in relevant))) == rank


def test_a_paragraph_is_worth_its_best_part():
    grades = {"a1/2": 1, "a1/1": 3, "b1": 2}
    assert paragraph_grades(map(hit, grades), lambda h: grades[h.passage.passage_id]) == [3, 2]


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
def test_one_relevant_paragraph(rank, scores):
    names = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")
    grades = [int(place == rank) for place in range(1, 13)]
    assert ranking_scores(grades) == pytest.approx(dict(zip(names, scores, strict=True)))


def test_several_relevant_documents_with_grades_as_trec_eval_scores_them():
    """Found at ranks 2 (grade 1) and 3 (grade 2) of four that are relevant, as trec_eval -m recall.1,5,10 and so on."""
    ideal = 2 + 2 / log2(3) + 1 / log2(4) + 1 / log2(5)
    assert ranking_scores([0, 1, 2], ideal=[1, 2, 2, 1]) == pytest.approx(
        {
            "recall@1": 0,
            "recall@5": 2 / 4,
            "recall@10": 2 / 4,
            "mrr@10": 1 / 2,
            "ndcg@10": (1 / log2(3) + 2 / log2(4)) / ideal,
        }
    )


def test_the_ideal_is_cut_at_ten_too():
    assert ranking_scores([1] * 10, ideal=[1] * 20)["ndcg@10"] == 1
    assert ranking_scores([1] * 10, ideal=[1] * 20)["recall@10"] == 1 / 2
