"""Questions of several parts: each part is read and cited by itself; the parts without an answer are named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.reader import MOST_CANDIDATES, Finding, Reader, Reading, ScoredFinding
from rag.types import Hit, Span


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to be read over its hits; ``context`` is the turn before.

    ``parts`` are the questions that it is made of, each with its hits; empty for a single one.
    """

    text: str
    hits: Sequence[Hit]
    context: str = ""
    parts: Sequence[tuple[str, Sequence[Hit]]] = ()


def read_parts(reader: Reader, asked: Sequence[Asked], threshold: float) -> list[Reading]:
    """One reading for each question.

    Of several parts it has the findings of those that are sure enough. A part after the first is read with the first
    as its context, because it leaves out what the first one says. Each part that is answered is at least as sure as
    the reading's confidence, that of the least sure one; ``Reading.not_found`` are the others.
    """
    tasks: list[tuple[str, Sequence[Hit], str]] = []
    for question in asked:
        tasks.append((question.text, question.hits, question.context))
        for n, (part, hits) in enumerate(question.parts):
            tasks.append((part, hits, question.parts[0][0] if n else question.context))
    readings = iter(reader.read([t[0] for t in tasks], [t[1] for t in tasks], [t[2] for t in tasks]))
    return [
        _joined(
            next(readings), [next(readings) for _ in question.parts], [part for part, _ in question.parts], threshold
        )
        for question in asked
    ]


def _joined(whole: Reading, by_part: Sequence[Reading], pieces: Sequence[str], threshold: float) -> Reading:
    """All parts if each is sure, else the question as one if that is, else the parts that are sure."""
    if not by_part:
        return whole
    if all(reading.findings for reading in by_part):
        joined = _of_parts(by_part, ())
        if joined.confidence >= min(threshold, whole.confidence):
            return joined
    sure = [reading.findings != () and reading.confidence >= threshold for reading in by_part]
    if whole.confidence >= threshold or not any(sure):
        return whole
    missing = tuple(piece for piece, is_sure in zip(pieces, sure, strict=True) if not is_sure)
    return _of_parts([reading for reading, is_sure in zip(by_part, sure, strict=True) if is_sure], missing)


def _of_parts(by_part: Sequence[Reading], missing: tuple[str, ...]) -> Reading:
    findings = apart(finding for reading in by_part for finding in reading.findings)
    return Reading(findings, min(reading.confidence for reading in by_part), missing, _best_of(by_part))


def _best_of(by_part: Sequence[Reading]) -> tuple[ScoredFinding, ...]:
    """The best candidate of each part, the surest first; a sentence that several parts name counts once."""
    best = sorted((reading.candidates[0] for reading in by_part if reading.candidates), key=lambda c: -c.confidence)
    by_sentence: dict[tuple[str, Span], ScoredFinding] = {}
    for candidate in best:
        by_sentence.setdefault((candidate.finding.passage.passage_id, candidate.finding.sentence), candidate)
    return tuple(by_sentence.values())[:MOST_CANDIDATES]


def apart(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in order, no two of which mark the same words; one that holds an earlier one takes its place."""
    kept: list[Finding] = []
    for finding in findings:
        touched = [n for n, other in enumerate(kept) if _overlap(finding, other)]
        if not touched:
            kept.append(finding)
        elif all(_holds(finding, kept[n]) for n in touched):
            kept[touched[0]] = finding
            kept = [other for n, other in enumerate(kept) if n not in touched[1:]]
    return tuple(kept)


def _overlap(one: Finding, other: Finding) -> bool:
    return one.passage.passage_id == other.passage.passage_id and one.marked.overlaps(other.marked)


def _holds(outer: Finding, inner: Finding) -> bool:
    return outer.marked.start <= inner.marked.start and inner.marked.end <= outer.marked.end
