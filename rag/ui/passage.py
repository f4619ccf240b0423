"""Document text as HTML with the quotes in it marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.text import Alignment, squeeze
from rag.types import Citation, Paragraph, Span
from rag.ui.escape import html_text


@dataclass(frozen=True, slots=True)
class Mark:
    """A range of the source to highlight; ``answer`` is the part of it that answers, ``here`` the one to scroll to."""

    span: Span
    answer: Span | None = None
    here: bool = False


def stands(citation: Citation, source: str) -> bool:
    """Whether ``source`` still holds the quote where the citation says; not so once the file was indexed anew."""
    return squeeze(source[citation.start : citation.end]) == squeeze(citation.quote)


def citation_mark(citation: Citation, source: str, *, here: bool = False) -> Mark:
    """The mark of a citation in ``source``, the text of its document."""
    span = Span(citation.start, citation.end)
    aligned = Alignment(source[span.start : span.end], citation.quote)
    inside = aligned.to_raw(Span(citation.answer_start, citation.answer_end))
    return Mark(span, Span(span.start + inside.start, span.start + inside.end), here)


def paragraph_html(paragraph: Paragraph, source: str, marks: Sequence[Mark]) -> str:
    """The clean text of a paragraph, with the parts of ``marks`` that lie in it marked."""
    aligned = Alignment(source[paragraph.start : paragraph.end], paragraph.text)
    pieces: list[str] = []
    at = 0
    for mark in sorted(marks, key=lambda m: m.span.start):
        inside = _carried(mark.span, paragraph, aligned)
        if inside is None or inside.start < at:
            continue
        answer = mark.answer and _carried(mark.answer, paragraph, aligned)
        pieces += [html_text(paragraph.text[at : inside.start]), _marked(paragraph.text, inside, answer, mark.here)]
        at = inside.end
    return "".join(pieces) + html_text(paragraph.text[at:])


def _carried(span: Span, paragraph: Paragraph, aligned: Alignment) -> Span | None:
    """Where the part of a source range that lies in the paragraph stands in its clean text."""
    start, end = max(span.start, paragraph.start), min(span.end, paragraph.end)
    if start >= end:
        return None
    return aligned.to_clean(Span(start - paragraph.start, end - paragraph.start))


def _marked(text: str, span: Span, answer: Span | None, here: bool) -> str:
    opening = '<mark class="wb-here">' if here else "<mark>"
    if answer is None or len(answer) == 0:
        return f"{opening}{html_text(text[span.start : span.end])}</mark>"
    before, inside, after = (
        text[span.start : answer.start],
        text[answer.start : answer.end],
        text[answer.end : span.end],
    )
    return f"{opening}{html_text(before)}<strong>{html_text(inside)}</strong>{html_text(after)}</mark>"
