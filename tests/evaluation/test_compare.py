from __future__ import annotations

import numpy as np
import pytest

from rag.errors import EvaluationError
from rag.evaluation import Question, Report, Row, compare
from rag.evaluation.compare import permuted
from rag.types import Answer


def row(name: str, em: float, failure: str | None = None, answer: bool = True) -> Row:
    question = Question(name, f"{name}?", "zh", None, ("1",))
    given = Answer(f"{name}?", None, "zh", 0.5, (), (), "i", "m", 1) if answer else None
    return Row(question, given, {"em": em} if answer else {"recall@1": em}, failure)


def test_questions_won_and_lost_and_the_difference_by_hand():
    this = Report.of([row("a", 1), row("b", 0, "misread"), row("c", 1), row("only here", 0, "misread")])
    other = Report.of([row("c", 0, "abstained"), row("b", 1), row("a", 1)])
    found = compare(this, other)
    assert (found.questions, found.won, found.lost) == (3, ("c",), ("b",))
    [em] = found.differences
    assert (em.score, em.questions, em.this, em.other, em.difference) == (
        "em", 3, pytest.approx(2 / 3), pytest.approx(2 / 3), 0.0,
    )  # fmt: skip
    assert em.p == 1
    assert em.ci95[0] < 0 < em.ci95[1]


def test_of_retrieval_alone_the_first_place_decides():
    this = Report.of([row("a", 1, answer=False), row("b", 0, answer=False)])
    other = Report.of([row("a", 0, answer=False), row("b", 0, answer=False)])
    assert (compare(this, other).won, compare(this, other).lost) == (("a",), ())


def test_the_permutation_test_equals_the_exact_sign_test():
    """Nine questions won and one lost: 2 · (1 + 10) / 2^10 by hand."""
    differences = np.array([1.0] * 9 + [-1.0] + [0.0] * 50)
    assert permuted(differences) == pytest.approx(22 / 1024, abs=0.005)
    assert permuted(-differences) == permuted(differences)


def test_nothing_in_common_is_said():
    with pytest.raises(EvaluationError, match="no question in common"):
        compare(Report.of([row("a", 1)]), Report.of([row("b", 1)]))
