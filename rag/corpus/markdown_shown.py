"""The text of a Markdown file as it is shown: marks that change what it says are carried out, all others stay.

What is struck out or hidden is left out, what is raised or lowered is written so, and tags of HTML go; a tag that
nothing closes is the writer's word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.corpus.html_field import BLOCKS, KNOWN, VOID, field_text
from rag.corpus.html_source import read_attributes
from rag.corpus.html_styles import look_of
from rag.corpus.html_text import NEVER, STRUCK
from rag.corpus.scripts import subscript, superscript
from rag.types import Span

_TOKEN = re.compile(
    r"""\\[!-/:-@\[-`{-~]
      | (?P<ticks> `+ )
      | (?P<comment> <!-- )
      | (?P<edited> \{(?:--|>>|~~) [^{}\n]{1,300}? (?:--|<<|~~)\} )
      | (?P<struck> (?<!~)~~(?!~) )
      | (?P<tag> </?(?P<name>[A-Za-z][A-Za-z0-9]*) (?:\s[^<>]*|/)?> )
      | (?P<blank> \n[ \t]*(?=\n) )
      | (?P<remark> ^\[(?://|comment|_)\]:[ \t]*(?:\#|<>)[^\n]* )""",
    re.VERBOSE | re.MULTILINE,
)
_MAY_CHANGE = re.compile(r"~~|<[A-Za-z!/]|\{--|\{>>|^\[(?://|comment|_)\]:", re.MULTILINE)
#: What is left of a line all of whose words went.
_BARE_MARK = re.compile(r"[ \t]*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]*)?(?:\[[ xX]\][ \t]*)?(?:#{1,6}[ \t]*)?")
_LONGEST_MARK = 40
_LINE_BEHIND = re.compile(r"[ \t]*(?:[\r\n]|\Z)")
_BEGINS_LINE = re.compile(r"(?:\A|[\r\n>])[ \t#*+>-]*\Z")

_How = Literal["", "\n", "edited", "table", "sup", "sub"]


@dataclass(frozen=True, slots=True)
class _Change:
    """What stands in a place is left out, is a line end, or is written by ``how``."""

    span: Span
    how: _How = ""


def shown(text: str, code: Sequence[Span]) -> str:
    """``text`` as it is shown; what stands in ``code``, in order and without overlap, is not looked at.

    >>> shown("票价~~三十元~~二十元，日供水10<sup>4</sup>吨<!-- 查 -->，<b>全年</b>不休。", [])
    '票价二十元，日供水10⁴吨，全年不休。'
    """
    if not _MAY_CHANGE.search(text):
        return text
    changes = sorted(_changes(text, code), key=lambda change: (change.span.start, -change.span.end))
    return "".join(_written(text, changes))


def _written(text: str, changes: Sequence[_Change]) -> Iterator[str]:
    at = 0
    for change in changes:
        start, end = change.span.start, change.span.end
        if start < at:
            continue  # in what is gone already
        if not change.how and _LINE_BEHIND.match(text, end):
            begins = max(at, start - _LONGEST_MARK, text.rfind("\n", max(0, start - _LONGEST_MARK), start) + 1)
            if (begins == 0 or text[begins - 1] == "\n") and _BARE_MARK.fullmatch(text, begins, start):
                start = begins  # the line had nothing else
        yield text[at:start]
        yield _text(text[change.span.start : end], change.how)
        at = end
    yield text[at:]


def _text(text: str, how: _How) -> str:
    if how == "edited":  # {~~thirty~>twenty~~}
        return text[3:-3].partition("~>")[2] if text[1] == "~" else ""
    if how == "table":
        return f"\n\n{field_text(text)}\n\n"
    if how == "sup":
        return superscript(field_text(_inside(text)))
    return subscript(field_text(_inside(text))) if how == "sub" else how


def _inside(element: str) -> str:
    return element[element.index(">") + 1 : element.rindex("<")]


def _changes(text: str, code: Sequence[Span]) -> Iterator[_Change]:
    opened: dict[str, list[re.Match[str]]] = {}
    struck: re.Match[str] | None = None
    for match in _tokens(text, code):
        span = Span(*match.span())
        if match["blank"] is not None:
            struck = None
        elif match["struck"]:
            if struck is not None and not text[span.start - 1].isspace():
                yield _Change(Span(struck.start(), span.end))
                struck = None
            elif not text[span.end : span.end + 1].isspace():
                struck = match
        elif match["comment"]:
            end = text.index("-->", span.end) + 3
            # One that has lines of its own is left to the reader of blocks.
            if not _begins_line(text, span.start) and not _LINE_BEHIND.match(text, end):
                yield _Change(Span(span.start, end))
        elif match["edited"]:
            yield _Change(span, "edited")
        elif match["remark"]:
            yield _Change(span)
        elif match["tag"]:
            yield from _of_tag(text, match, opened)


def _tokens(text: str, code: Sequence[Span]) -> Iterator[re.Match[str]]:
    """What may change the text, in order; code and comments are passed over as a whole."""
    ticks = _ticks(text)
    blanks = [match.start() for match in re.finditer(r"\n[ \t]*\n", text)]
    last_comment = text.rfind("-->")
    starts = [span.start for span in code]
    at = 0
    while match := _TOKEN.search(text, at):
        at = match.end()
        place = bisect_right(starts, match.start()) - 1
        if place >= 0 and match.start() < code[place].end:
            at = code[place].end
        elif match["ticks"]:
            at = _code_end(match, ticks, blanks) or at
        elif match["comment"]:
            if at <= last_comment:
                yield match
                at = text.index("-->", at) + 3
        else:
            yield match


def _ticks(text: str) -> dict[int, list[int]]:
    """Where the marks of code within lines stand, by their length."""
    places: dict[int, list[int]] = {}
    for match in re.finditer("`+", text):
        places.setdefault(len(match[0]), []).append(match.start())
    return places


def _code_end(mark: re.Match[str], ticks: dict[int, list[int]], blanks: Sequence[int]) -> int | None:
    """Where code ends that begins with ``mark``: at the next mark of that length in the paragraph."""
    places = ticks.get(len(mark[0]), [])
    following = bisect_right(places, mark.start())
    blank = bisect_right(blanks, mark.start())
    if following == len(places) or (blank < len(blanks) and blanks[blank] < places[following]):
        return None
    return places[following] + len(mark[0])


def _of_tag(text: str, match: re.Match[str], opened: dict[str, list[re.Match[str]]]) -> Iterator[_Change]:
    name = match["name"].lower()
    if name not in KNOWN | NEVER | STRUCK:
        return
    if name in VOID:
        yield _Change(Span(*match.span()), "\n" if name == "br" else "")
    elif not match[0].startswith("</"):
        opened.setdefault(name, []).append(match)
    elif opened.get(name):
        yield from _pair(text, opened[name].pop(), match, name)


def _pair(text: str, begin: re.Match[str], end: re.Match[str], name: str) -> Iterator[_Change]:
    whole = Span(begin.start(), end.end())
    look = look_of(read_attributes(begin[0]))
    if name in NEVER | STRUCK or look.gone or look.veiled or look.struck:
        yield _Change(whole)
    elif name == "table":
        yield _Change(whole, "table")
    elif name in ("sup", "sub") or look.raised:
        yield _Change(whole, "sup" if "sup" in (name, look.raised) else "sub")
    else:
        line = name in BLOCKS
        yield _Change(Span(*begin.span()), "\n" if line and not _begins_line(text, begin.start()) else "")
        yield _Change(Span(*end.span()), "\n" if line and not _LINE_BEHIND.match(text, end.end()) else "")


def _begins_line(text: str, at: int) -> bool:
    """Whether nothing but marks stands before a place in its line."""
    return _BEGINS_LINE.search(text[max(0, at - _LONGEST_MARK) : at]) is not None
