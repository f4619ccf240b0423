"""Formulas of web pages (MathML) on one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rag.corpus.html_source import names
from rag.corpus.scripts import subscript, superscript

if TYPE_CHECKING:
    from lxml.html import HtmlElement


#: The classes of what programs draw for a formula, in small letters; the formula itself stands in it or beside it.
_DRAWN = names("katex mathjax mathjax_svg mathjax_chtml mjx-chtml mwe-math-element")
_PREVIEW = "mathjax_preview"
#: What stands for a formula that cannot be read.
_OBJECT = "\ufffc"


def drawn_formula(element: HtmlElement) -> str | None:
    """The formula that MathJax, KaTeX or Wikipedia has drawn in an element, ``None`` for any other element.

    What is drawn is not read, because 10⁴ is the digits 104 at different heights there.
    """
    classes = element.get("class", "").lower().split()
    if _PREVIEW in classes:
        return ""
    if element.tag != "mjx-container" and _DRAWN.isdisjoint(classes):
        return None
    around = element.getparent()
    behind = (element.getnext(), None if around is None else around.getnext())
    if "mathjax" in classes and any(other is not None and other.tag == "math" for other in behind):
        return ""  # the script that it was drawn from
    math = next(element.iter("math"), None)
    return _OBJECT if math is None else formula(math)


def formula(element: HtmlElement) -> str:
    """A formula as text: fractions with a slash, exponents raised.

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
        between = element.get("separators", ",").strip()[:1]
        return f"{element.get('open', '(')}{f'{between} '.join(parts)}{element.get('close', ')')}"
    written = _WRITTEN.get(element.tag)
    if element.tag == "mfrac" and element.get("linethickness", "").startswith("0"):
        written = _over
    wanted = _COUNTS.get(element.tag)
    if written is None or (wanted is not None and len(parts) != wanted):
        own = " ".join((element.text or "").split())
        return own + _in_a_row(children, parts)
    return written(parts)


def _in_a_row(children: Sequence[HtmlElement], parts: Sequence[str]) -> str:
    """Parts beside one another, with a space where they would run together: two and a half is not 21/2."""
    text = ""
    for child, part, before in zip(children, parts, ["", *parts], strict=False):
        apart = (child.tag == "mfrac" and text[-1:].isdigit()) or (len(before) > 1 and before[0] in _LARGE)
        text += f" {part}" if apart and part else part
    return text


#: Signs that have their limits beside them, before what they add up or multiply.
_LARGE = "∑∏∐∫∬∭∮⋂⋃"
_LEFT_OUT = frozenset(("annotation", "annotation-xml", "mphantom"))


def _grouped(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() or not any(c in "+-−×·/= " for c in text) else f"({text})"


def _over(parts: list[str]) -> str:
    """Two numbers above one another without a line between them, which are no fraction."""
    return f"({parts[0]} ¦ {parts[1]})"


_WRITTEN: Mapping[str, Callable[[list[str]], str]] = {
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
_COUNTS = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "mover": 2, "munder": 2, "munderover": 3, "mroot": 2}


def _rooted(text: str) -> str:
    return text if text.isdigit() or len(text) == 1 else f"({text})"
