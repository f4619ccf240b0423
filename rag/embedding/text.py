"""What is done to a text before it is cut into tokens, at run time and in training alike."""

from __future__ import annotations

import re

from rag.text import simplify

#: E5 models are trained with one of these in front of every text (Wang et al. 2024).
QUERY, PASSAGE = "query: ", "passage: "

_SURROGATES = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """The text without lone surrogates, which tokenizers cannot take.

    >>> printable("a\\ud83d")
    'a\ufffd'
    """
    return _SURROGATES.sub("\ufffd", text)


def model_input(prefix: str, text: str) -> str:
    """The prefix and the text with simplified characters; every character keeps its place.

    >>> model_input(QUERY, "武進")
    'query: 武进'
    """
    return prefix + simplify(printable(text))
