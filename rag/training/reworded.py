"""English text put into Chinese word by word, so that what is learnt of English text is learnt of Chinese words, too.

There are eight times as many open questions over English paragraphs as over Chinese ones, and they ask for short
answers. Every place of the English text has its place in the Chinese, so that answers stay where they were.
"""

from __future__ import annotations

import random
import re
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from rag.lexical.dictionary import runs
from rag.text import fold
from rag.training.transliteration import transliterated

#: What a dictionary does not say of the words that hold a sentence together; an empty one has no counterpart.
_LITTLE = {
    **dict.fromkeys(["a", "an", "the", "do", "does", "did", "it", "its"], ""),
    **dict.fromkeys(["is", "are", "was", "were", "be", "been"], "是"),
    **dict.fromkeys(["has", "have", "had"], "有"),
    **dict.fromkeys(["in", "at", "on"], "在"),
    **dict.fromkeys(["he", "him"], "他"),
    **dict.fromkeys(["she", "her"], "她"),
    **{
        "of": "的",
        "his": "他的",
        "their": "他们的",
        "they": "他们",
        "and": "和",
        "or": "或",
        "not": "不",
        "also": "也",
    },
    **{"to": "到", "from": "从", "by": "由", "for": "为", "with": "与", "as": "作为", "than": "比", "more": "更多"},
    **{"that": "那", "this": "这", "which": "哪个", "who": "谁", "what": "什么", "where": "哪里", "why": "为什么"},
    **{"when": "什么时候", "how": "怎么", "many": "多少", "after": "之后", "before": "之前", "between": "之间"},
    **{"during": "期间", "most": "最", "about": "关于", "can": "能", "will": "将", "one": "一", "two": "二"},
}
_MARKS = {",": "，", ".": "。", "?": "？", ";": "；", ":": "："}
#: How often a word's second form stands for it.
_SECOND = 0.25
_NAME = re.compile(r"[A-Z][a-z]{2,}")
#: Share of the names that are written in Chinese, where names are: translated text leaves some as they are.
_WRITTEN = 0.75


@dataclass(frozen=True, slots=True)
class Reworded:
    """The Chinese ``text``; piece ``i`` begins at ``starts[i]`` of the English text and at ``places[i]`` of this one.

    Both lists end with the length of their text.
    """

    text: str
    starts: list[int]
    places: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters ``start:end`` of the English text went, ``start < end``."""
        first, last = bisect_right(self.starts, start) - 1, bisect_left(self.starts, end)
        return self.places[first], self.places[last]


def reworded(text: str, share: float, rng: random.Random, *, names: bool = False) -> Reworded:
    """``text`` with so large a share of the words that the dictionary has in Chinese, each always by the same word.

    With ``names``, most of the capitalised words that it has not are written as they sound, in every text the same.

    >>> reworded("The school is in China.", 1.0, random.Random(0)).text
    '学校是在中国。'
    >>> reworded("Tolkien is in China.", 1.0, random.Random(0), names=True).text
    '托尔金是在中国。'
    """
    pieces = list(_pieces(text, share, rng, names))
    starts, places, parts, at = [], [], [], 0
    for number, (start, old, new) in enumerate(pieces):
        beside = pieces[max(0, number - 1) : number + 2]
        written = _space(beside) if old.isspace() else new
        starts.append(start)
        places.append(at)
        parts.append(written)
        at += len(written)
    return Reworded("".join(parts), [*starts, len(text)], [*places, at])


def _space(beside: list[tuple[int, str, str]]) -> str:
    """What becomes of white space between two pieces: a dot between two names, nothing beside other Chinese."""
    if len(beside) == 3 and all(old != new == transliterated(old) for _, old, new in beside[::2]):
        return "·"
    return "" if any(new and new != old for _, old, new in beside) else beside[len(beside) // 2][2]


def _is_written(name: str) -> bool:
    """By the name alone, so that a question and its paragraph agree."""
    return zlib.crc32(name.encode()) % 100 < 100 * _WRITTEN


def _pieces(text: str, share: float, rng: random.Random, names: bool) -> Iterator[tuple[int, str, str]]:
    """Words, what stands between them, and what becomes of each."""
    folded = fold(text)
    if len(folded) != len(text):
        folded = text.lower()
    chosen: dict[tuple[str, ...], str] = {}
    for start, end, found in runs(folded):
        old = text[start:end]
        little = _LITTLE.get(folded[start:end])
        forms = found if found or little is None else (little,)
        if forms and forms not in chosen and rng.random() < share:
            chosen[forms] = forms[-1 if len(forms) == 1 else rng.random() < _SECOND]
        if names and not forms and _NAME.fullmatch(old) and _is_written(old):
            yield start, old, transliterated(old)
            continue
        mark = old[:1] in _MARKS and (old[1:].isspace() or end == len(text))
        yield start, old, chosen.get(forms, _MARKS[old[0]] if mark else old)
