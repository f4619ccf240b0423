"""From the reader's span to what is marked: whole numbers with their units, closed quotation marks, no loose ends."""

from __future__ import annotations

from rag.reader.amounts import uncut
from rag.types import Span

_EDGE = " \t\n,，.。;；:：!！?？、"
_PAIRS = (("《", "》"), ("“", "”"), ("「", "」"), ("『", "』"), ("(", ")"), ("（", "）"), ('"', '"'))


def refine(text: str, sentence: Span, span: Span) -> Span:
    """The marked part of ``sentence`` for an answer at ``span``; all point into ``text``.

    >>> text = "新校区占地约1.6万平方米,分两期建设。"
    >>> found = refine(text, Span(0, len(text)), Span(6, 9)); text[found.start : found.end]
    '1.6万平方米'
    """
    part = text[sentence.start : sentence.end]
    inside = Span(max(0, span.start - sentence.start), min(len(part), span.end - sentence.start))
    found = _trim(part, _balanced(part, uncut(part, _trim(part, inside))))
    return Span(sentence.start + found.start, sentence.start + found.end)


def _balanced(text: str, span: Span) -> Span:
    """With the other half of each quotation mark or bracket that it has only one of."""
    start, end = span.start, span.end
    for opening, closing in _PAIRS:
        part = text[start:end]
        if opening == closing and part.count(opening) % 2 == 0:
            continue
        if closing in part and opening not in part[: part.index(closing)] and opening in text[:start]:
            start = text.rindex(opening, 0, start)
        elif opening in part and closing not in part[part.rindex(opening) + 1 :] and closing in text[end:]:
            end = text.index(closing, end) + 1
    return Span(start, end)


def _trim(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return Span(start, end) if start < end else span
