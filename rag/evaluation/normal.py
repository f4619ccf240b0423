"""Squash text for comparison: NFKC, lower case, no white space, no quotation marks.

The newspaper pages are OCR text with stray spaces, and people type gold answers in their own way. Neither should
decide whether an answer is right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rag.types import Span

QUOTATION_MARKS = frozenset("\"'`“”‘’„‟‚‛«»‹›「」『』〝〞〟")
_HALF_WIDTH_VOICED = "ﾞﾟ"
#: A letter of the scripts that put spaces between words and nothing else: Latin, Greek, Cyrillic.
LETTER = "[A-Za-zÀ-ÖØ-öø-ɏͰ-ϿЀ-ӿḀ-ỿ]"
_WORD_LETTER = re.compile(LETTER)


def squash(text: str) -> str:
    """The comparable form of a text.

    >>> squash('预计“162”产 业集群，达８９.５％')
    '预计162产业集群,达89.5%'
    """
    return "".join(piece for piece, _ in _pieces(text))


def locate(text: str, needle: str) -> list[Span]:
    """Every place where ``text`` holds ``needle`` once both are squashed, as ranges of ``text`` itself.

    >>> [(s.start, s.end) for s in locate('于昨日召 开 。', '“召开”')]
    [(3, 6)]
    """
    return SquashedText.of(text).locate(needle)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a squashed text, from ``start`` to ``end``, and ``span``, where that stands in the text itself."""

    start: int
    end: int
    span: Span


@dataclass(frozen=True, slots=True)
class SquashedText:
    """A squashed text that knows where each of its characters came from."""

    text: str
    origins: tuple[Span, ...]  # one a character of ``text``

    @classmethod
    def of(cls, raw: str) -> SquashedText:
        pieces = list(_pieces(raw))
        text = "".join(piece for piece, _ in pieces)
        return cls(text, tuple(span for piece, span in pieces for _ in piece))

    def locate(self, needle: str) -> list[Span]:
        return [place.span for place in self.places(needle)]

    def places(self, needle: str) -> Iterator[Place]:
        wanted = squash(needle)
        for start in _occurrences(self.text, wanted) if wanted else ():
            end = start + len(wanted)
            yield Place(start, end, Span(self.origins[start].start, self.origins[end - 1].end))

    def continues_word(self, at: int, *, letters: bool = False) -> bool:
        """Whether a word goes on at a place of ``text``, with another letter or with a digit (CO2).

        With ``letters`` only a letter counts: what follows a digit (30kg) is a separate word.
        """
        if not 0 < at < len(self.text) or not _WORD_LETTER.match(self.text[at - 1]):
            return False
        follows = _WORD_LETTER.match(self.text[at]) or (not letters and self.text[at].isdigit())
        return bool(follows) and self.origins[at].start <= self.origins[at - 1].end


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _pieces(text: str) -> Iterator[tuple[str, Span]]:
    """Each base character with its combining marks, normalised; nothing for what is dropped."""
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and _combines(text[end]):
            end += 1
        piece = unicodedata.normalize("NFKC", text[start:end]).lower()
        kept = "".join(c for c in piece if not c.isspace() and c not in QUOTATION_MARKS)
        if kept:
            yield kept, Span(start, end)
        start = end


def _combines(char: str) -> bool:
    return unicodedata.combining(char) != 0 or char in _HALF_WIDTH_VOICED
