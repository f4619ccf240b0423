"""White-space repair for OCR text, and the way back to the source.

Cleaning removes or merges white space and touches nothing else.
So the offset map need not be stored: the n-th visible character of the clean text is the n-th of the source.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from rag.text.script import UNSPACED, UNSPACED_OR_PUNCTUATION
from rag.types import Span

_GAP = re.compile(r"\s+")
_SPACE_BETWEEN_CJK = re.compile(rf"(?<={UNSPACED.pattern})[^\S\n\r\f]+(?={UNSPACED.pattern})")
# More than one stray space in this many CJK characters of running text is no writer's choice.
# A page read by OCR in narrow columns has one in 15.
_CJK_PER_STRAY_SPACE = 60
_MIN_STRAY_SPACES = 3
# Names in brackets, and lines without a comma or full stop (headlines, tables, verse), are set with spaces.
_NAMES = re.compile(r"[(（][^()（）\n]{0,40}[)）]")
# Nor are rows of tables, whose cells end with tabs, and the number of an article (第四条) stands before a space.
_RUNNING_TEXT = re.compile(r"^[^\t\n]*[,，。][^\t\n]*$", re.MULTILINE)
_NUMBER = re.compile(r"^[ \u3000]*第[^\s，。]{1,6}[ \u3000]+", re.MULTILINE)


# Text of which so much stands character by character is set with spaces between all of them, for looks.
_APART = 0.9
_FEWEST_APART = 5
_FEWEST_LETTERS_APART = 12
_LETTERS = 0.8
_WIDE_GAP = re.compile(r"(?<=\S)[ \u3000]{2,}(?=\S)")


def squeeze(text: str) -> str:
    """``text`` without any white space.

    >>> squeeze(" 召 开\\n会议 ")
    '召开会议'
    """
    return _GAP.sub("", text)


def is_noisy(text: str) -> bool:
    """Whether spaces between CJK characters are so frequent that they are OCR noise, not separators."""
    if _is_apart(text) and _is_unspaced(text):
        return True
    running = "\n".join(_RUNNING_TEXT.findall(_NUMBER.sub("", _NAMES.sub("", text))))
    stray = len(_SPACE_BETWEEN_CJK.findall(running))
    return stray >= _MIN_STRAY_SPACES and stray * _CJK_PER_STRAY_SPACE > len(UNSPACED.findall(running))


def clean(text: str, *, noisy: bool | None = None) -> str:
    """Join broken lines and drop stray spaces; idempotent, and no visible character changes.

    ``noisy`` says whether spaces beside CJK characters are OCR noise; by default the text itself decides.
    Pass the whole page's ``is_noisy`` when cleaning a part of it.

    >>> clean("6月 1日,会议召 开,研究部\\n署重 点工作。", noisy=True)
    '6月1日,会议召开,研究部署重点工作。'
    >>> clean("《红色武进 光荣之城》", noisy=False)
    '《红色武进 光荣之城》'
    >>> clean("the quick\\nbrown  fox")
    'the quick brown fox'
    >>> clean("始 建 于 1 9 3 2 年", noisy=False), clean("T h e  t o w n  o f  L e e", noisy=False)
    ('始建于1932年', 'The town of Lee')
    """
    noisy = is_noisy(text) if noisy is None else noisy
    stripped = text.strip()
    if _is_apart(stripped):
        if _is_unspaced(stripped):
            return squeeze(stripped)
        if _is_spelt_out(stripped):
            stripped = " ".join(squeeze(word) for word in _WIDE_GAP.split(stripped))
    return _GAP.sub(lambda gap: _repair(stripped, gap, noisy), stripped)


def _is_apart(text: str) -> bool:
    """Whether nearly all characters stand by themselves."""
    words = text.split()
    if len(words) < _FEWEST_APART or len(words) < _APART * sum(map(len, words)):
        return False
    return sum(len(word) == 1 for word in words) >= _APART * sum(map(len, words))


def _is_unspaced(text: str) -> bool:
    return 2 * len(UNSPACED_OR_PUNCTUATION.findall(text)) >= len(squeeze(text))


def _is_spelt_out(text: str) -> bool:
    """Whether letters stand apart, and words further: else nothing tells the words."""
    bare = squeeze(text)
    letters = sum(c.isalpha() for c in bare)
    return letters >= max(_FEWEST_LETTERS_APART, _LETTERS * len(bare)) and _WIDE_GAP.search(text) is not None


def _repair(text: str, gap: re.Match[str], noisy: bool) -> str:
    before, after = text[gap.start() - 1], text[gap.end()]
    beside = UNSPACED_OR_PUNCTUATION.match(before) or UNSPACED_OR_PUNCTUATION.match(after)
    broken = any(mark in gap.group() for mark in "\n\r\f")
    if beside and (noisy or broken):
        return ""
    if broken and before == "-" and after.islower() and text[gap.start() - 2 : gap.start() - 1].isalpha():
        return ""  # a hyphen at the end of a line
    return " "


class Alignment:
    """Offsets of two texts that differ in white space alone, in both directions.

    >>> a = Alignment(" 召 开会\\n议", "召开会议")
    >>> a.to_raw(Span(1, 3)), a.to_clean(Span(3, 7))
    (Span(start=3, end=5), Span(start=1, end=4))
    """

    def __init__(self, raw: str, clean: str) -> None:
        self._raw = [i for i, c in enumerate(raw) if not c.isspace()]
        self._clean = [i for i, c in enumerate(clean) if not c.isspace()]
        if squeeze(raw) != squeeze(clean):
            raise ValueError("the texts differ in more than white space")

    def to_raw(self, span: Span) -> Span:
        """The shortest range of the raw text that holds the visible characters of ``span`` of the clean text."""
        return _carry(span, self._clean, self._raw)

    def to_clean(self, span: Span) -> Span:
        """The shortest range of the clean text that holds the visible characters of ``span`` of the raw text."""
        return _carry(span, self._raw, self._clean)


def _carry(span: Span, here: list[int], there: list[int]) -> Span:
    first, last = bisect_left(here, span.start), bisect_left(here, span.end)
    if first == last:
        at = there[first] if first < len(there) else (there[-1] + 1 if there else 0)
        return Span(at, at)
    return Span(there[first], there[last - 1] + 1)
