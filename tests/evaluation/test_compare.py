from __future__ import annotations

from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from rag.errors import EvaluationError
from rag.evaluation import Question, Report, Row, compare, print_comparison
from rag.evaluation.compare import comparable, permuted
from rag.types import Answer


def row(name: str, em: float, failure: str | None = None, answer: bool = True, text: str | None = None) -> Row:
    question = Question(name, text or f"{name}?", "zh", None, ("1",))
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


def test_marks_of_the_same_sentence_are_compared_too():
    this, other = [], []
    for name, mine, theirs, failure in (("a", 0.9, 0.5, None), ("b", 0.2, 0.3, None), ("c", 0.1, 0.4, "misread")):
        this.append(replace(row(name, 0, failure), scores={"f1": mine}))
        other.append(replace(row(name, 0, failure), scores={"f1": theirs}))
    this.append(replace(row("won", 1), scores={"f1": 1.0}))
    other.append(replace(row("won", 0, "misread"), scores={"f1": 0.0}))
    found = compare(Report.of(this), Report.of(other))
    assert (found.won, found.lost, found.better, found.worse) == (("won",), (), ("a",), ("b", "c"))
    assert found.texts["c"] == "c?"
    assert printed(Report.of(this), Report.of(other))[-5:] == [
        "marked better: 1",
        "  a: a?",
        "marked worse: 2",
        "  b: b?",
        "  c: c?",
    ]


def test_what_was_only_searched_for_is_not_compared_with_what_was_answered():
    answered, searched = Report.of([row("a", 1)]), Report.of([row("a", 1, answer=False)])
    for this, other in ((answered, searched), (searched, answered)):
        with pytest.raises(EvaluationError, match="one of the two runs only searched"):
            compare(this, other)
    asked = [each.question for each in answered.rows]
    comparable(asked, retrieval=True, other=searched)
    with pytest.raises(EvaluationError, match="only searched"):
        comparable(asked, retrieval=True, other=answered)
    with pytest.raises(EvaluationError, match="no question in common"):
        comparable(asked, retrieval=False, other=Report.of([row("b", 1)]))


def test_nothing_in_common_is_said():
    with pytest.raises(EvaluationError, match="no question in common"):
        compare(Report.of([row("a", 1)]), Report.of([row("b", 1)]))


def test_other_questions_on_the_same_lines_are_no_pairs():
    """Without ids of their own, the questions of two files have the numbers of their lines."""
    this = Report.of([row("1", 1, text="谁?"), row("2", 1, text="几时?"), row("3", 1, text="何处?")])
    other = Report.of([row("1", 0, "misread", text="谁?"), row("2", 0, "misread", text="多高?")])
    found = compare(this, other)
    assert (found.questions, found.only_this, found.only_other) == (1, 2, 1)
    assert (found.won, found.texts) == (("1",), {"1": "谁?"})
    with pytest.raises(EvaluationError, match="no question in common"):
        compare(Report.of(this.rows[1:]), other)


def printed(this: Report, other: Report) -> list[str]:
    console = Console(width=39, record=True, file=StringIO())
    print_comparison(compare(this, other), console)
    return console.export_text().splitlines()


def test_the_terminal_shows_what_was_won_and_lost_in_a_line_each():
    texts = {"a": "谁在[东]?", "b": "谁在很远的西边,\n那里有一座塔,塔有五米高,谁看得见?"}
    this = Report.of([row("a", 1, text=texts["a"]), row("b", 0, "misread", text=texts["b"])])
    other = Report.of([row("a", 0, "misread", text=texts["a"]), row("b", 1, text=texts["b"])])
    won, first, lost, second, *marked = printed(this, other)[-6:]
    assert (won, first) == ("won: 1", "  a: 谁在[东]?")
    assert (lost, second) == ("lost: 1", "  b: 谁在很远的西边, 那里有一座塔,塔有…")
    assert marked == ["marked better: 0", "marked worse: 0"]


def test_the_terminal_shows_the_first_twenty():
    this = Report.of([row(f"q{number}", 1) for number in range(25)])
    other = Report.of([row(f"q{number}", 0, "misread") for number in range(25)])
    lines = printed(this, other)[-25:-2]
    assert lines[:2] == ["won: 25", "  q0: q0?"]
    assert lines[20:] == ["  q19: q19?", "  and 5 more", "lost: 0"]


def test_a_run_without_a_name_is_the_other():
    title = printed(Report.of([row("a", 1)]), Report.of([row("a", 1)]))[:2]
    assert " ".join(line.strip() for line in title) == "1 questions in common with the other run"


def test_the_terminal_says_how_many_have_no_partner():
    this, other = Report.of([row("a", 1), row("b", 1)]), Report.of([row("a", 1)])
    assert "not compared: 1 questions of this run alone, 0 of the other alone" in printed(this, other)
    assert not any(line.startswith("not compared") for line in printed(other, other))
