"""Our retrieval scores beside those of trec_eval itself, which pytrec_eval wraps."""

from __future__ import annotations

import random

import pytest

from rag.evaluation.ranking import ranking_scores

pytrec_eval = pytest.importorskip("pytrec_eval", reason="pip install pytrec_eval-terrier, which make test does")

#: What trec_eval calls our scores; the reciprocal rank it takes of the whole ranking, so it is given ten places.
NAMES = {
    "recall@1": "recall_1",
    "recall@5": "recall_5",
    "recall@10": "recall_10",
    "mrr@10": "recip_rank",
    "ndcg@10": "ndcg_cut_10",
}


@pytest.mark.parametrize("seed", range(50))
def test_scores_are_those_of_trec_eval(seed: int) -> None:
    """Up to fifteen judged documents of grades 0 to 3, some of them never found; ten places of forty documents."""
    draw = random.Random(seed)
    documents = [f"d{number}" for number in range(40)]
    grades = {name: draw.choice((0, 0, 1, 2, 3)) for name in draw.sample(documents, draw.randint(1, 15))}
    found = draw.sample(documents, 10)
    judge = pytrec_eval.RelevanceEvaluator({"q": grades}, {"recall.1,5,10", "recip_rank", "ndcg_cut.10"})
    theirs = judge.evaluate({"q": {name: float(10 - place) for place, name in enumerate(found)}})["q"]
    ideal = [grade for grade in grades.values() if grade > 0] or [1]
    ours = ranking_scores([grades.get(name, 0) for name in found], ideal)
    assert ours == pytest.approx({name: theirs[official] for name, official in NAMES.items()})
