"""The only place where citations are made: a quote that does not equal its source never leaves here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.errors import QuoteError
from rag.text import Alignment, clauses, squeeze
from rag.types import Citation, Document, Passage, Span

#: A quote is one sentence; a longer one is cut at a clause boundary around the marked part.
MAX_QUOTE = 200
_GAP = re.compile(r"\s+")
#: A passage does not know its index.
_REBUILD = "run `rag index --rebuild`, with the --index that was asked if it is not index/"


def cite(
    document: Document, passage: Passage, sentence: Span, marked: Span, *, n: int, score: float, stale: bool = False
) -> Citation:
    """Quote ``sentence`` of a passage, with ``marked`` inside it; both are spans of ``passage.text``.

    Raises ``QuoteError`` unless every visible character of the quote is the source's at that place, in order.
    """
    whole = _trim(passage.text, sentence)
    marked = _within(whole, marked)
    span = _trim(passage.text, _shorten(passage.text, whole, marked))
    marked = _trim(passage.text, _within(span, marked))
    quote = passage.text[span.start : span.end]
    raw = document.text[passage.start : passage.end]
    if document.source != passage.source or squeeze(raw) != squeeze(passage.text):
        raise QuoteError(f"{passage.passage_id} no longer equals its source: {_REBUILD}")
    place = Alignment(raw, passage.text).to_raw(span)
    start = passage.start + place.start
    citation = Citation(
        n=n,
        quote=quote,
        answer_start=marked.start - span.start,
        answer_end=marked.end - span.start,
        source=passage.source,
        article=passage.article,
        article_number=passage.article_number,
        paragraph=passage.paragraph,
        page=document.page_at(start),
        start=start,
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
            f"the quote from {citation.source} [{citation.start}:{citation.end}] differs from the source: {_REBUILD}"
        )


def _within(outer: Span, span: Span) -> Span:
    start = min(max(span.start, outer.start), outer.end)
    return Span(start, max(start, min(span.end, outer.end)))


def _trim(text: str, span: Span) -> Span:
    part = text[span.start : span.end]
    start = span.start + len(part) - len(part.lstrip())
    return Span(start, start + len(part.strip()))


def _shorten(text: str, sentence: Span, marked: Span) -> Span:
    """The run of whole clauses around ``marked`` that fits, or of whole words where a clause is too long."""
    if len(sentence) <= MAX_QUOTE:
        return sentence
    part = text[sentence.start : sentence.end]
    clause_cuts = [sentence.start, *(sentence.start + clause.end for clause in clauses(part))]
    word_cuts = [sentence.start, *(sentence.start + gap.end() for gap in _GAP.finditer(part)), sentence.end]
    marked = _fitting(marked, clause_cuts)
    start = min(marked.start, sentence.end - MAX_QUOTE)
    return _window(clause_cuts, marked) or _window(word_cuts, marked) or Span(start, start + MAX_QUOTE)


def _fitting(marked: Span, cuts: Sequence[int]) -> Span:
    """As many clauses of a marked part as a quote can hold."""
    limit = marked.start + MAX_QUOTE
    if marked.end <= limit:
        return marked
    return Span(marked.start, max((cut for cut in cuts if marked.start < cut <= limit), default=limit))


def _window(cuts: Sequence[int], marked: Span) -> Span | None:
    """From cut to cut around ``marked``: first what stands before it, then what follows, as much as fits."""
    end = next(cut for cut in cuts if cut >= marked.end)
    start = next((cut for cut in cuts if cut <= marked.start and end - cut <= MAX_QUOTE), None)
    if start is None:
        return None
    return Span(start, max(cut for cut in cuts if cut - start <= MAX_QUOTE))
