"""Markdown files: which lines are one list, one table or one piece of code, and what is no text at all.

markdown-it says where these begin and end, by lines; everything else (headings, bylines, captions, paragraphs) is read
as in plain text, because newspapers in Markdown are set like newspapers. Marks inside a line (links, emphasis) stay:
what is quoted is the file's own text, but for what they strike out, hide, raise or lower (``markdown_shown``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.corpus.blocks import Block, BlockKind, blocks
from rag.corpus.decode import decode
from rag.corpus.markdown_shown import shown
from rag.corpus.shapes import ends_sentence
from rag.types import Document, Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FORMAT = "markdown"
#: markdown-it's own, so that its numbers of lines are ours.
_LINE_END = re.compile(r"\r\n?|\n")
_VISIBLE = re.compile(r"[^\r\n]")
_SPACE = re.compile(r"\s*")
_LINE_BEHIND = re.compile(r"[ \t]*(?:[\r\n]|\Z)")
_LISTS = ("bullet_list_open", "ordered_list_open")


@dataclass(frozen=True, slots=True)
class Seen:
    """The blocks of a page, and the page with spaces for what is not read, the lines of it included.

    ``page`` is as long as the page itself, so that offsets hold for both.
    """

    blocks: list[Block]
    page: str


def read_markdown(data: bytes) -> tuple[str, str]:
    """The text of the file as it is shown, and how its bytes were read. Raises ``ReadError`` with the reason."""
    text, encoding = decode(data)
    return shown(text, list(_code(text))), f"{FORMAT}/{encoding}"


def _code(text: str) -> Iterator[Span]:
    """Where fenced code stands."""
    if "```" in text or "~~~" in text:
        lines = [0, *(match.end() for match in _LINE_END.finditer(text)), len(text)]
        yield from _fences(text, _parser().parse(text), lines)


def is_markdown(document: Document) -> bool:
    return document.encoding.partition("/")[0] == FORMAT


def look(document: Document, page: str, start: int = 0) -> Seen:
    """What is seen of the document's ``page`` from ``start`` on, by its format."""
    return take_apart(page, start) if is_markdown(document) else Seen(blocks(page), page)


def take_apart(page: str, start: int = 0) -> Seen:
    """The blocks from ``start`` on. Comments, fences and the lines below headings are in none of them."""
    lines = [0, *(match.end() for match in _LINE_END.finditer(page)), len(page)]
    text = _blank(page, [Span(0, start)])
    tokens = _parser().parse(text)
    comments = list(_comments(page, start, _fences(page, tokens, lines)))
    if comments:
        text = _blank(text, comments)
        tokens = _parser().parse(text)
    regions = list(_regions(text, tokens, lines))
    unread = _merged([Span(0, start), *comments, *(span for region in regions for span in region.unread)])
    found: list[Block] = []
    at = 0
    for region in [*regions, _Region(Span(len(page), len(page)))]:
        for piece in _without(Span(at, region.span.start), unread):
            found += (_moved(block, piece.start) for block in blocks(page[piece.start : piece.end]))
        found += (part for block in region.blocks for part in _parts(page, block, unread))
        at = region.span.end
    return Seen(found, _spaced(page, unread))


@dataclass(frozen=True, slots=True)
class _Region:
    """Lines that Markdown says what they are, the blocks in them, and what of them is not read."""

    span: Span
    blocks: tuple[Block, ...] = ()
    unread: tuple[Span, ...] = ()


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Indented text is a paragraph of a newspaper, no code, and what seems to define a link may be someone's words.
    return MarkdownIt("commonmark").enable("table").disable(["code", "html_block", "reference", "inline"])


def _regions(text: str, tokens: Sequence[Token], lines: Sequence[int]) -> Iterator[_Region]:
    unit = 0
    for i, token in enumerate(tokens):
        if token.level or token.map is None or token.nesting < 0:
            continue
        span = Span(lines[token.map[0]], lines[token.map[1]])
        if token.type == "fence" and _is_closed(text, token, lines):
            first, last = lines[token.map[0] + 1], lines[token.map[1] - 1]
            unit += 1
            cuts = lines[token.map[0] + 1 : token.map[1] - 1]
            yield _Region(span, _unit(text, cuts, last, unit), (Span(span.start, first), Span(last, span.end)))
        elif token.type == "table_open":
            unit += 1
            yield _Region(span, _unit(text, lines[token.map[0] : token.map[1]], span.end, unit))
        elif token.type in _LISTS and len(inner := _inside(tokens, i)) and _is_list(inner):
            unit += 1
            cuts = sorted({lines[each.map[0]] for each in inner if each.map and each.nesting >= 0})
            yield _Region(span, _unit(text, cuts, span.end, unit))
        elif token.type == "heading_open" and token.markup in ("=", "-"):
            yield from _underlined(text, token, lines)


def _inside(tokens: Sequence[Token], i: int) -> list[Token]:
    end = next(j for j in range(i + 1, len(tokens)) if tokens[j].level == 0 and tokens[j].nesting < 0)
    return list(tokens[i + 1 : end])


def _is_list(inner: Sequence[Token]) -> bool:
    """A single item is none: it is a numbered heading, or words behind a dash."""
    return sum(token.type == "list_item_open" for token in inner) > 1


def _is_closed(text: str, token: Token, lines: Sequence[int]) -> bool:
    """Whether a fence ends; a stray mark would make code of all the rest."""
    assert token.map is not None
    first, end = token.map
    last = text[lines[end - 1] : lines[end]].strip()
    return end - first > 1 and len(last) >= len(token.markup) and not last.strip(token.markup[0])


def _underlined(text: str, token: Token, lines: Sequence[int]) -> Iterator[_Region]:
    """A heading over ``===`` or ``---``, if it looks like one: a text over a rule does not."""
    assert token.map is not None
    first, end = token.map
    span = _stripped(text, Span(lines[first], lines[end - 1]))
    if end - first == 2 and not ends_sentence(text[span.start : span.end]):
        block = Block(BlockKind.HEADING, span.start, span.end, level=int(token.tag[1]))
        yield _Region(Span(lines[first], lines[end]), (block,), (Span(lines[end - 1], lines[end]),))


def _unit(text: str, cuts: Sequence[int], end: int, unit: int) -> tuple[Block, ...]:
    """A block from each cut to the next, all of one unit."""
    spans = (_stripped(text, Span(a, b)) for a, b in pairwise([*cuts, end]))
    return tuple(Block(BlockKind.BODY, span.start, span.end, unit=unit) for span in spans if len(span))


def _fences(page: str, tokens: Sequence[Token], lines: Sequence[int]) -> list[Span]:
    closed = (token.map for token in tokens if token.type == "fence" and _is_closed(page, token, lines))
    return [Span(lines[place[0]], lines[place[1]]) for place in closed if place]


def _comments(page: str, start: int, fences: Iterable[Span]) -> Iterator[Span]:
    """The comments outside of code. One that is never closed is text, and so is one amid a line: a cut would leave two
    halves of a sentence.
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
        if _begins_line(page, at, start) or _LINE_BEHIND.match(page, end + 3):
            yield Span(at, end + 3)
        at = page.find("<!--", end + 3)


def _begins_line(page: str, at: int, start: int) -> bool:
    while at > start and page[at - 1] in " \t":
        at -= 1
    return at == start or page[at - 1] in "\r\n"


def _merged(spans: Iterable[Span]) -> list[Span]:
    """In order, without overlap and without empty ones."""
    merged: list[Span] = []
    for span in sorted((span for span in spans if len(span)), key=lambda span: span.start):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _without(span: Span, unread: Sequence[Span]) -> Iterator[Span]:
    """What of a span is read."""
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
    """A block without the comments in it."""
    for piece in _without(Span(block.start, block.end), unread):
        span = _stripped(page, piece)
        if len(span):
            yield replace(block, start=span.start, end=span.end)


def _blank(page: str, spans: Iterable[Span]) -> str:
    """The page with spaces in these places; its lines stay."""
    return _replaced(page, spans, lambda text: _VISIBLE.sub(" ", text))


def _spaced(page: str, spans: Iterable[Span]) -> str:
    """The page with spaces in these places and for the white space behind them, so that they make no gap wider."""
    behind = ((span, _SPACE.match(page, span.end)) for span in spans)
    wider = [Span(span.start, space.end()) for span, space in behind if space]
    return _replaced(page, _merged(wider), lambda text: " " * len(text))


def _replaced(page: str, spans: Iterable[Span], by: Callable[[str], str]) -> str:
    pieces = []
    at = 0
    for span in spans:
        pieces += [page[at : span.start], by(page[span.start : span.end])]
        at = span.end
    return "".join([*pieces, page[at:]])


def _stripped(page: str, span: Span) -> Span:
    text = page[span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    return Span(start, start + len(text.strip()))


def _moved(block: Block, by: int) -> Block:
    byline = Span(block.byline.start + by, block.byline.end + by) if block.byline else None
    return replace(block, start=block.start + by, end=block.end + by, byline=byline)
