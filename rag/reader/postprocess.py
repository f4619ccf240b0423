"""From the span that the model chose to the span that is marked: no cut words or numbers, closed quotation marks."""

from __future__ import annotations

import re

from rag.types import Span

_EDGE = " \t\n　,，.。;；:：!！?？、·—-–"
# Characters that end no answer, or begin none: a token of the model may hold one of them with a part of the answer.
_LOOSE_END, _LOOSE_START = "的在和与及于", "的了和与及"
_PAIRS = (
    ("《", "》"),
    ("“", "”"),
    ("‘", "’"),
    ("「", "」"),
    ("『", "』"),
    ("(", ")"),
    ("（", "）"),
    ("[", "]"),
    ('"', '"'),
)
# Words of scripts that put spaces between them, and numbers: what a span must not cut.
_WHOLE = re.compile(
    r"\d+(?:[.,:：/]\d+)*[%％‰]?|[^\W\d_\u2e80-\ud7ff\uf900-\uffdc]+(?:['’-][^\W\d_\u2e80-\ud7ff\uf900-\uffdc]+)*"
)
#: Around a span, how far a word may reach.
_REACH = 40


def clean_span(text: str, sentence: Span, span: Span) -> Span:
    """The part of ``sentence`` to mark for an answer at ``span``; all three point into ``text``.

    >>> text = "新校区占地1.6万平方米,即“一号工程”。"
    >>> [text[s.start : s.end] for s in (clean_span(text, Span(0, 21), Span(*at)) for at in ((7, 12), (16, 21)))]
    ['1.6万平方米', '“一号工程”']
    """
    start, end = max(sentence.start, span.start), min(sentence.end, span.end)
    if start >= end:
        return span
    return _trim(text, _balance(text, sentence, _trim(text, _whole_words(text, sentence, Span(start, end)))))


def _whole_words(text: str, sentence: Span, span: Span) -> Span:
    start, end = span.start, span.end
    low, high = max(sentence.start, start - _REACH), min(sentence.end, end + _REACH)
    for match in _WHOLE.finditer(text, low, high):
        if match.start() < span.start < match.end():
            start = match.start()
        if match.start() < span.end < match.end():
            end = match.end()
    return Span(start, end)


def _balance(text: str, sentence: Span, span: Span) -> Span:
    """With the other half of each quotation mark or bracket that the span has only one of."""
    start, end = span.start, span.end
    for opening, closing in _PAIRS:
        part = text[start:end]
        if opening == closing and part.count(opening) % 2 == 0:
            continue
        if closing in part and opening not in part[: part.index(closing)]:
            at = text.rfind(opening, sentence.start, start)
            start = at if at >= 0 else start
        elif opening in part and closing not in part[part.rindex(opening) + 1 :]:
            at = text.find(closing, end, sentence.end)
            end = at + 1 if at >= 0 else end
    return Span(start, end)


def _trim(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and text[start] in _EDGE + _LOOSE_START:
        start += 1
    while end > start and text[end - 1] in _EDGE + _LOOSE_END:
        end -= 1
    return Span(start, end) if start < end else span
