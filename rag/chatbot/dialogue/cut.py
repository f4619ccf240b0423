"""Chinese words by the bundled dictionary."""

from __future__ import annotations

from rag.lexical import chinese_words
from rag.text import fold
from rag.types import Span

_LONGEST = 6


def words(text: str) -> list[Span]:
    """Spans of the words of a text, longest match first from the left; what the dictionary lacks is cut by character.

    >>> text = "电信诈骗损失数"
    >>> [text[span.start : span.end] for span in words(text)]
    ['电信诈骗', '损失', '数']
    """
    folded, known = fold(text), chinese_words()
    spans, at = [], 0
    while at < len(text):
        length = next((n for n in range(min(_LONGEST, len(text) - at), 1, -1) if folded[at : at + n] in known), 1)
        spans.append(Span(at, at + length))
        at += length
    return spans
