"""Sentence and clause spans: they cover a text in order, without gap or overlap.

The rules are ours, for Chinese and English. ``sentencex`` was compared: it splits English as well as this does,
but its native code aborts on some inputs (an initial before U+2028, for one), and a question is anybody's input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text.script import CJK_OR_PUNCTUATION, is_cjk
from rag.types import Span

_CLOSERS = "”’」』）)】》〉〕]｣"
_END = re.compile(
    rf"""
    (?P<full> [。｡．]+ | [！？!?]+ | (?:…|⋯)+ | \.{{3,}} | [；;] )
    (?P<close> [{re.escape(_CLOSERS)}"']* ) (?P<space> \s* )
  | (?P<stop> \. ) (?P<stop_close> [{re.escape(_CLOSERS)}"']* ) (?P<stop_space> \s+ | $ | (?=[^\d\s]) )
  | (?P<line> \s* \n \s* )
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Gov|Sen|Rep|Pres|No|Nos|vs|etc|cf|Fig|Vol|pp|"
    r"ca|approx|est|Inc|Ltd|Co|Corp|Bros|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Za-z]|e\.g|i\.e)$"
)
_ASCII_MARK = re.compile(r"[!?;]")
_CLAUSE_END = re.compile(r"(?:[，,：:](?!\d)|[，,：:](?=\d)(?<!\d[,:])|、|——)[”’\"')）」』]*\s*")


def sentences(text: str) -> list[Span]:
    """Spans of the sentences; closing quotes, brackets and white space belong to the sentence before.

    >>> text = "会议强调,“要抓落实。”他说:真的?Mr. Li paid 3.5 yuan. Done!"
    >>> [text[s.start:s.end] for s in sentences(text)]
    ['会议强调,“要抓落实。”', '他说:真的?', 'Mr. Li paid 3.5 yuan. ', 'Done!']
    """
    return _cut(text, _sentence_ends(text))


def clauses(text: str) -> list[Span]:
    """Spans of the clauses, cut behind commas, colons and 、 that do not stand inside a number.

    >>> text = "全区累计1,879家,总数、增速第一"
    >>> [text[s.start:s.end] for s in clauses(text)]
    ['全区累计1,879家,', '总数、', '增速第一']
    """
    return _cut(text, (m.end() for m in _CLAUSE_END.finditer(text)))


def _cut(text: str, ends: Iterator[int]) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for end in ends:
        if text[start:end].strip():
            spans.append(Span(start, end))
            start = end
    if start < len(text):
        if text[start:].strip() or not spans:
            spans.append(Span(start, len(text)))
        else:
            spans[-1] = Span(spans[-1].start, len(text))
    return spans


def _sentence_ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if match["line"] is not None:
            yield match.end()
        elif match["full"] is not None:
            end = _full_end(text, match)
            if end is not None:
                yield end
        elif _stop_ends(text, match):
            yield match.end()


def _full_end(text: str, match: re.Match[str]) -> int | None:
    mark, close = match["full"], _closing(text, match.end("full"), match["close"])
    end = match.end("full") + len(close)
    space = len(text[end:]) - len(text[end:].lstrip()) if len(close) == len(match["close"]) else 0
    after = text[end + space : end + space + 1]
    if _ASCII_MARK.match(mark) and not _in_cjk(text, match.start()) and (mark == ";" or not (space or not after)):
        return None  # "a;b", "what?!x" in Latin text or code
    if close and "。" not in mark and space == 0 and after and is_cjk(after):
        return None  # “怎么办?”他问 is one sentence
    if mark in ("…", "⋯") and after and space == 0:
        return None  # a lone ellipsis inside a sentence
    return end + space


def _closing(text: str, at: int, close: str) -> str:
    """The part of ``close`` that closes something; a straight quote closes only if one is open in this line."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    for i, mark in enumerate(close):
        if mark in "\"'" and (line + close[:i]).count(mark) % 2 == 0:
            return close[:i]
    return close


def _in_cjk(text: str, at: int) -> bool:
    before = text[max(0, at - 12) : at].rstrip("\"'" + _CLOSERS + "0123456789%")
    return bool(before) and CJK_OR_PUNCTUATION.match(before[-1]) is not None


def _stop_ends(text: str, match: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence: not in numbers, names and abbreviations."""
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 1]
    if not match["stop_space"] and after and before[-1:].isdigit():
        return False  # "2.降低"
    if _in_cjk(text, match.start()):
        return True  # OCR writes 。 as a full stop
    if not match["stop_space"] and after:
        return False
    return not (_ABBREVIATION.search(before) or after.islower())
