"""Sentence and clause spans: they cover a text in order, without gap or overlap.

The rules are ours, for Chinese and English, with the marks that end a sentence in Hindi, Urdu and Arabic.
``sentencex`` was compared: it splits English as well as this does, but its native code aborts on some
inputs (an initial before U+2028, for one), and a question is anybody's input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text.script import CJK_OR_PUNCTUATION, is_cjk
from rag.types import Span

_CLOSERS = "”’」』）)】》〉〕]｣"
_END = re.compile(
    rf"""
    (?P<full> [。｡．]+ | [।॥۔؟]+ | [！？!?]+ | […⋯]+ | \.{{3,}} | [；;] ) (?P<close> [{re.escape(_CLOSERS)}"']* ) \s*
  | \. (?P<stop> [{re.escape(_CLOSERS)}"']* ) (?P<space> \s+ | $ | (?=[^\d\s]) )
  | \n \s*
  | (?P<quote> " | (?<!\w)' | '(?!\w) )
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Gov|Sen|Rep|Pres|No|Nos|vs|etc|cf|Fig|Vol|pp|"
    r"ca|approx|est|Inc|Ltd|Co|Corp|Bros|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Za-z]|e\.g|i\.e)$"
)
# What may end a sentence as well: acronyms, and short forms that stand behind a name. The next word tells: these begin
# sentences and, with a capital, no names.
_MAY_END = re.compile(r"(?:\b(?:[A-Za-z]\.)+[A-Za-z]|\b(?:etc|Inc|Ltd|Co|Corp|Bros|Sr|Jr))$")
_STARTER = re.compile(
    r"(?:The|This|That|These|Those|There|It|Its|He|She|They|We|You|His|Her|Their|Our|In|On|At|By|For|From|With|As|If|"
    r"When|While|After|Before|Since|But|And|Or|So|Yet|However|Although|Though|Because|Then|Now|Some|Many|Most|Such|"
    r"What|Who|Why|How|Where|Not|Nor)\b"
)
_QUOTED = 60
_REST_OF_QUOTATION = re.compile(rf"[^“”。\n]{{1,{_QUOTED}}}[！？!?]”(?=[^\s“”。！？!?；;…])")
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
    """One pass; ``odd`` holds the straight quotes open in the line: their shape does not show which way they face."""
    odd: set[str] = set()
    for match in _END.finditer(text):
        if match["full"] is not None:
            end = _full_end(text, match, odd)
        elif match["stop"] is not None:
            end = match.end() if _stop_ends(text, match) else None
            _toggle(odd, match["stop"])
        elif match["quote"] is not None:
            end = None
            _toggle(odd, match["quote"])
        else:
            end = match.end()
        if "\n" in match.group():
            odd.clear()
        if end is not None:
            yield end


def _toggle(odd: set[str], marks: str) -> None:
    for mark in marks:
        if mark in "\"'":
            odd ^= {mark}


def _full_end(text: str, match: re.Match[str], odd: set[str]) -> int | None:
    closing = _closing(match["close"], odd)
    _toggle(odd, match["close"][closing:])
    end = match.end() if closing == len(match["close"]) else match.start("close") + closing
    return end if _really_ends(text, match, end, closing) else None


def _closing(marks: str, odd: set[str]) -> int:
    """How many of the marks close something; a straight quote closes only if it is open in this line."""
    for i, mark in enumerate(marks):
        if mark in "\"'" and mark not in odd:
            return i
        odd.discard(mark)
    return len(marks)


def _really_ends(text: str, match: re.Match[str], end: int, closing: int) -> bool:
    mark, spaced = match["full"], text[end - 1 : end].isspace()
    after = text[end : end + 1]
    asks = mark[0] == "?" and is_cjk(after)  # "Yahoo!奇摩" is a name
    if _ASCII_MARK.match(mark) and not _in_cjk(text, match.start()) and not asks:
        return mark != ";" and (spaced or not after)  # "a;b", "what?!x" in Latin text or code
    if mark[0] in "！？!?" and not closing and _quotation_goes_on(text, end):
        return False
    if spaced or not after:
        return True
    if closing and "。" not in mark and is_cjk(after):
        return False  # “怎么办?”他问 is one sentence
    return mark not in ("…", "⋯")  # a lone ellipsis inside a sentence


def _quotation_goes_on(text: str, end: int) -> bool:
    """Whether a mark stands inside a quotation that is a part of its sentence: 围绕“谁来干？怎么干？”展开讨论。"""
    opened, closed = (text.rfind(mark, max(0, end - _QUOTED), end) for mark in "“”")
    if opened <= closed or "。" in text[opened:end]:
        return False
    return _REST_OF_QUOTATION.match(text, end) is not None


def _in_cjk(text: str, at: int) -> bool:
    before = text[max(0, at - 12) : at].rstrip("\"'" + _CLOSERS + "0123456789%")
    return bool(before) and CJK_OR_PUNCTUATION.match(before[-1]) is not None


def _stop_ends(text: str, match: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence: not in numbers, names and abbreviations."""
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 1]
    if not match["space"] and after and before[-1:].isdigit():
        return False  # "2.降低"
    if _in_cjk(text, match.start()):
        return True  # OCR writes 。 as a full stop
    if _ABBREVIATION.search(before):
        return bool(match["space"] and _MAY_END.search(before) and _STARTER.match(text, match.end()))
    if not match["space"] and after:
        return is_cjk(after)
    return not after.islower()
