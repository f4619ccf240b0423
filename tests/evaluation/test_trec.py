from __future__ import annotations

from rag.evaluation import Question, Row
from rag.evaluation.trec import ranking_of, run_lines
from rag.types import Hit, Passage, Scores


def hit(source: str, paragraph: int, part: int, fused: float) -> Hit:
    passage = Passage(f"{source}#1.{paragraph}/{part}", source, "", 1, paragraph, "", 0, 1)
    return Hit(passage, Scores(None, None, fused))


def test_a_paragraph_stands_where_its_best_part_does():
    hits = [hit("a", 2, 1, 0.9), hit("a", 2, 2, 0.8), hit("b", 1, 1, 0.7)]
    assert ranking_of(hits, None) == (("a#1.2", 0.9), ("b#1.1", 0.7))
    assert ranking_of(hits, {"a": "d7"}) == (("d7", 0.9), ("b", 0.7))


def test_lines_of_a_run_fall_strictly_so_that_trec_eval_keeps_the_order():
    question = Question("q 1", "?", "zh", None, ("1",))
    row = Row(question, None, {}, None, ranking=(("a", 0.5), ("b c", 0.5), ("d", 0.4999995)))
    assert list(run_lines([row])) == [
        "q_1 Q0 a 1 0.500000 wenbao",
        "q_1 Q0 b_c 2 0.499999 wenbao",
        "q_1 Q0 d 3 0.499998 wenbao",
    ]
