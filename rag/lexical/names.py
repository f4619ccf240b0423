"""Names in pinyin, as English questions have them, put into the Chinese characters that an index has for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

from rag.lexical.dictionary import is_known

PINYIN, SURNAMES = "pinyin.txt", "surnames.txt"
#: Words with a capital letter, one behind the other: Zhao Gang, Nie Huaimin, Linxi.
_CAPITALISED = re.compile(r"\b[A-Z][a-z]+(?:['’-][a-z]{2,})*(?:[ -][A-Z][a-z]+(?:['’-][a-z]{2,})*)*")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][a-z]+)*")
#: Syllables of a name.
_SHORTEST, _LONGEST = 2, 4
_LONGEST_SYLLABLE = 6


def name_in_characters(text: str, frequency: Callable[[str], int]) -> str:
    """An English text with each name in pinyin replaced by the characters that most passages have for it.

    ``frequency`` gives the number of passages that hold a character or a pair of characters. A name that no passage
    holds stays as it is, and so does a word that the dictionary translates.

    >>> counts = {"赵": 3, "钢": 2, "赵钢": 2, "昭": 1, "刚": 1}
    >>> name_in_characters("Who is Zhao Gang?", lambda token: counts.get(token, 0))
    'Who is 赵钢?'
    """
    return _CAPITALISED.sub(lambda run: _replaced(run.group(), frequency), text)


def _replaced(run: str, frequency: Callable[[str], int]) -> str:
    """The longest part of a run of capitalised words that is a name, put into characters."""
    words = list(_WORD.finditer(run))
    for length in range(len(words), 0, -1):
        for first in range(len(words) - length + 1):
            part = words[first : first + length]
            start, end = part[0].start(), part[-1].end()
            if is_known(run[start:end]):
                continue
            name = _characters([word.group() for word in part], frequency)
            if name:
                return _replaced(run[:start], frequency) + name + _replaced(run[end:], frequency)
    return run


def _characters(words: Sequence[str], frequency: Callable[[str], int]) -> str:
    """The characters of a name that most passages hold; empty if none does."""
    best, most, is_person = "", 0, len(words) > 1
    for syllables in _cut("".join(re.sub("[^a-z]", "", word.lower()) for word in words)):
        if _SHORTEST <= len(syllables) <= _LONGEST:
            known = [[char for char in _table()[syllable] if frequency(char)] for syllable in syllables]
            for name in _chains(known, frequency):
                count = min(frequency(one + other) for one, other in pairwise(name))
                if count > most and (not is_person or not _surnames().isdisjoint((name[0], name[:2]))):
                    best, most = name, count
    return best


def _chains(choices: Sequence[Sequence[str]], frequency: Callable[[str], int]) -> list[str]:
    """All runs of characters, one of each choice, of which every pair occurs."""
    chains = list(choices[0])
    for following in choices[1:]:
        chains = [chain + char for chain in chains for char in following if frequency(chain[-1] + char)]
    return chains


def _cut(letters: str) -> Iterator[list[str]]:
    """All ways to cut letters into syllables.

    >>> sorted(_cut("xian"))
    [['xi', 'an'], ['xian']]
    """
    if not letters:
        yield []
    for length in range(1, min(_LONGEST_SYLLABLE, len(letters)) + 1):
        if letters[:length] in _table():
            yield from ([letters[:length], *rest] for rest in _cut(letters[length:]))


@cache
def _table() -> dict[str, str]:
    """The characters of each syllable, from pypinyin 0.55 (MIT): main readings, and the second of common characters."""
    lines = files("rag.lexical").joinpath(PINYIN).read_text(encoding="utf-8").splitlines()
    return {syllable: characters for syllable, _, characters in (line.partition("\t") for line in lines)}


@cache
def _surnames() -> frozenset[str]:
    """Those of one character (the Hundred Family Surnames, and common ones beside them) and those of two.

    Who is named with two words has one: without them 副局长尉迟青 would hold a Zhang Wei (长尉).
    """
    single, double = files("rag.lexical").joinpath(SURNAMES).read_text(encoding="utf-8").splitlines()
    return frozenset([*single, *double.split()])
