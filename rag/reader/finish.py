"""What every reader's findings go through: lists are marked as a whole, numbers with their qualifier and unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rag.reader.amounts import whole_amount
from rag.reader.lists import numbered, whole_list
from rag.reader.protocol import Finding, Reading
from rag.reader.question import Kind, Question, analyse
from rag.types import Span

MOST_ITEMS = 8


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


def finished(question: str, reading: Reading) -> Reading:
    """The reading of a question with its marks completed; several findings are a list already."""
    asked = analyse(question)
    if not reading.findings:
        return reading
    if len(reading.findings) > 1:
        return replace(reading, findings=apart(reading.findings))
    only = reading.findings[0]
    listed = _numbered(asked, only) if asked.is_list else ()
    return replace(reading, findings=listed or (replace(only, marked=_completed(asked, only)),))


def _completed(asked: Question, finding: Finding) -> Span:
    text, sentence = finding.passage.text, finding.sentence
    within = text[sentence.start : sentence.end]
    marked = Span(finding.marked.start - sentence.start, finding.marked.end - sentence.start)
    if asked.kind is not Kind.NUMBER:
        marked = whole_list(asked, within, marked)
    # Not for dates: "over 1939" and 近2018年 say something else of a year.
    if asked.kind is not Kind.DATE:
        marked = whole_amount(within, marked)
    return Span(sentence.start + marked.start, sentence.start + marked.end)


def _numbered(asked: Question, finding: Finding) -> tuple[Finding, ...]:
    """The numbered items that the finding's sentence is one of or leads into, if as many as are asked for."""
    sentence = finding.sentence
    for run in numbered(finding.passage.text):
        fits = asked.count == len(run) if asked.count else len(run) <= MOST_ITEMS
        whole = Span(run[0].start, run[-1].end)
        leads = sentence.end <= whole.start and not finding.passage.text[sentence.end : whole.start].strip()
        if fits and (whole.overlaps(sentence) or leads):
            return tuple(replace(finding, sentence=item, marked=item) for item in run)
    return ()
