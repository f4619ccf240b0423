"""A page's text to blocks: headings, bylines, captions and body text, each a span of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby, pairwise

from rag.corpus.shapes import (
    HEADING_WIDTH,
    LIST_MARK,
    MARKDOWN_HEADING,
    credit,
    dateline,
    ends_sentence,
    has_sentence,
    is_byline,
    is_furniture,
    is_heading_line,
    is_story_credit,
    sign_off,
    width,
)
from rag.text import simplify
from rag.types import Span

HEADING_LINES = 4
#: A longer text that ends in a photographer's name is a signed story, not a caption.
CAPTION_LENGTH = 220
#: A smaller table goes with the text around it.
_TABLE_ROWS = 3

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_INDENT = re.compile(r"[ \t\u3000]{0,16}\Z")
#: In a wrapped paragraph every line but the last is about as wide as the widest.
_FULL = 0.8


class BlockKind(StrEnum):
    """What a block looks like."""

    HEADING = "heading"
    BYLINE = "byline"
    CREDIT = "credit"
    BODY = "body"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines that belong together. ``start``/``end`` leave out marks and surrounding white space.

    ``byline`` is the span of a byline in front of body text, or behind it (signing off, or crediting a photograph);
    it lies outside ``start``/``end``. ``dateline`` says that the byline is in front, ``credit`` that it credits a
    photograph. ``level`` is that of a Markdown heading, or 0; ``apart`` says that a heading stands apart from the text
    above it. Blocks of the same ``unit``, if it is not 0, are one list, table or piece of code.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    byline: Span | None = None
    dateline: bool = False
    credit: bool = False
    apart: bool = False
    unit: int = 0

    @property
    def signs_off(self) -> bool:
        return self.kind is BlockKind.BODY and self.byline is not None and self.byline.start >= self.end

    def text(self, page: str) -> str:
        return page[self.start : self.end]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the lines of a group are set."""

    per_line: bool  # every line is a paragraph
    ragged: bool  # short lines of uneven length: a table, a list, verse, a headline in several lines
    headed: bool  # the first line is a headline over the text below


def blocks(page: str) -> list[Block]:
    """The blocks of a page, in order."""
    flat = simplify(page)
    return _as_tables(flat, [_classify(flat, chunk) for group in _groups(flat) for chunk in _split_group(flat, group)])


def _as_tables(page: str, found: list[Block]) -> list[Block]:
    """Several rows below one another are one table. Its unit is negative: lists of Markdown count theirs from 1."""
    joined: list[Block] = []
    for is_row, group in groupby(found, key=lambda block: _is_row(page[block.start : block.end])):
        rows = list(group)
        table = is_row and len(rows) >= _TABLE_ROWS
        joined += [replace(row, kind=BlockKind.BODY, unit=-1 - rows[0].start) for row in rows] if table else rows
    return joined


def _is_row(text: str) -> bool:
    """Whether a line is a row of a table: its cells end with tabs."""
    return "\t" in text and "\n" not in text


def _groups(page: str) -> list[list[Span]]:
    """Lines (without surrounding white space) between blank lines."""
    groups: list[list[Span]] = [[]]
    last_end = 0
    for match in _LINE.finditer(page):
        breaks = page[last_end : match.start()].replace("\r\n", "\n")
        if len(breaks) > 1 and groups[-1]:
            groups.append([])
        last_end = match.end()
        line = match.group()
        if line.strip():
            start = match.start() + len(line) - len(line.lstrip())
            groups[-1].append(Span(start, match.start() + len(line.rstrip())))
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _split_group(page: str, lines: list[Span]) -> list[list[Span]]:
    """Cut a group where its lines are paragraphs, headings or bylines of their own."""
    if len(lines) == 1:
        return [lines]
    texts = [page[line.start : line.end] for line in lines]
    layout = _layout(texts)
    headlines = {0} if layout.headed else set()
    headlines |= {i for i in range(1, len(lines) - 1) if _is_headline(*texts[i - 1 : i + 2])}
    chunks = [[lines[0]]]
    for i, (before, after) in enumerate(pairwise(lines)):
        if i in headlines or i + 1 in headlines or _breaks(page, before, after, len(chunks[-1]) == 1, layout):
            chunks.append([after])
        else:
            chunks[-1].append(after)
    return chunks


def _is_headline(above: str, line: str, below: str) -> bool:
    """Whether a line between two articles, without blank lines around it, is the headline of the second."""
    return ends_sentence(above) and is_heading_line(line) and (is_byline(below) or dateline(below)[1])


def _layout(lines: list[str]) -> _Layout:
    widths = [width(line) for line in lines]
    ended = [ends_sentence(line) or credit(line) is not None for line in lines]
    limit = _FULL * max(widths)
    full = sum(w >= limit for w in widths[:-1])
    short = len(lines) > 2 and all(is_heading_line(line) for line in lines)
    return _Layout(
        per_line=sum(ended) >= 0.6 * len(lines),
        ragged=short and 2 * full < len(lines),
        headed=_headed(lines, widths),
    )


def _headed(lines: list[str], widths: list[float]) -> bool:
    """A first line much narrower than a line below it was not broken by the edge of the column."""
    first = lines[0]
    if widths[0] > _FULL * max(widths[1:]) or not is_heading_line(first) or lines[1][0].islower():
        return False
    if dateline(first)[0] or len(re.findall("[(（]", first)) > len(re.findall("[)）]", first)):
        return False  # the beginning of a byline
    return any(has_sentence(line) or ends_sentence(line) for line in lines[1:])


def _breaks(page: str, before: Span, after: Span, first: bool, layout: _Layout) -> bool:
    upper, lower = page[before.start : before.end], page[after.start : after.end]
    if layout.ragged or LIST_MARK.match(lower) or MARKDOWN_HEADING.match(upper) or MARKDOWN_HEADING.match(lower):
        return True
    if any(is_byline(line) or is_furniture(line) for line in (upper, lower)) or (_is_row(upper) and _is_row(lower)):
        return True
    if dateline(lower)[0] or (credit(upper) or 0) > 0:
        return True
    if _indented(page, before, after, ended=ends_sentence(upper)):
        return True
    if first and is_heading_line(upper) and width(lower) > HEADING_WIDTH:
        return True
    return layout.per_line and (ends_sentence(upper) or (first and is_heading_line(upper)))


def _indented(page: str, before: Span, after: Span, *, ended: bool) -> bool:
    """Whether a line is set in as the first line of a paragraph is, and not as a whole column is."""
    outer, inner = (_INDENT.search(page[max(0, line.start - 16) : line.start]) for line in (before, after))
    assert outer is not None
    assert inner is not None
    deep = "\u3000\u3000" in inner[0] or "\t" in inner[0] or len(inner[0]) >= 4
    return deep and ("\u3000" in inner[0] or ended or len(inner[0]) > len(outer[0]))


def _classify(page: str, lines: list[Span]) -> Block:
    start, end = lines[0].start, lines[-1].end
    text = page[start:end]
    if mark := MARKDOWN_HEADING.match(text):
        stop = start + len(text.rstrip("# "))
        return Block(BlockKind.HEADING, start + mark.end(), max(stop, start + mark.end() + 1), level=len(mark[1]))
    if is_furniture(text):
        return Block(BlockKind.FURNITURE, start, end)
    if is_byline(text):
        return Block(BlockKind.BYLINE, start, end, byline=_core(text, start))
    at = credit(text)
    if at == 0:
        return Block(BlockKind.CREDIT, start, end, byline=Span(start, end))
    if at is None and len(lines) <= HEADING_LINES and all(is_heading_line(page[x.start : x.end]) for x in lines):
        return Block(BlockKind.HEADING, start, end)
    return _body(text, start, at)


def _body(text: str, start: int, credit_at: int | None) -> Block:
    length, agency = dateline(text)
    if sign_off(text) == 0 or (length and not text[length:].strip()):
        byline = Span(start, start + len(text))
        return Block(BlockKind.BYLINE, byline.start, byline.end, byline=byline, dateline=agency)
    behind = credit_at if credit_at is not None else sign_off(text)
    if behind is not None and behind <= length:
        behind = None
    stop = start + (len(text) if behind is None else len(text[:behind].rstrip()))
    if length:
        byline = Span(start, start + len(text[:length].rstrip()))
        return Block(BlockKind.BODY, start + length, stop, byline=byline, dateline=True)
    if behind is None:
        return Block(BlockKind.BODY, start, stop)
    photo = credit_at is not None and behind <= CAPTION_LENGTH and not is_story_credit(text)
    return Block(BlockKind.BODY, start, stop, byline=Span(start + behind, start + len(text)), credit=photo)


def _core(text: str, start: int) -> Span:
    """The span of a text without emphasis marks around it."""
    left = len(text) - len(text.lstrip("*_ "))
    return Span(start + left, start + len(text.rstrip("*_ ")))
