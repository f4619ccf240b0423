"""Questions of several parts: each is read for itself, and all are answered or none."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag.chatbot.dialogue import Turn, resolve
from rag.reader import Finding, Reader, Reading
from rag.reader.finish import finished
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
    """One reading a question, as ``reader.read``; of several parts the findings of all, if they are sure enough.

    Their confidence is the chance that every part is right, taken as independent: the product.
    """
    split = [standing_alone(question) for question in questions]
    asked = [text for question, each in zip(questions, split, strict=True) for text in _with_parts(question, each)]
    given = [found for found, each in zip(hits, split, strict=True) for _ in _with_parts("", each)]
    readings = [finished(*each) for each in zip(asked, reader.read(asked, given), strict=True)]
    joined, at = [], 0
    for each in split:
        count = len(_with_parts("", each))
        joined.append(_joined(readings[at], readings[at + 1 : at + count], threshold))
        at += count
    return joined


def _with_parts(question: str, each: tuple[str, ...]) -> tuple[str, ...]:
    """What is read for a question: itself, and its parts if there are several."""
    return (question, *each) if len(each) > 1 else (question,)


def _joined(whole: Reading, each: Sequence[Reading], threshold: float) -> Reading:
    if not each or not all(reading.findings for reading in each):
        return whole
    confidence = math.prod(reading.confidence for reading in each)
    if confidence < min(threshold, whole.confidence):
        return whole
    findings: dict[tuple[str, int, int], Finding] = {}
    for finding in (finding for reading in each for finding in reading.findings):
        findings.setdefault((finding.passage.passage_id, finding.marked.start, finding.marked.end), finding)
    return Reading(tuple(findings.values()), confidence)
