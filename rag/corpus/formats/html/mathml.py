"""Write the formulas of web pages (MathML) on one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rag.corpus.formats.superscripts import subscript, superscript

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def formula(element: HtmlElement) -> str:
    """A formula as text: fractions with a slash, exponents as superscripts.

    >>> from lxml.html import fragment_fromstring
    >>> power = "<msup><mi>t</mi><mn>2</mn></msup>"
    >>> formula(fragment_fromstring(f"<math><mi>v</mi><mo>=</mo><mfrac><mi>s</mi>{power}</mfrac></math>"))
    'v=s/t²'
    """
    parts = [formula(child) for child in element if isinstance(child.tag, str)]
    if not parts:
        return " ".join((element.text or "").split())
    if element.tag in _LEFT_OUT:
        return ""
    if element.tag == "semantics":
        return parts[0]
    write = _WRITERS.get(element.tag)
    expected = _PART_COUNTS.get(element.tag, len(parts))
    if write is None or len(parts) != expected:
        return " ".join((element.text or "").split()) + "".join(parts)
    return write(parts)


_LEFT_OUT = frozenset(("annotation", "annotation-xml", "mphantom"))


def _grouped(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() or not any(c in "+-−×·/= " for c in text) else f"({text})"


_WRITERS: Mapping[str, Callable[[list[str]], str]] = {
    "mfrac": lambda parts: f"{_grouped(parts[0])}/{_grouped(parts[1])}",
    "msup": lambda parts: f"{_grouped(parts[0])}{superscript(parts[1])}",
    "msub": lambda parts: f"{parts[0]}{subscript(parts[1])}",
    "msubsup": lambda parts: f"{parts[0]}{subscript(parts[1])}{superscript(parts[2])}",
    "mover": lambda parts: f"{parts[0]}{superscript(parts[1])}",
    "munder": lambda parts: f"{parts[0]}{subscript(parts[1])}",
    "munderover": lambda parts: f"{parts[0]}{subscript(parts[1])}{superscript(parts[2])}",
    "msqrt": lambda parts: f"√{_rooted(''.join(parts))}",
    "mroot": lambda parts: f"{superscript(parts[1])}√{_rooted(parts[0])}",
    "mtr": lambda parts: f"{', '.join(parts)}; ",
}
_PART_COUNTS = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "mover": 2, "munder": 2, "munderover": 3, "mroot": 2}


def _rooted(text: str) -> str:
    return text if text.isdigit() or len(text) == 1 else f"({text})"
