"""English words to Chinese ones, so that an English question can match Chinese text word by word.

Query translation by dictionary, with all translations of a word taken as synonyms (Pirkola 1998, "The effects of query
structure and dictionary setups in dictionary-based cross-language information retrieval").
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from rag.lexical.tokenizer import STOP_WORDS, stem
from rag.text import fold

DATA = "english.tsv.gz"
_LONGEST = 3
#: Translations of a word that stand for it in a swapped text: one is the wrong one too often.
_SENSES = 2
_WORD = re.compile(r"[a-z]+(?=\W|$)|\d+(?:[.,]\d+)*|[^\W_]+")
# Words that hold an English question together and would be translated into half the language.
_FUNCTION_WORDS = STOP_WORDS | frozenset(
    """
    about after again all also although among any because before being between both but can could during each either
    every few had has have having he her here his if into just many may might more most much must no not off one
    only other our out over own per shall she should since so some such than their them then there these they those
    through under until up upon us very we will within without would you your sb sth one's oneself etc
    """.split()  # noqa: SIM905 - a list of words is read, not brackets and commas
)


#: What an English question says without asking for it.
FUNCTION_STEMS = frozenset(map(stem, _FUNCTION_WORDS))


def stems(text: str) -> list[str]:
    """The stems of the English words of a text, function words left out.

    >>> stems("How many listed companies are there?")
    ['list', 'compani']
    """
    words = (match.group() for match in _WORD.finditer(fold(text)))
    return [stem(word) for word in words if word.isascii() and word not in _FUNCTION_WORDS]


def translations(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each word or phrase of an English text that the dictionary has, the longest first, with its Chinese forms.

    >>> dict(translations("the senior high school"))
    {'senior high school': ('高中', '高级中学')}
    """
    table, words = _table(), stems(text)
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            key = " ".join(words[at : at + length])
            if key in table:
                yield key, table[key]
                break
        at += length


def switched(text: str) -> str | None:
    """An English text with the words that the dictionary has replaced by translations; ``None`` without one.

    >>> switched("Which senior high school did Tolkien visit?")
    'which 高中高级中学 did tolkien 访问参观?'
    """
    parts = [("".join(forms[:_SENSES]) if forms else run, forms) for run, forms in _written(fold(text))]
    return "".join(part for part, _ in parts) if any(forms for _, forms in parts) else None


def _written(folded: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((folded[start:end], forms) for start, end, forms in runs(folded))


def runs(folded: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """A folded text piece by piece: words and phrases that the dictionary has, the longest first, with their Chinese
    forms; and all else, each word and what stands between two words by itself, with none.

    >>> [folded[start:end] for folded in ["the senior high school"] for start, end, forms in runs(folded) if forms]
    ['senior high school']
    """
    words = list(_WORD.finditer(folded))
    done = at = 0
    while at < len(words):
        length = next((n for n in range(min(_LONGEST, len(words) - at), 0, -1) if _key(words[at : at + n])), 0)
        taken = words[at : at + max(1, length)]
        if done < taken[0].start():
            yield done, taken[0].start(), ()
        done = taken[-1].end()
        yield taken[0].start(), done, _table()[_key(taken)] if length else ()
        at += len(taken)
    if done < len(folded):
        yield done, len(folded), ()


def _key(words: Sequence[re.Match[str]]) -> str:
    """How the dictionary has a run of words, none of which holds the sentence together; empty if it has not."""
    found = stems(" ".join(word.group() for word in words))
    key = " ".join(found)
    return key if len(found) == len(words) and key in _table() else ""


@cache
def _table() -> dict[str, tuple[str, ...]]:
    data = gzip.decompress(files("rag.lexical").joinpath(DATA).read_bytes()).decode("utf-8")
    rows = (line.partition("\t") for line in data.splitlines())
    return {key: tuple(words.split()) for key, _, words in rows}


@cache
def chinese_words() -> frozenset[str]:
    """Every Chinese word that the dictionary has, simplified."""
    return frozenset(word for words in _table().values() for word in words)
