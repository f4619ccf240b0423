"""Compare an answer text with the gold answers: EM and F1 as published, and containment.

There are two published definitions, one for answers from Chinese or Japanese text and one for all other answers.
Figures of one cannot be compared with figures of the other.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.evaluation.normal import LETTER, QUOTATION_MARKS, SquashedText, squash
from rag.types import Span

#: The punctuation that CMRC 2018 removes. Its ``……`` has two characters and so never matches a single one;
#: ``‘``, ``…``, ``%`` and the full stop ``.`` are not on its list.
CMRC_PUNCTUATION = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
_HAN = re.compile("([\u4e00-\u9fa5])")
_CLITIC = r"(?:n't|'(?:s|m|d|ll|re|ve))(?!\w)"
_MARK = r"[;@#$%&?!()\[\]{}<>\"«»„“”‘’‒–—―]"
_INNER = rf"(?!{_CLITIC}|{_MARK})(?:[^\s.,]|,(?=\d)|\.(?!\.|$))"
# Splits words as NLTK does, as far as short answers need it: the official script uses NLTK between Chinese parts.
_WORD = re.compile(rf"{_MARK}|{_CLITIC}|\.{{2,}}|(?:{_INNER})+|[.,]")
_ARTICLE = re.compile(r"\b(a|an|the)\b")
_NO_QUOTES = {ord(mark): None for mark in QUOTATION_MARKS}
#: A word of an answer that is no longer than this has no ending added.
_SHORT = 4
_LAST_WORD = re.compile(rf"{LETTER}+$")
_DECIMAL_POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_NUMBER = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|[〇零一二两三四五六七八九十百千万亿]+"
)


@dataclass(frozen=True, slots=True)
class Definition:
    """One published definition of EM and F1."""

    name: str
    normal: Callable[[str], str]
    tokens: Callable[[str], Sequence[str]]
    common: Callable[[Sequence[str], Sequence[str]], int]

    def em(self, prediction: str, golds: Iterable[str]) -> float:
        """1.0 if the prediction equals any gold answer once both are normalised, else 0.0."""
        return float(any(self.normal(prediction) == self.normal(gold) for gold in golds))

    def f1(self, prediction: str, golds: Iterable[str]) -> float:
        """The best F1 of the prediction against any gold answer; 0.0 where no token is shared."""
        return max((self._f1(self.tokens(prediction), self.tokens(gold)) for gold in golds), default=0.0)

    def _f1(self, prediction: Sequence[str], gold: Sequence[str]) -> float:
        common = self.common(gold, prediction)
        return 2 * common / (len(prediction) + len(gold)) if common else 0.0


def cmrc_normal(text: str) -> str:
    """The form in which CMRC 2018 compares answers for EM: lower case, without the punctuation that it lists."""
    return "".join(char for char in text.lower().strip() if char not in CMRC_PUNCTUATION)


def cmrc_segments(text: str) -> list[str]:
    """The tokens of CMRC 2018: single Chinese characters, other text in words, no punctuation.

    >>> cmrc_segments('2018年，Windows 10的89.5%')
    ['2018', '年', 'windows', '10', '的', '89.5', '%']
    """
    pieces = _HAN.split(cmrc_normal(text))
    return [token for piece in pieces for token in _WORD.findall(piece)]


def longest_common_run(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest contiguous run of tokens that both have.

    This is what CMRC's ``find_lcs`` computes: a common *substring* of tokens, not a subsequence.

    >>> longest_common_run('abcde', 'abxde')
    2
    """
    best, previous = 0, [0] * (len(other) + 1)
    for token in one:
        current = [0] * (len(other) + 1)
        for at, counterpart in enumerate(other, start=1):
            if token == counterpart:
                current[at] = previous[at - 1] + 1
        best, previous = max(best, *current), current
    return best


def likeness(one: str, other: str) -> float:
    """F1 over characters by their longest common run, for any language; 0 for two empty texts.

    >>> likeness("6月1日开幕", "6月1日")
    0.8
    """
    both = len(one) + len(other)
    return 2 * longest_common_run(one, other) / both if both else 0.0


def squad_normal(text: str) -> str:
    """SQuAD v1.1: lower case, without ASCII punctuation and articles, white space collapsed.

    >>> squad_normal('The U.S. economy, a "9.5%" rise')
    'us economy 95 rise'
    """
    without = "".join(char for char in text.lower() if char not in string.punctuation)
    return " ".join(_ARTICLE.sub(" ", without).split())


def squad_normal_with_numbers(text: str) -> str:
    """The same after NFKC, with ``%`` and decimal points kept: a wrong number is a wrong answer.

    >>> squad_normal_with_numbers('The “9.5％” rise.')
    '9.5% rise'
    """
    # The two signs travel as private-use characters, which SQuAD's definition leaves alone.
    text = unicodedata.normalize("NFKC", text)
    hidden = _DECIMAL_POINT.sub("\ue000", text).replace("%", "\ue001").translate(_NO_QUOTES)
    return squad_normal(hidden).replace("\ue000", ".").replace("\ue001", "%")


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    return (Counter(one) & Counter(other)).total()


#: For SQuAD files: exactly the published definitions.
CMRC = Definition("cmrc2018", cmrc_normal, cmrc_segments, longest_common_run)
SQUAD = Definition("squad1.1", squad_normal, lambda text: squad_normal(text).split(), _shared)
#: For our JSONL, whose answers stand in OCR text.
CMRC_OCR = Definition(
    "cmrc2018 on squashed text",
    lambda text: cmrc_normal(squash(text)),
    lambda text: cmrc_segments(squash(text)),
    longest_common_run,
)
SQUAD_OCR = Definition(
    "squad1.1 after NFKC, numbers kept",
    squad_normal_with_numbers,
    lambda text: squad_normal_with_numbers(text).split(),
    _shared,
)


def contains(text: str, golds: Iterable[str]) -> bool:
    """Whether the squashed text holds a gold answer that is not just a part of a number or a word.

    >>> contains('占比达89.5%', ['9.5%']), contains('占比达 89 .5%', ['89.5%'])
    (False, True)
    >>> contains('It is known.', ['no']), contains('选A的人最多', ['A']), contains('two engineers', ['engineer'])
    (False, True, True)
    """
    squashed = SquashedText.of(text)
    return any(places_of_answer(squashed, gold) for gold in golds)


def places_of_answer(text: SquashedText, gold: str) -> list[Span]:
    """Every place of a gold answer in a text, except where it is just a part of a number or a word.

    A word has to begin where the answer begins. If the last word of the answer is short, it has to end there as well;
    a longer word may have an ending, such as a plural.
    """
    numbers = [match.span() for match in _NUMBER.finditer(text.text)]
    word = _LAST_WORD.search(unicodedata.normalize("NFKC", gold))
    is_short = word is not None and len(word[0]) <= _SHORT
    return [
        place.span
        for place in text.places(gold)
        if not (_cuts_number(place.start, numbers) or _cuts_number(place.end, numbers))
        and not text.continues_word(place.start, letters=True)
        and not (is_short and text.continues_word(place.end))
    ]


def _cuts_number(at: int, numbers: Sequence[tuple[int, int]]) -> bool:
    return any(start < at < end for start, end in numbers)
