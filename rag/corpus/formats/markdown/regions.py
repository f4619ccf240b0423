"""Read Markdown files: find the lists, tables and pieces of code, and what is not text.

markdown-it tells which lines these occupy. Everything else (headings, bylines, captions, paragraphs) is read like plain
text, because newspapers in Markdown look like newspapers. Marks inside a line (links, emphasis) are kept, because
quotes are the file's own text. Only marks that change the meaning are applied (see ``rendered``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.corpus.decode import decode
from rag.corpus.formats.markdown.rendered import BLANK_REST_OF_LINE, rendered
from rag.corpus.spans import shifted, stripped
from rag.corpus.structure.blocks import Block, BlockKind, blocks
from rag.corpus.structure.shapes import ends_sentence
from rag.types import Document, Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FORMAT = "markdown"
#: The line ends that markdown-it knows, so that its line numbers can be used here.
_LINE_END = re.compile(r"\r\n?|\n")
_VISIBLE = re.compile(r"[^\r\n]")
_SPACE = re.compile(r"\s*")
_LISTS = ("bullet_list_open", "ordered_list_open")


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """The blocks of a page, and the page with spaces in place of what is not read.

    ``page`` is as long as the original, so that offsets point into both.
    """

    blocks: list[Block]
    page: str


def read_markdown(data: bytes) -> tuple[str, str]:
    """The text of a Markdown file and its encoding. Raises ``ReadError`` with the reason."""
    text, encoding = decode(data)
    has_code = "```" in text or "~~~" in text
    code = _fences(text, _parser().parse(text), _line_starts(text)) if has_code else []
    return rendered(text, code), f"{FORMAT}/{encoding}"


def is_markdown(document: Document) -> bool:
    return document.encoding.partition("/")[0] == FORMAT


def page_blocks(document: Document, page: str, start: int = 0) -> PageBlocks:
    """The blocks of ``page``, a part of the document, from ``start`` on; its format decides how they are found."""
    return markdown_blocks(page, start) if is_markdown(document) else PageBlocks(blocks(page), page)


def markdown_blocks(page: str, start: int = 0) -> PageBlocks:
    """The blocks of a Markdown page from ``start`` on, without comments, code fences and underlines of headings."""
    lines = _line_starts(page)
    text = _blank(page, [Span(0, start)])
    tokens = _parser().parse(text)
    comments = list(_comments(page, start, _fences(page, tokens, lines)))
    if comments:
        text = _blank(text, comments)
        tokens = _parser().parse(text)
    regions = list(_regions(text, tokens, lines))
    unread = _merged([Span(0, start), *comments, *(span for region in regions for span in region.unread)])
    result: list[Block] = []
    at = 0
    for region in [*regions, _Region(Span(len(page), len(page)))]:
        for piece in _without(Span(at, region.span.start), unread):
            result += (_shifted(block, piece.start) for block in blocks(page[piece.start : piece.end]))
        result += (part for block in region.blocks for part in _parts(page, block, unread))
        at = region.span.end
    return PageBlocks(result, _spaced(page, unread))


def _line_starts(text: str) -> list[int]:
    """Where each line begins, and the end of the text."""
    return [0, *(match.end() for match in _LINE_END.finditer(text)), len(text)]


@dataclass(frozen=True, slots=True)
class _Region:
    """Lines that Markdown gives a meaning, the blocks in them, and those parts of them that are not read."""

    span: Span
    blocks: tuple[Block, ...] = ()
    unread: tuple[Span, ...] = ()


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # In newspapers, indented text is a paragraph and not code, and "[name]: words" is a statement and not a link.
    return MarkdownIt("commonmark").enable("table").disable(["code", "html_block", "reference", "inline"])


def _regions(text: str, tokens: Sequence[Token], lines: Sequence[int]) -> Iterator[_Region]:
    unit = 0
    for i, token in enumerate(tokens):
        if token.level or token.map is None or token.nesting < 0:
            continue
        first, end = token.map
        span = Span(lines[first], lines[end])
        if token.type == "fence" and _is_closed(text, token, lines):
            unit += 1
            fences = (Span(span.start, lines[first + 1]), Span(lines[end - 1], span.end))
            yield _Region(span, _unit(text, lines[first + 1 : end - 1], lines[end - 1], unit), fences)
        elif token.type == "table_open":
            unit += 1
            yield _Region(span, _unit(text, lines[first:end], span.end, unit))
        elif token.type in _LISTS and _is_list(inner := _inside(tokens, i)):
            unit += 1
            starts = sorted({lines[child.map[0]] for child in inner if child.map and child.nesting >= 0})
            yield _Region(span, _unit(text, starts, span.end, unit))
        elif token.type == "heading_open" and token.markup in ("=", "-"):
            yield from _underlined(text, token, lines)


def _inside(tokens: Sequence[Token], i: int) -> list[Token]:
    end = next(j for j in range(i + 1, len(tokens)) if tokens[j].level == 0 and tokens[j].nesting < 0)
    return list(tokens[i + 1 : end])


def _is_list(inner: Sequence[Token]) -> bool:
    """Whether there are several items. A single one is a numbered heading, or words behind a dash."""
    return sum(token.type == "list_item_open" for token in inner) > 1


def _is_closed(text: str, token: Token, lines: Sequence[int]) -> bool:
    """Whether a code fence has an end; otherwise a stray mark would turn the rest of the page into code."""
    assert token.map is not None
    first, end = token.map
    last = text[lines[end - 1] : lines[end]].strip()
    return end - first > 1 and len(last) >= len(token.markup) and not last.strip(token.markup[0])


def _underlined(text: str, token: Token, lines: Sequence[int]) -> Iterator[_Region]:
    """A heading above ``===`` or ``---``, unless it looks like a sentence above a rule."""
    assert token.map is not None
    first, end = token.map
    span = stripped(text, Span(lines[first], lines[end - 1]))
    if end - first == 2 and not ends_sentence(text[span.start : span.end]):
        block = Block(BlockKind.HEADING, span.start, span.end, level=int(token.tag[1]))
        yield _Region(Span(lines[first], lines[end]), (block,), (Span(lines[end - 1], lines[end]),))


def _unit(text: str, starts: Sequence[int], end: int, unit: int) -> tuple[Block, ...]:
    """A block from each start to the next, all with the same unit."""
    spans = (stripped(text, Span(a, b)) for a, b in pairwise([*starts, end]))
    return tuple(Block(BlockKind.BODY, span.start, span.end, unit=unit) for span in spans if len(span))


def _fences(page: str, tokens: Sequence[Token], lines: Sequence[int]) -> list[Span]:
    """Where fenced code stands, fences included."""
    closed = (token.map for token in tokens if token.type == "fence" and _is_closed(page, token, lines))
    return [Span(lines[place[0]], lines[place[1]]) for place in closed if place]


def _comments(page: str, start: int, fences: Iterable[Span]) -> Iterator[Span]:
    """The comments outside of code that begin or end a line.

    Inside a line a comment stays, because removing it would leave two halves of a sentence. One without an end is text.
    """
    code = iter(fences)
    fence = next(code, None)
    at = page.find("<!--", start)
    while at >= 0:
        while fence and fence.end <= at:
            fence = next(code, None)
        if fence and fence.start <= at:
            at = page.find("<!--", fence.end)
            continue
        end = page.find("-->", at + 4)
        if end < 0:
            return
        if _begins_line(page, at, start) or BLANK_REST_OF_LINE.match(page, end + 3):
            yield Span(at, end + 3)
        at = page.find("<!--", end + 3)


def _begins_line(page: str, at: int, start: int) -> bool:
    while at > start and page[at - 1] in " \t":
        at -= 1
    return at == start or page[at - 1] in "\r\n"


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, with overlapping ones joined and without empty ones."""
    merged: list[Span] = []
    for span in sorted((span for span in spans if len(span)), key=lambda span: span.start):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _without(span: Span, unread: Sequence[Span]) -> Iterator[Span]:
    """The parts of a span that are read."""
    at = span.start
    for i in range(bisect_right(unread, at, key=lambda gap: gap.end), len(unread)):
        gap = unread[i]
        if gap.start >= span.end:
            break
        if gap.start > at:
            yield Span(at, gap.start)
        at = gap.end
    if at < span.end:
        yield Span(at, span.end)


def _parts(page: str, block: Block, unread: Sequence[Span]) -> Iterator[Block]:
    """A block without the comments in it, as one block or several."""
    for piece in _without(Span(block.start, block.end), unread):
        span = stripped(page, piece)
        if len(span):
            yield replace(block, start=span.start, end=span.end)


def _blank(page: str, spans: Iterable[Span]) -> str:
    """The page with these spans replaced by spaces; line ends are kept."""
    return _replaced(page, spans, lambda text: _VISIBLE.sub(" ", text))


def _spaced(page: str, spans: Iterable[Span]) -> str:
    """The page with these spans and the white space behind them replaced by spaces, so that no blank lines remain."""
    following = ((span, _SPACE.match(page, span.end)) for span in spans)
    wider = [Span(span.start, space.end()) for span, space in following if space]
    return _replaced(page, _merged(wider), lambda text: " " * len(text))


def _replaced(page: str, spans: Iterable[Span], by: Callable[[str], str]) -> str:
    pieces = []
    at = 0
    for span in spans:
        pieces += [page[at : span.start], by(page[span.start : span.end])]
        at = span.end
    return "".join([*pieces, page[at:]])


def _shifted(block: Block, by: int) -> Block:
    byline = shifted(block.byline, by) if block.byline else None
    return replace(block, start=block.start + by, end=block.end + by, byline=byline)
