"""Write superscripts and subscripts as plain text, so that 10⁴ does not become 104."""

from __future__ import annotations

import re

_SUPERSCRIPTS = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPTS = str.maketrans("0123456789+-−=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")
#: Text that stays as it is: letters that are often raised (1st), and marks.
_PLAIN = re.compile(r"(?:st|nd|rd|th|TM|SM|®|™|©|°|′|″|[*†‡§#]+|[①-⑳]|[\[〔【(（].*[\])）】〕])", re.IGNORECASE)
_BEGINS_WORD = re.compile(r"[-+−]?\w")


def superscript(text: str) -> str:
    """``text`` as a superscript.

    >>> "10" + superscript("4"), "m" + superscript("-2"), "x" + superscript("ab"), "1" + superscript("st")
    ('10⁴', 'm⁻²', 'x^(ab)', '1st')
    """
    return _as_script(text, _SUPERSCRIPTS, "^")


def subscript(text: str) -> str:
    """``text`` as a subscript.

    >>> "H" + subscript("2") + "O", "T" + subscript("max"), "x" + subscript("i")
    ('H₂O', 'T_(max)', 'x_i')
    """
    return _as_script(text, _SUBSCRIPTS, "_")


def _as_script(text: str, characters: dict[int, int], sign: str) -> str:
    bare = text.strip()
    if not bare or _PLAIN.fullmatch(bare):
        return text
    single = len(bare) > 1 or not bare.isalpha()
    if single and all(ord(c) in characters for c in bare) and not bare.isalpha():
        return text.translate(characters)
    if not _BEGINS_WORD.match(bare):
        return text
    return text.replace(bare, f"{sign}{bare}" if len(bare) == 1 else f"{sign}({bare})")
