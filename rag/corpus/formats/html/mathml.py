"""Write the formulas of web pages (MathML) on one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rag.corpus.formats.html.markup import words
from rag.corpus.formats.superscripts import subscript, superscript

if TYPE_CHECKING:
    from lxml.html import HtmlElement


#: The classes, in lower case, of elements that programs draw for a formula. The formula is in the element or beside it.
_DRAWN = words("katex mathjax mathjax_svg mathjax_chtml mjx-chtml mwe-math-element")
_PREVIEW = "mathjax_preview"
#: Stands for a formula that cannot be read.
_OBJECT = "\ufffc"


def drawn_formula(element: HtmlElement) -> str | None:
    """The formula that MathJax, KaTeX or Wikipedia has drawn in an element, ``None`` for any other element.

    The drawing is not read, because it shows 10⁴ as the digits 104 at different heights.
    """
    classes = element.get("class", "").lower().split()
    if _PREVIEW in classes:
        return ""
    if element.tag != "mjx-container" and _DRAWN.isdisjoint(classes):
        return None
    parent = element.getparent()
    following = (element.getnext(), None if parent is None else parent.getnext())
    if "mathjax" in classes and any(other is not None and other.tag == "math" for other in following):
        return ""  # the formula follows, from the script that MathJax reads
    math = next(element.iter("math"), None)
    return _OBJECT if math is None else formula(math)


def formula(element: HtmlElement) -> str:
    """A formula as text: fractions with a slash, exponents as superscripts.

    >>> from lxml.html import fragment_fromstring
    >>> power = "<msup><mi>t</mi><mn>2</mn></msup>"
    >>> formula(fragment_fromstring(f"<math><mi>v</mi><mo>=</mo><mfrac><mi>s</mi>{power}</mfrac></math>"))
    'v=s/t²'
    """
    children = [child for child in element if isinstance(child.tag, str)]
    parts = [formula(child) for child in children]
    if not parts:
        return " ".join((element.text or "").split())
    if element.tag in _LEFT_OUT:
        return ""
    if element.tag == "mfenced":
        separator = element.get("separators", ",").strip()[:1]
        return f"{element.get('open', '(')}{f'{separator} '.join(parts)}{element.get('close', ')')}"
    write = _WRITERS.get(element.tag)
    if element.tag == "mfrac" and element.get("linethickness", "").startswith("0"):
        write = _stacked
    expected = _PART_COUNTS.get(element.tag, len(parts))
    if write is None or len(parts) != expected:
        return " ".join((element.text or "").split()) + _in_a_row(children, parts)
    return write(parts)


def _in_a_row(children: Sequence[HtmlElement], parts: Sequence[str]) -> str:
    """Parts beside one another, with a space where they would run together: two and a half is not 21/2."""
    text = ""
    for child, part, before in zip(children, parts, ["", *parts], strict=False):
        needs_space = (child.tag == "mfrac" and text[-1:].isdigit()) or (len(before) > 1 and before[0] in _LARGE)
        text += f" {part}" if needs_space and part else part
    return text


#: Signs that are written with their limits, before the terms that they add up or multiply.
_LARGE = "∑∏∐∫∬∭∮⋂⋃"
_LEFT_OUT = frozenset(("annotation", "annotation-xml", "mphantom"))


def _grouped(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() or not any(c in "+-−×·/= " for c in text) else f"({text})"


def _stacked(parts: list[str]) -> str:
    """Two numbers above one another without a line between them, which are not a fraction."""
    return f"({parts[0]} ¦ {parts[1]})"


_WRITERS: Mapping[str, Callable[[list[str]], str]] = {
    "semantics": lambda parts: parts[0],
    "mfrac": lambda parts: f"{_grouped(parts[0])}/{_grouped(parts[1])}",
    "msup": lambda parts: f"{_grouped(parts[0])}{superscript(parts[1])}",
    "msub": lambda parts: f"{parts[0]}{subscript(parts[1])}",
    "msubsup": lambda parts: f"{parts[0]}{subscript(parts[1])}{superscript(parts[2])}",
    "mover": lambda parts: f"{parts[0]}{superscript(parts[1])}",
    "munder": lambda parts: f"{parts[0]}{subscript(parts[1])}",
    "munderover": lambda parts: f"{parts[0]}{subscript(parts[1])}{superscript(parts[2])}",
    "msqrt": lambda parts: f"√{_rooted(''.join(parts))}",
    "mroot": lambda parts: f"{superscript(parts[1])}√{_rooted(parts[0])}",
    "mtr": ", ".join,
    "mtable": lambda parts: f"[{'; '.join(parts)}]",
}
_PART_COUNTS = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "mover": 2, "munder": 2, "munderover": 3, "mroot": 2}


def _rooted(text: str) -> str:
    return text if text.isdigit() or len(text) == 1 else f"({text})"
