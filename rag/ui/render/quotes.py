"""The text of a document as HTML with the quotes in it marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rag.text import Alignment, squeeze
from rag.types import Citation, Paragraph, Span
from rag.ui.render.templates import fragment


@dataclass(frozen=True, slots=True)
class Mark:
    """A range of the source to highlight; ``answer`` is the answering part. The pane scrolls to the one ``here``."""

    span: Span
    answer: Span | None = None
    here: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text; of a marked one, what stands before the answer, the answer, and what stands after it."""

    before: str
    answer: str = ""
    after: str = ""
    is_marked: bool = False
    is_opened: bool = False


def stands(citation: Citation, source: str) -> bool:
    """Whether ``source`` still has the quote at the place that the citation names. It may not after a new indexing."""
    return squeeze(source[citation.start : citation.end]) == squeeze(citation.quote)


def citation_mark(citation: Citation, source: str, *, here: bool = False) -> Mark:
    """The mark of a citation in ``source``, the text of its document."""
    span = Span(citation.start, citation.end)
    aligned = Alignment(source[span.start : span.end], citation.quote)
    inside = aligned.to_raw(Span(citation.answer_start, citation.answer_end))
    return Mark(span, Span(span.start + inside.start, span.start + inside.end), here)


def quote_html(citation: Citation) -> Markup:
    """The quote of a citation alone, marked."""
    span = Span(0, len(citation.quote))
    return fragment("quotes", pieces=[_marked(citation.quote, span, Span(citation.answer_start, citation.answer_end))])


def paragraph_html(paragraph: Paragraph, source: str, marks: Sequence[Mark]) -> Markup:
    """The clean text of a paragraph, with the parts of ``marks`` that lie in it marked."""
    return fragment("quotes", pieces=list(_pieces(paragraph, source, marks)))


def _pieces(paragraph: Paragraph, source: str, marks: Sequence[Mark]) -> Iterator[_Piece]:
    """The paragraph in order; a mark that overlaps an earlier one is left out."""
    aligned = Alignment(source[paragraph.start : paragraph.end], paragraph.text)
    at = 0
    for mark in sorted(marks, key=lambda m: m.span.start):
        span = _in_paragraph(mark.span, paragraph, aligned)
        if span is None or span.start < at:
            continue
        answer = mark.answer and _in_paragraph(mark.answer, paragraph, aligned)
        yield _Piece(paragraph.text[at : span.start])
        yield _marked(paragraph.text, span, answer, is_opened=mark.here)
        at = span.end
    yield _Piece(paragraph.text[at:])


def _in_paragraph(span: Span, paragraph: Paragraph, aligned: Alignment) -> Span | None:
    """The place, in the paragraph's clean text, of that part of a source range which lies in the paragraph."""
    start, end = max(span.start, paragraph.start), min(span.end, paragraph.end)
    if start >= end:
        return None
    return aligned.to_clean(Span(start - paragraph.start, end - paragraph.start))


def _marked(text: str, span: Span, answer: Span | None, *, is_opened: bool = False) -> _Piece:
    inner = answer or Span(span.end, span.end)
    before, answering, after = text[span.start : inner.start], text[inner.start : inner.end], text[inner.end : span.end]
    return _Piece(before, answering, after, is_marked=True, is_opened=is_opened)
