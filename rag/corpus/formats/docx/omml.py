"""Write Word's formulas (OMML) on one line: fractions as 1/2500, powers as 10⁴, roots as √(…)."""

from __future__ import annotations

import re
from typing import Any

from rag.corpus.formats.docx.xml import W
from rag.corpus.formats.superscripts import subscript, superscript

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SIMPLE = re.compile(r"[\w.%]*|√\(.*\)|\([^()]*\)")
_PROPERTIES = re.compile(r"\w+Pr")
_LEFT_OUT = frozenset((f"{W}del", f"{W}moveFrom"))


def formula(element: Any) -> str:
    """The text of an ``m:oMath`` or of any part of it, with brackets around sub-formulas where they are needed."""
    text = ""
    for child in element:
        piece = _piece(child)
        if piece and child.tag == f"{M}f" and text[-1:].isdigit():
            text += " "  # 2 1/2 must not become 21/2
        text += piece
    return text


def _piece(element: Any) -> str:
    if not isinstance(element.tag, str) or element.tag in _LEFT_OUT:
        return ""
    name = element.tag.rpartition("}")[2]
    if name == "t":
        return element.text or ""
    if _PROPERTIES.fullmatch(name):
        return ""
    write = _WRITERS.get(name)
    return write(element) if write else formula(element)


def _part(element: Any, name: str) -> str:
    part = element.find(f"{M}{name}")
    return "" if part is None else formula(part).strip()


def _property(element: Any, name: str, default: str) -> str:
    """The value of a property of ``element``, or ``default`` if it is not given."""
    value = element.find(f"{M}{element.tag.rpartition('}')[2]}Pr/{M}{name}")
    return default if value is None else value.get(f"{M}val", "")


def _bracketed(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _fraction(element: Any) -> str:
    above, below = _part(element, "num"), _part(element, "den")
    if _property(element, "type", "") == "noBar":
        return f"({above} ¦ {below})"
    return f"{_bracketed(above)}/{_bracketed(below)}"


def _scripts(element: Any) -> str:
    below, above = _part(element, "sub"), _part(element, "sup")
    scripts = (subscript(below) if below else "") + (_power(above) if above else "")
    base = _part(element, "e")
    return scripts + base if element.tag == f"{M}sPre" else _bracketed(base) + scripts


def _power(text: str) -> str:
    """An exponent. It is always marked as one: in a formula even "st" is a product."""
    raised = superscript(text)
    return raised if raised != text or not text[:1].isalnum() else f"^({text})"


def _root(element: Any) -> str:
    degree = "" if _property(element, "degHide", "off") not in ("off", "0", "false") else _part(element, "deg")
    sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree) or f"{superscript(degree)}√"
    return f"{sign}({_part(element, 'e')})"


def _brackets(element: Any) -> str:
    begin, end = _property(element, "begChr", "("), _property(element, "endChr", ")")
    between = _property(element, "sepChr", "|")
    return begin + between.join(formula(part).strip() for part in element.findall(f"{M}e")) + end


def _n_ary(element: Any) -> str:
    sign = _property(element, "chr", "∫")
    below, above = _part(element, "sub"), _part(element, "sup")
    limits = (f"_{_grouped(below)}" if below else "") + (f"^{_grouped(above)}" if above else "")
    return f"{sign}{limits} {_part(element, 'e')}"


def _grouped(text: str) -> str:
    return text if len(text) == 1 else f"({text})"


def _function(element: Any) -> str:
    name, argument = _part(element, "fName"), _part(element, "e")
    return f"{name} {argument}" if argument[:1].isalnum() else f"{name}{argument}"


def _limit(element: Any) -> str:
    sign = "_" if element.tag == f"{M}limLow" else "^"
    return f"{_part(element, 'e')}{sign}{_grouped(_part(element, 'lim'))}"


def _matrix(element: Any) -> str:
    rows = (", ".join(formula(cell).strip() for cell in row.findall(f"{M}e")) for row in element.findall(f"{M}mr"))
    return f"[{'; '.join(rows)}]"


def _equations(element: Any) -> str:
    return "; ".join(formula(part).strip() for part in element.findall(f"{M}e"))


def _accent(element: Any) -> str:
    return _part(element, "e") + _property(element, "chr", "\u0302")


def _bar(element: Any) -> str:
    base = _part(element, "e")
    below = _property(element, "pos", "bot") == "bot" and element.find(f"{M}barPr/{M}pos") is not None
    return "".join(c + ("\u0332" if below else "\u0305") for c in base)


_WRITERS = {
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _scripts,
    "rad": _root,
    "d": _brackets,
    "nary": _n_ary,
    "func": _function,
    "limLow": _limit,
    "limUpp": _limit,
    "m": _matrix,
    "eqArr": _equations,
    "acc": _accent,
    "bar": _bar,
}
