"""White-space repair for OCR text, and the way back to the source.

Cleaning removes or merges white space and touches nothing else.
So the offset map need not be stored: the n-th visible character of the clean text is the n-th of the source.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from rag.text.script import CJK, CJK_OR_PUNCTUATION
from rag.types import Span

_GAP = re.compile(r"\s+")
_SPACE_BETWEEN_CJK = re.compile(rf"(?<={CJK.pattern})[^\S\n\r]+(?={CJK.pattern})")
# More than one stray space in this many CJK characters is no writer's choice. Verse and lists of names stay below,
# a page read by OCR in narrow columns has one in 15.
_CJK_PER_STRAY_SPACE = 60


def squeeze(text: str) -> str:
    """``text`` without any white space.

    >>> squeeze(" 召 开\\n会议 ")
    '召开会议'
    """
    return _GAP.sub("", text)


def is_noisy(text: str) -> bool:
    """Whether spaces between CJK characters are so frequent that they are OCR noise, not separators."""
    stray = len(_SPACE_BETWEEN_CJK.findall(text))
    return stray > 1 and stray * _CJK_PER_STRAY_SPACE > len(CJK.findall(text))


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
    """
    noisy = is_noisy(text) if noisy is None else noisy
    stripped = text.strip()
    return _GAP.sub(lambda gap: _repair(stripped, gap, noisy), stripped)


def _repair(text: str, gap: re.Match[str], noisy: bool) -> str:
    before, after = text[gap.start() - 1], text[gap.end()]
    broken = "\n" in gap.group() or "\r" in gap.group()
    left, right = CJK_OR_PUNCTUATION.match(before), CJK_OR_PUNCTUATION.match(after)
    if noisy and (left or right):
        return ""
    if broken and left and right:
        return ""
    if broken and (left or right) and (_is_mark(before) or _is_mark(after)):
        return ""
    return " "


def _is_mark(character: str) -> bool:
    """ASCII punctuation: OCR writes a Chinese comma as one."""
    return character in ",.;:!?()\"'"


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
