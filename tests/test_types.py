from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from rag.types import Answer, Candidate, Citation, Status

CITED = Citation(1, "会议在礼堂召开。", 3, 5, "a.txt", "会议", 1, 2, None, 10, 18, 0.9, False, "a.txt#1.2")
PERHAPS = Candidate(CITED, 0.4)
NONE = Answer("在哪里?", None, "zh", 0.4, (), (), "i", "m", 1)
ANSWERED = replace(NONE, citations=(CITED,), status="answered")
TENTATIVE = replace(NONE, candidates=(PERHAPS,), status="tentative")


@pytest.mark.parametrize(
    ("answer", "status", "abstained", "text", "quoted"),
    [
        (ANSWERED, "answered", False, "礼堂", (CITED,)),
        (TENTATIVE, "tentative", True, None, (CITED,)),
        (NONE, "none", True, None, ()),
        (replace(NONE, candidates=(PERHAPS,)), "none", True, None, ()),
    ],
)
def test_only_an_answered_answer_answers(
    answer: Answer, status: Status, abstained: bool, text: str | None, quoted: tuple[Citation, ...]
) -> None:
    assert (answer.status, answer.abstained, answer.answer, answer.quoted) == (status, abstained, text, quoted)
    record = answer.to_dict()
    assert (record["version"], record["status"], record["abstained"], record["answer"]) == (1, status, abstained, text)


def test_a_candidate_is_a_citation_with_its_confidence() -> None:
    assert TENTATIVE.to_dict()["candidates"] == [{**asdict(CITED), "confidence": 0.4}]
    assert ANSWERED.to_dict()["candidates"] == []


@pytest.mark.parametrize(
    ("status", "citations", "candidates"),
    [("answered", (), ()), ("none", (CITED,), ()), ("tentative", (CITED,), (PERHAPS,)), ("tentative", (), ())],
)
def test_a_status_that_does_not_fit_is_refused(
    status: Status, citations: tuple[Citation, ...], candidates: tuple[Candidate, ...]
) -> None:
    with pytest.raises(ValueError, match=f"cannot be '{status}'"):
        replace(NONE, status=status, citations=citations, candidates=candidates)
