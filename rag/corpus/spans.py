"""Small operations on spans that several readers need."""

from __future__ import annotations

from rag.types import Span


def stripped(text: str, span: Span) -> Span:
    """The span without the white space at its ends.

    >>> stripped("a  b ", Span(1, 5))
    Span(start=3, end=4)
    """
    inside = text[span.start : span.end]
    start = span.start + len(inside) - len(inside.lstrip())
    return Span(start, start + len(inside.strip()))


def shifted(span: Span, by: int) -> Span:
    """The span, ``by`` characters further on."""
    return Span(span.start + by, span.end + by)
