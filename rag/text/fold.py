"""Folding for matching: every function here maps one code point to one code point, so offsets never move."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

_QUOTES = str.maketrans("“”„‟«»「」『』〝〞＂‘’‚‛＇", '"' * 13 + "'" * 5)


class _Folding(dict[int, int]):
    """A translation table that works a character out when it is first met."""

    def __missing__(self, code_point: int) -> int:
        folded = _fold_character(chr(code_point), _traditional())
        self[code_point] = folded
        return folded


def _fold_character(character: str, simplified: dict[int, int]) -> int:
    character = character.translate(_QUOTES)
    for form in (unicodedata.normalize("NFKC", character), character.lower()):
        # A form of another length (½, ﬁ, İ) would move the offsets behind it.
        if len(form) == 1:
            character = form.lower() if len(form.lower()) == 1 else form
            break
    return simplified.get(ord(character), ord(character))


@cache
def _traditional() -> dict[int, int]:
    lines = files("rag.text").joinpath("traditional.txt").read_text(encoding="utf-8").splitlines()
    return {ord(a): ord(b) for a, b in zip(lines[0], lines[1], strict=True)}


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Fold width, case, traditional characters and quotation marks; as long as ``text``, code point for code point.

    >>> fold("ＧＤＰ「經濟」１２％")
    'gdp"经济"12%'
    """
    return text.translate(_FOLDING)


def is_traditional(text: str) -> bool:
    """Whether a text has characters that are written in traditional Chinese alone, and none of simplified alone.

    The two are told apart by the standards that have a character: Big5 for the one, GB 2312 for the other.

    >>> is_traditional("臺灣的會議由誰主持?"), is_traditional("会议由谁主持?"), is_traditional("你好")
    (True, False, False)
    """
    standards = {(_is_in("big5", character), _is_in("gb2312", character)) for character in text}
    return (True, False) in standards and (False, True) not in standards


def _is_in(standard: str, character: str) -> bool:
    try:
        character.encode(standard)
    except UnicodeEncodeError:
        return False
    return True


def simplify(text: str) -> str:
    """Traditional characters to simplified ones, one to one.

    >>> simplify("經濟發展")
    '经济发展'
    """
    return text.translate(_traditional())
