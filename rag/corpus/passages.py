"""Paragraphs to passages: a paragraph is one passage unless it outgrows the embedder's window."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rag.text import Alignment, cjk_letters, clauses, sentences
from rag.types import Article, Paragraph, Passage, Span

#: About 200 tokens of the bundled model.
MAX_WEIGHT = 200.0


def passages(article: Article, page: str) -> tuple[Passage, ...]:
    """The passages of an article; ``page`` is the text of its document."""
    return tuple(passage for paragraph in article.paragraphs for passage in _split(article, paragraph, page))


def weight(text: str) -> float:
    """An estimate of the number of tokens: .7 for a CJK character, .35 for any other visible one.

    >>> round(weight("武进 GDP"), 2)
    2.45
    """
    return 0.35 * (sum(map(len, text.split())) + cjk_letters(text))


def _split(article: Article, paragraph: Paragraph, page: str) -> Iterable[Passage]:
    spans = split_text(paragraph.text)
    base = f"{article.source}#{article.number}.{paragraph.number}"
    raw = page[paragraph.start : paragraph.end]
    align = Alignment(raw, paragraph.text) if len(spans) > 1 else None
    for n, span in enumerate(spans, 1):
        place = align.to_raw(span) if align else Span(0, len(raw))
        yield Passage(
            passage_id=base if align is None else f"{base}/{n}",
            source=article.source,
            article=article.title,
            article_number=article.number,
            paragraph=paragraph.number,
            text=paragraph.text[span.start : span.end].strip(),
            start=paragraph.start + place.start,
            end=paragraph.start + place.end,
        )


def split_text(text: str) -> list[Span]:
    """Spans of parts of similar weight, cut between sentences where possible."""
    total = weight(text)
    if total <= MAX_WEIGHT:
        return [Span(0, len(text))]
    aim = total / -(-total // MAX_WEIGHT)
    parts: list[Span] = []
    start, held = 0, 0.0
    for piece in _pieces(text):
        size = weight(text[piece.start : piece.end])
        if held and (held + size > MAX_WEIGHT or held >= aim):
            parts.append(Span(start, piece.start))
            start, held = piece.start, 0.0
        held += size
    return [*parts, Span(start, len(text))]


def _pieces(text: str) -> Iterable[Span]:
    """Sentences; clauses where a sentence is too long; slices where a clause is."""
    for sentence in sentences(text):
        for span in _lighter(text, sentence, clauses):
            yield from _lighter(text, span, _slices)


def _lighter(text: str, span: Span, cut: Callable[[str], list[Span]]) -> list[Span]:
    piece = text[span.start : span.end]
    if weight(piece) <= MAX_WEIGHT:
        return [span]
    return [Span(span.start + part.start, span.start + part.end) for part in cut(piece)]


def _slices(text: str) -> list[Span]:
    """Slices of at most ``MAX_WEIGHT`` characters, cut behind a space where there is one in the second half."""
    size, spans, start = int(MAX_WEIGHT), [], 0
    while start < len(text):
        stop = min(start + size, len(text))
        space = text.rfind(" ", start + size // 2, stop)
        if stop < len(text) and space != -1:
            stop = space + 1
        spans.append(Span(start, stop))
        start = stop
    return spans
