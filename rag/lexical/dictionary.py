"""English words to Chinese ones, so that an English question can match Chinese text word by word.

Query translation by dictionary, with all translations of a word taken as synonyms (Pirkola 1998, "The effects of query
structure and dictionary setups in dictionary-based cross-language information retrieval").
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from rag.lexical.tokenizer import STOP_WORDS, stem
from rag.text import fold

DATA = "english.tsv.gz"
_LONGEST = 3
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


def is_known(phrase: str) -> bool:
    """Whether the dictionary translates an English word or phrase as it stands, or it only holds a question together.

    The stem of a word alone does not count: that of Huaiyinli is Huaiyin, another place.

    >>> is_known("Hong Kong"), is_known("The"), is_known("Huaiyin"), is_known("Huaiyinli")
    (True, True, True, False)
    """
    key = " ".join(stems(phrase))
    return not key or (key in _table() and key == fold(phrase).lower())


@cache
def _table() -> dict[str, tuple[str, ...]]:
    data = gzip.decompress(files("rag.lexical").joinpath(DATA).read_bytes()).decode("utf-8")
    rows = (line.partition("\t") for line in data.splitlines())
    return {key: tuple(words.split()) for key, _, words in rows}
