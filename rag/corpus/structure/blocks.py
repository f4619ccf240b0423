"""Divide the text of a page into blocks: headings, bylines, credits and body text, each a span of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby, pairwise

from rag.corpus.structure.shapes import (
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
#: A text that ends in a photographer's name and is longer than this is a signed story, not a caption.
CAPTION_LENGTH = 220
#: Fewer rows than this are not treated as a table.
_TABLE_ROWS = 3

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_INDENT = re.compile(r"[ \t\u3000]{0,16}\Z")
#: In a wrapped paragraph, every line but the last is at least this share of the widest line.
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
    """Lines that belong together. ``start`` and ``end`` exclude marks and surrounding white space.

    ``byline``: the byline before or after body text, outside ``start`` and ``end``.
    ``dateline``: the byline stands before the text.
    ``credit``: the byline credits a photograph.
    ``level``: the level of a Markdown heading, otherwise 0.
    ``apart``: the heading stands apart from the text above it.
    ``unit``: blocks with the same number other than 0 are one list, table or piece of code.
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
    """How the lines of a group are arranged."""

    per_line: bool  # every line is a paragraph
    ragged: bool  # short lines of uneven length: a table, a list, verse, a headline of several lines
    headed: bool  # the first line is a headline above the other lines


def blocks(page: str) -> list[Block]:
    """The blocks of a page, in order."""
    flat = simplify(page)
    return _with_tables(
        flat, [_classify(flat, chunk) for group in _groups(flat) for chunk in _split_group(flat, group)]
    )


def _with_tables(page: str, classified: list[Block]) -> list[Block]:
    """Make several rows below one another one unit. Its number is negative: the lists of Markdown count from 1."""
    result: list[Block] = []
    for is_row, group in groupby(classified, key=lambda block: _is_row(page[block.start : block.end])):
        rows = list(group)
        is_table = is_row and len(rows) >= _TABLE_ROWS
        result += [replace(row, kind=BlockKind.BODY, unit=-1 - rows[0].start) for row in rows] if is_table else rows
    return result


def _is_row(text: str) -> bool:
    """Whether a line is a row of a table: tabs separate its cells."""
    return "\t" in text and "\n" not in text


def _groups(page: str) -> list[list[Span]]:
    """The lines between blank lines, each without surrounding white space."""
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
    """Split a group of lines into paragraphs, headings and bylines."""
    if len(lines) == 1:
        return [lines]
    texts = [page[line.start : line.end] for line in lines]
    layout = _layout(texts)
    headlines = {0} if layout.headed else set()
    headlines |= {i for i in range(1, len(lines) - 1) if _is_headline(*texts[i - 1 : i + 2])}
    chunks = [[lines[0]]]
    for i, (before, after) in enumerate(pairwise(lines)):
        if i in headlines or i + 1 in headlines or _begins_block(page, before, after, len(chunks[-1]) == 1, layout):
            chunks.append([after])
        else:
            chunks[-1].append(after)
    return chunks


def _is_headline(above: str, line: str, below: str) -> bool:
    """Whether a line is the headline of the article below, with no blank line between it and the article above."""
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
    """Whether the first line is a headline: it is much narrower than the others, so the column did not break it."""
    first = lines[0]
    if widths[0] > _FULL * max(widths[1:]) or not is_heading_line(first) or lines[1][0].islower():
        return False
    if dateline(first)[0] or len(re.findall("[(（]", first)) > len(re.findall("[)）]", first)):
        return False  # the beginning of a byline
    return any(has_sentence(line) or ends_sentence(line) for line in lines[1:])


def _begins_block(page: str, before: Span, after: Span, first: bool, layout: _Layout) -> bool:
    """Whether the line ``after`` begins a new block; ``first``: the line ``before`` is the first of its block."""
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
    """Whether a line is indented like the first line of a paragraph. Whole columns may be indented, too."""
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
    """A block of body text; a byline before it or at its end is set apart."""
    length, agency = dateline(text)
    if sign_off(text) == 0 or (length and not text[length:].strip()):
        byline = Span(start, start + len(text))
        return Block(BlockKind.BYLINE, byline.start, byline.end, byline=byline, dateline=agency)
    closing = credit_at if credit_at is not None else sign_off(text)
    if closing is not None and closing <= length:
        closing = None
    stop = start + (len(text) if closing is None else len(text[:closing].rstrip()))
    if length:
        byline = Span(start, start + len(text[:length].rstrip()))
        return Block(BlockKind.BODY, start + length, stop, byline=byline, dateline=True)
    if closing is None:
        return Block(BlockKind.BODY, start, stop)
    photo = credit_at is not None and closing <= CAPTION_LENGTH and not is_story_credit(text)
    return Block(BlockKind.BODY, start, stop, byline=Span(start + closing, start + len(text)), credit=photo)


def _core(text: str, start: int) -> Span:
    """The span of a text without the emphasis marks around it."""
    left = len(text) - len(text.lstrip("*_ "))
    return Span(start + left, start + len(text.rstrip("*_ ")))
