"""Decide whether a block continues the sentence that the block before it breaks off.

Columns and pages break sentences, and OCR loses punctuation. So a block without an end mark may be complete or not.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from itertools import pairwise

from rag.corpus.structure.blocks import Block
from rag.corpus.structure.shapes import LIST_MARK, ends_sentence, width
from rag.text import is_cjk, simplify, squeeze
from rag.text.script import CJK_OR_PUNCTUATION

#: Punctuation and function words that do not end a sentence.
_OPEN_END = tuple("、，,—-（(《“‘「『的和与及或在对将把被从为是以并也更最很就而且使让由向")
_NEVER_FIRST = tuple("，,、。；;：:！!？?）)》”’」』的")
#: Phrases that name the speaker begin a paragraph: 会议指出，… 据介绍，… 就下阶段工作，他强调，…
_NAMES_SPEAKER = re.compile(
    r"\s*(?:[在就对针][^。\n]{2,30}[，,]\s*)?"
    r"(?:[^，,。\n]{1,14}(?:指出|强调|要求|表示|认为|介绍|透露|说)|据(?:悉|了解|介绍|统计))\s*[，,：:]"
)
#: A last line narrower than this share of the widest one was not broken by the edge of the column.
_SHORT_LAST_LINE = 0.75
_AT_SENTENCE_ENDS = re.compile(r"(..)[。！？][”』」’]?(?=(..))")


class Continuation:
    """Decides by punctuation, by the shape of the lines, and by the other text of the page."""

    def __init__(self, page: str) -> None:
        self._page = page

    def continues(self, before: Block, after: Block) -> bool:
        """Whether ``after`` continues the sentence at the end of ``before``."""
        head, tail = before.text(self._page), after.text(self._page)
        if ends_sentence(head) or head.endswith("|") or LIST_MARK.match(tail) or "\t" in head + tail:
            return False
        if not (CJK_OR_PUNCTUATION.match(tail[0]) or CJK_OR_PUNCTUATION.match(head[-1])):
            return tail[0].islower() or tail[0].isdigit() or head.endswith((",", "-"))
        if head.endswith(_OPEN_END) or tail.startswith(_NEVER_FIRST):
            return True
        return not _has_short_last_line(head) and self._is_one_sentence(head, tail)

    def splits_word(self, before: Block, after: Block) -> bool:
        """Whether the characters on both sides of the gap also stand side by side elsewhere on the page."""
        head, tail = before.text(self._page), after.text(self._page)
        return is_cjk(head[-1]) and is_cjk(tail[0]) and self._pairs[head[-1] + tail[0]] > 1

    def _is_one_sentence(self, head: str, tail: str) -> bool:
        """Yes if a word runs across the gap.

        Otherwise no if other sentences of the page end like ``head`` and begin like ``tail``, or if ``tail`` names a
        speaker.
        """
        last, first = squeeze(head[-8:])[-2:], squeeze(tail[:8])[:2]
        if self._pairs[last[-1:] + first[:1]] > 1:
            return True
        return not (_NAMES_SPEAKER.match(simplify(tail[:60])) or (last in self._endings and first in self._openings))

    @cached_property
    def _squeezed(self) -> str:
        return squeeze(self._page)

    @cached_property
    def _pairs(self) -> Counter[str]:
        return Counter(a + b for a, b in pairwise(self._squeezed))

    @cached_property
    def _endings(self) -> frozenset[str]:
        return frozenset(match[1] for match in _AT_SENTENCE_ENDS.finditer(self._squeezed))

    @cached_property
    def _openings(self) -> frozenset[str]:
        return frozenset(match[2] for match in _AT_SENTENCE_ENDS.finditer(self._squeezed))


def _has_short_last_line(text: str) -> bool:
    lines = text.splitlines()
    return len(lines) > 2 and width(lines[-1]) < _SHORT_LAST_LINE * max(width(line) for line in lines[:-1])
