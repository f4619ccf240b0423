"""Questions of several parts: each is read for itself; what is not found of them is named."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chatbot.dialogue import Turn, resolve
from rag.reader import Reader, Reading
from rag.reader.finish import apart, finished
from rag.reader.parts import parts
from rag.types import Hit


def standing_alone(question: str) -> tuple[str, ...]:
    """The parts of a question, each with what it leaves out taken from the first; the question itself if it is one.

    >>> standing_alone("全区经济运行分析会由谁主持,在哪里召开?")
    ('全区经济运行分析会由谁主持?', '全区经济运行分析会在哪里召开?')
    """
    first, *others = parts(question)
    resolved = ((other, resolve(other, [Turn(first, (), "", ())])) for other in others)
    return first, *(found.question if found else other for other, found in resolved)


def read_parts(
    reader: Reader, questions: Sequence[str], hits: Sequence[Sequence[Hit]], threshold: float
) -> list[Reading]:
    """One reading a question, as ``reader.read``; of several parts the findings of those that are sure enough.

    Each of these is at least as sure as the reading's confidence, that of the least sure one; ``Reading.not_found``
    are the others.
    """
    split = [standing_alone(question) for question in questions]
    asked = [text for question, each in zip(questions, split, strict=True) for text in _with_parts(question, each)]
    given = [found for found, each in zip(hits, split, strict=True) for _ in _with_parts("", each)]
    readings = [finished(*each) for each in zip(asked, reader.read(asked, given), strict=True)]
    joined, at = [], 0
    for each in split:
        count = len(_with_parts("", each))
        joined.append(_joined(readings[at], readings[at + 1 : at + count], each, threshold))
        at += count
    return joined


def _with_parts(question: str, each: tuple[str, ...]) -> tuple[str, ...]:
    """What is read for a question: itself, and its parts if there are several."""
    return (question, *each) if len(each) > 1 else (question,)


def _joined(whole: Reading, each: Sequence[Reading], asked: Sequence[str], threshold: float) -> Reading:
    """All parts if each is sure, else the question as one if that is, else the parts that are sure."""
    if not each:
        return whole
    if all(reading.findings for reading in each):
        joined = _of_parts(each, ())
        if joined.confidence >= min(threshold, whole.confidence):
            return joined
    found = [reading.findings != () and reading.confidence >= threshold for reading in each]
    if whole.confidence >= threshold or not any(found):
        return whole
    missing = tuple(part for part, is_found in zip(asked, found, strict=True) if not is_found)
    return _of_parts([reading for reading, is_found in zip(each, found, strict=True) if is_found], missing)


def _of_parts(each: Sequence[Reading], missing: tuple[str, ...]) -> Reading:
    findings = apart(finding for reading in each for finding in reading.findings)
    return Reading(findings, min(reading.confidence for reading in each), missing)
