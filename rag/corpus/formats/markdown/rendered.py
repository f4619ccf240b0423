"""Apply those marks of a Markdown file that change its meaning; all others stay in the text.

Text that is struck out or hidden is removed, superscripts and subscripts are written as such, and HTML tags are
removed. A tag without its counterpart is kept, because it is probably meant as text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.corpus.formats.html.css import look_of
from rag.corpus.formats.html.elements import NEVER_TEXT, STRUCK
from rag.corpus.formats.html.fragments import BLOCKS, KNOWN, VOID, field_text
from rag.corpus.formats.html.markup import read_attributes
from rag.corpus.formats.superscripts import subscript, superscript
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
#: The marks at the beginning of a line; if nothing else is left of the line, they are removed too.
_BARE_MARK = re.compile(r"[ \t]*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]*)?(?:\[[ xX]\][ \t]*)?(?:#{1,6}[ \t]*)?")
_LONGEST_MARK = 40
#: Matches where nothing but white space follows in the line.
BLANK_REST_OF_LINE = re.compile(r"[ \t]*(?:[\r\n]|\Z)")
_BEGINS_LINE = re.compile(r"(?:\A|[\r\n>])[ \t#*+>-]*\Z")

_Replacement = Literal["", "\n", "edited", "table", "sup", "sub"]


@dataclass(frozen=True, slots=True)
class _Edit:
    """A span that is removed, replaced by a line end, or rewritten as ``replacement`` says."""

    span: Span
    replacement: _Replacement = ""


def rendered(text: str, code: Sequence[Span]) -> str:
    """``text`` with its marks applied. The spans of ``code``, in order and without overlap, are left as they are.

    >>> rendered("票价~~三十元~~二十元，日供水10<sup>4</sup>吨<!-- 查 -->，<b>全年</b>不休。", [])
    '票价二十元，日供水10⁴吨，全年不休。'
    """
    if not _MAY_CHANGE.search(text):
        return text
    edits = sorted(_edits(text, code), key=lambda edit: (edit.span.start, -edit.span.end))
    return "".join(_apply(text, edits))


def _apply(text: str, edits: Sequence[_Edit]) -> Iterator[str]:
    at = 0
    for edit in edits:
        start, end = edit.span.start, edit.span.end
        if start < at:
            continue  # inside of text that was replaced before
        if not edit.replacement and BLANK_REST_OF_LINE.match(text, end):
            line = max(at, start - _LONGEST_MARK, text.rfind("\n", max(0, start - _LONGEST_MARK), start) + 1)
            if (line == 0 or text[line - 1] == "\n") and _BARE_MARK.fullmatch(text, line, start):
                start = line  # nothing else is left in the line
        yield text[at:start]
        yield _replace(text[edit.span.start : end], edit.replacement)
        at = end
    yield text[at:]


def _replace(text: str, replacement: _Replacement) -> str:
    if replacement == "edited":  # {~~thirty~>twenty~~}
        return text[3:-3].partition("~>")[2] if text[1] == "~" else ""
    if replacement == "table":
        return f"\n\n{field_text(text)}\n\n"
    if replacement in ("sup", "sub"):
        content = field_text(text[text.index(">") + 1 : text.rindex("<")])
        return superscript(content) if replacement == "sup" else subscript(content)
    return replacement


def _edits(text: str, code: Sequence[Span]) -> Iterator[_Edit]:
    opened: dict[str, list[re.Match[str]]] = {}
    struck: re.Match[str] | None = None
    for match in _tokens(text, code):
        span = Span(*match.span())
        if match["blank"] is not None:
            struck = None
        elif match["struck"]:
            if struck is not None and not text[span.start - 1].isspace():
                yield _Edit(Span(struck.start(), span.end))
                struck = None
            elif not text[span.end : span.end + 1].isspace():
                struck = match
        elif match["comment"]:
            end = text.index("-->", span.end) + 3
            # A comment on lines of its own is left out later, with the blocks.
            if not _begins_line(text, span.start) and not BLANK_REST_OF_LINE.match(text, end):
                yield _Edit(Span(span.start, end))
        elif match["edited"]:
            yield _Edit(span, "edited")
        elif match["remark"]:
            yield _Edit(span)
        elif match["tag"]:
            yield from _edits_of_tag(text, match, opened)


def _tokens(text: str, code: Sequence[Span]) -> Iterator[re.Match[str]]:
    """The marks that may change the text, in order; code and the insides of comments are skipped."""
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
    """Where the backticks of inline code stand, by how many stand together."""
    places: dict[int, list[int]] = {}
    for match in re.finditer("`+", text):
        places.setdefault(len(match[0]), []).append(match.start())
    return places


def _code_end(mark: re.Match[str], ticks: dict[int, list[int]], blanks: Sequence[int]) -> int | None:
    """Where the inline code that begins with ``mark`` ends: at as many backticks in the same paragraph."""
    places = ticks.get(len(mark[0]), [])
    following = bisect_right(places, mark.start())
    blank = bisect_right(blanks, mark.start())
    if following == len(places) or (blank < len(blanks) and blanks[blank] < places[following]):
        return None
    return places[following] + len(mark[0])


def _edits_of_tag(text: str, match: re.Match[str], opened: dict[str, list[re.Match[str]]]) -> Iterator[_Edit]:
    name = match["name"].lower()
    if name not in KNOWN | NEVER_TEXT | STRUCK:
        return
    if name in VOID:
        yield _Edit(Span(*match.span()), "\n" if name == "br" else "")
    elif not match[0].startswith("</"):
        opened.setdefault(name, []).append(match)
    elif opened.get(name):
        yield from _edits_of_element(text, opened[name].pop(), match, name)


def _edits_of_element(text: str, begin: re.Match[str], end: re.Match[str], name: str) -> Iterator[_Edit]:
    whole = Span(begin.start(), end.end())
    look = look_of(read_attributes(begin[0]))
    if name in NEVER_TEXT | STRUCK or look.hidden or look.invisible or look.struck:
        yield _Edit(whole)
    elif name == "table":
        yield _Edit(whole, "table")
    elif name in ("sup", "sub") or look.raised:
        yield _Edit(whole, "sup" if "sup" in (name, look.raised) else "sub")
    else:
        is_block = name in BLOCKS
        yield _Edit(Span(*begin.span()), "\n" if is_block and not _begins_line(text, begin.start()) else "")
        yield _Edit(Span(*end.span()), "\n" if is_block and not BLANK_REST_OF_LINE.match(text, end.end()) else "")


def _begins_line(text: str, at: int) -> bool:
    """Whether only marks stand before a place in its line."""
    return _BEGINS_LINE.search(text[max(0, at - _LONGEST_MARK) : at]) is not None
