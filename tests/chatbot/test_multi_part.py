from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from rag.chatbot.multi_part import Asked, read_parts
from rag.reader import Finding, Reading, ScoredFinding
from rag.reader.parts import parts
from rag.types import Hit, Passage, Span

TEXT = "张三主持会议,会议在礼堂召开,有三十人参加。"
PASSAGE = Passage("a#1.1", "a", "", 1, 1, TEXT, 0, len(TEXT))
BOTH = "会议由谁主持,会议室有几把椅子?"
WHO, CHAIRS = "会议由谁主持?", "会议室有几把椅子?"


def reading(marked: str, confidence: float) -> Reading:
    at = TEXT.index(marked)
    finding = Finding(PASSAGE, Span(0, len(TEXT)), Span(at, at + len(marked)), 1.0)
    return Reading((finding,), confidence, candidates=(ScoredFinding(finding, confidence),))


class Told:
    """A reader that has one reading for each question; all others find nothing."""

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        self._readings = readings

    def read(
        self, questions: Sequence[str], hits: Sequence[Sequence[Hit]], contexts: Sequence[str] | None = None
    ) -> list[Reading]:
        return [self._readings.get(question, Reading((), 0.0)) for question in questions]


def read(question: str, readings: Mapping[str, Reading], threshold: float = 0.5) -> Reading:
    split = parts(question)
    asked = Asked(question, [], parts=[(part, []) for part in split] if len(split) > 1 else [])
    (found,) = read_parts(Told(readings), [asked], threshold)
    return found


def marks(found: Reading) -> list[str]:
    return [TEXT[finding.marked.start : finding.marked.end] for finding in found.findings]


def test_a_part_that_is_not_told_is_named_and_the_other_answered() -> None:
    found = read(BOTH, {WHO: reading("张三", 0.8), CHAIRS: reading("三十人", 0.2), BOTH: reading("张三", 0.3)})
    assert (marks(found), found.confidence, found.not_found) == (["张三"], 0.8, (CHAIRS,))


def test_a_part_without_any_finding_is_named_too() -> None:
    found = read(BOTH, {WHO: reading("张三", 0.8)})
    assert (marks(found), found.confidence, found.not_found) == (["张三"], 0.8, (CHAIRS,))


def test_all_parts_are_as_sure_as_the_least_sure_one() -> None:
    found = read(BOTH, {WHO: reading("张三", 0.6), CHAIRS: reading("三十人", 0.7), BOTH: reading("张三", 0.9)})
    assert (marks(found), found.confidence, found.not_found) == (["张三", "三十人"], 0.6, ())


@pytest.mark.parametrize("whole", [0.3, 0.9])
def test_the_question_as_one_counts_if_it_is_sure_or_no_part_is(whole: float) -> None:
    sure = whole > 0.5
    parts = {WHO: reading("张三", 0.8 if sure else 0.2), CHAIRS: reading("三十人", 0.1)}
    found = read(BOTH, {**parts, BOTH: reading("礼堂", whole)})
    assert (marks(found), found.confidence, found.not_found) == (["礼堂"], whole, ())


def test_the_candidates_are_the_best_of_each_part_the_surest_first() -> None:
    other = Passage("b#1.1", "b", "", 1, 1, TEXT, 0, len(TEXT))
    chairs = reading("三十人", 0.7)
    elsewhere = ScoredFinding(replace(chairs.findings[0], passage=other), 0.7)
    found = read(BOTH, {WHO: reading("张三", 0.6), CHAIRS: replace(chairs, candidates=(elsewhere,))})
    assert [(one.finding.passage, one.confidence) for one in found.candidates] == [(other, 0.7), (PASSAGE, 0.6)]
    # Both parts name the same sentence.
    found = read(BOTH, {WHO: reading("张三", 0.6), CHAIRS: reading("三十人", 0.7)})
    assert [one.confidence for one in found.candidates] == [0.7]


def test_parts_never_mark_the_same_words_twice() -> None:
    found = read(BOTH, {WHO: reading("张三", 0.8), CHAIRS: reading("张三主持会议", 0.7)})
    assert marks(found) == ["张三主持会议"]
