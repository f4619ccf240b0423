"""The only place where citations are made: a quote that does not equal its source never leaves here."""

from __future__ import annotations

from rag.errors import QuoteError
from rag.text import Alignment, clauses, squeeze
from rag.types import Citation, Document, Passage, Span

#: A quote is one sentence; a longer one is cut at a clause boundary around the marked part.
MAX_QUOTE = 200


def cite(
    document: Document, passage: Passage, sentence: Span, marked: Span, *, n: int, score: float, stale: bool = False
) -> Citation:
    """Quote ``sentence`` of a passage, with ``marked`` inside it; both are spans of ``passage.text``.

    Raises ``QuoteError`` unless every visible character of the quote is the source's at that place, in order.
    """
    span = _shorten(passage.text, _trim(passage.text, sentence), marked)
    marked = _trim(passage.text, Span(max(marked.start, span.start), min(marked.end, span.end)))
    quote = passage.text[span.start : span.end]
    raw = document.text[passage.start : passage.end]
    if document.source != passage.source or squeeze(raw) != squeeze(passage.text):
        raise QuoteError(f"{passage.passage_id} no longer equals its source: rebuild with `rag index --rebuild`")
    place = Alignment(raw, passage.text).to_raw(span)
    citation = Citation(
        n=n,
        quote=quote,
        answer_start=marked.start - span.start,
        answer_end=marked.end - span.start,
        source=passage.source,
        article=passage.article,
        article_number=passage.article_number,
        paragraph=passage.paragraph,
        page=None,
        start=passage.start + place.start,
        end=passage.start + place.end,
        score=score,
        stale=stale,
        passage_id=passage.passage_id,
    )
    check(citation, document)
    return citation


def check(citation: Citation, document: Document) -> None:
    """Raises ``QuoteError`` if the quote is not what stands in the document at the citation's offsets."""
    there = document.text[citation.start : citation.end]
    marked = 0 <= citation.answer_start < citation.answer_end <= len(citation.quote)
    if not citation.quote.strip() or not marked or squeeze(there) != squeeze(citation.quote):
        raise QuoteError(
            f"the quote from {citation.source} [{citation.start}:{citation.end}] differs from the source: "
            "rebuild with `rag index --rebuild`"
        )


def _trim(text: str, span: Span) -> Span:
    part = text[span.start : span.end]
    return Span(span.start + len(part) - len(part.lstrip()), span.start + len(part.rstrip()))


def _shorten(text: str, sentence: Span, marked: Span) -> Span:
    """The run of whole clauses around ``marked`` that fits; a single clause that does not is cut hard."""
    if len(sentence) <= MAX_QUOTE:
        return sentence
    pieces = [
        Span(sentence.start + c.start, sentence.start + c.end) for c in clauses(text[sentence.start : sentence.end])
    ]
    touched = [i for i, piece in enumerate(pieces) if piece.overlaps(marked)] or [0]
    first, last = touched[0], touched[-1]
    while True:
        before = first > 0 and pieces[last].end - pieces[first - 1].start <= MAX_QUOTE
        after = last + 1 < len(pieces) and pieces[last + 1].end - pieces[first].start <= MAX_QUOTE
        if not (before or after):
            break
        if before:
            first -= 1
        elif after:
            last += 1
    start = (
        max(pieces[first].start, min(marked.start, pieces[last].end - MAX_QUOTE))
        if _long(pieces, first, last)
        else pieces[first].start
    )
    return _trim(text, Span(start, min(pieces[last].end, start + MAX_QUOTE)))


def _long(pieces: list[Span], first: int, last: int) -> bool:
    return pieces[last].end - pieces[first].start > MAX_QUOTE
