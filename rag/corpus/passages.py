"""Split paragraphs into passages: a paragraph is one passage unless it is too long for the embedder."""

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
    """Split a text into parts of similar weight, between sentences where possible."""
    total = weight(text)
    if total <= MAX_WEIGHT:
        return [Span(0, len(text))]
    target = total / -(-total // MAX_WEIGHT)
    parts: list[Span] = []
    start, current_weight = 0, 0.0
    for piece in _pieces(text):
        size = weight(text[piece.start : piece.end])
        if current_weight and (current_weight + size > MAX_WEIGHT or current_weight >= target):
            parts.append(Span(start, piece.start))
            start, current_weight = piece.start, 0.0
        current_weight += size
    return [*parts, Span(start, len(text))]


def _pieces(text: str) -> Iterable[Span]:
    """Sentences; a sentence that is too long is split into clauses, and a clause that is too long into slices."""
    for sentence in sentences(text):
        for span in _split_if_heavy(text, sentence, clauses):
            yield from _split_if_heavy(text, span, _slices)


def _split_if_heavy(text: str, span: Span, cut: Callable[[str], list[Span]]) -> list[Span]:
    piece = text[span.start : span.end]
    if weight(piece) <= MAX_WEIGHT:
        return [span]
    return [Span(span.start + part.start, span.start + part.end) for part in cut(piece)]


def _slices(text: str) -> list[Span]:
    """Slices of at most ``MAX_WEIGHT`` characters, cut behind the last space if it is in the second half."""
    size, spans, start = int(MAX_WEIGHT), [], 0
    while start < len(text):
        stop = min(start + size, len(text))
        space = text.rfind(" ", start + size // 2, stop)
        if stop < len(text) and space != -1:
            stop = space + 1
        spans.append(Span(start, stop))
        start = stop
    return spans
