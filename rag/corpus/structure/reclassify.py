"""Correct the kinds of blocks by their neighbours.

Some dates are bylines, and some captions and broken sentences look like headings.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise, takewhile

from rag.corpus.dates import day
from rag.corpus.structure.blocks import Block, BlockKind
from rag.corpus.structure.continuation import Continuation
from rag.corpus.structure.shapes import LIST_MARK, ends_sentence, is_rule, width
from rag.corpus.structure.titles import overlap
from rag.text import clean, simplify
from rag.types import Span

#: Unmarked text in the middle of an article that is wider than this without a space is a broken sentence, not a
#: sub-heading.
SUBHEADING_WIDTH = 22
#: Line ends that make two blank lines.
_WIDE_GAP = 3
#: The first clause of a news story names a day or a source.
_NEWS_OPENING = re.compile(
    r"\s*[^。]{0,6}?(?:\d{1,2}\s*月\s*\d{1,2}\s*日|[昨今][天日晚]|日前|近日|连日来|记者[^。，,]{0,14}(?:获悉|了解到))"
)
_LEAD = 80
_MIN_OVERLAP = 0.5
_MIN_HEADLINE = 7
_MAX_HEADINGS = 4


def reclassify(page: str, blocks: list[Block], continuation: Continuation, *, noisy: bool) -> list[Block]:
    """The blocks with their kinds corrected and without page furniture."""
    reclassified: list[Block] = []
    nothing = Block(BlockKind.FURNITURE, len(page), len(page))
    padded = [*blocks, nothing, nothing]
    for i, block in enumerate(blocks):
        before, after, second = reclassified[-1] if reclassified else nothing, padded[i + 1], padded[i + 2]
        kind, byline = block.kind, block.byline
        if kind is BlockKind.FURNITURE:
            if not _is_dated(page, before, block, after):
                continue
            kind, byline = BlockKind.BYLINE, Span(block.start, block.end)
        elif (
            kind is BlockKind.HEADING
            and not block.level
            and (
                _is_caption(page, block, after, second)
                or (reclassified and _is_fragment(page, (before, block, after), continuation, noisy))
            )
        ):
            kind = BlockKind.BODY
        reclassified.append(replace(block, kind=kind, byline=byline))
    return _mark_headlines(page, reclassified)


def day_of_page(page: str, blocks: list[Block]) -> str | None:
    """The day that the dates at the head and foot of the page name, or ``None`` if they differ.

    ``blocks`` still include page furniture.
    """
    days = {day(block.text(page)) for block in blocks if block.kind is BlockKind.FURNITURE} - {None}
    return days.pop() if len(days) == 1 else None


def _is_dated(page: str, before: Block, block: Block, after: Block) -> bool:
    """Whether a date stands in the place of a byline: between a headline and its text."""
    plain = after.kind is BlockKind.BODY and not after.dateline
    return before.kind is BlockKind.HEADING and plain and not is_rule(block.text(page))


def _is_caption(page: str, block: Block, credit: Block, after: Block) -> bool:
    """Whether a line above a photographer's credit is a caption. It could be the headline of a photographer's story."""
    if credit.kind is not BlockKind.CREDIT:
        return False
    return after.kind is not BlockKind.BODY or after.dateline or re.search("[，,]", block.text(page)) is not None


def _is_fragment(page: str, neighbours: tuple[Block, Block, Block], continuation: Continuation, noisy: bool) -> bool:
    """Whether what looks like a heading (the middle block) is a piece of a broken sentence."""
    before, block, after = neighbours
    if after.kind is not BlockKind.BODY or after.dateline:
        return False
    if (
        before.kind is BlockKind.BODY
        and continuation.continues(before, block)
        and continuation.splits_word(before, block)
    ):
        return True
    segments = clean(block.text(page), noisy=noisy).split()
    long = max(width(segment) for segment in segments) > SUBHEADING_WIDTH
    return (long or after.text(page)[0].islower()) and continuation.continues(block, after)


def _mark_headlines(page: str, blocks: list[Block]) -> list[Block]:
    """Set ``apart`` for headings with a wider gap above them than the page's paragraphs have, or above news."""
    gaps = [0, *(page[a.end : b.start].count("\n") for a, b in pairwise(blocks))]
    text = [gap for gap, block in zip(gaps, blocks, strict=False) if block.kind is BlockKind.BODY]
    limit = max(_WIDE_GAP, max(text, default=0) + 1)
    return [
        replace(block, apart=gap >= limit or _heads_news(page, blocks, i)) if block.kind is BlockKind.HEADING else block
        for i, (gap, block) in enumerate(zip(gaps, blocks, strict=False))
    ]


def _heads_news(page: str, blocks: list[Block], i: int) -> bool:
    """Whether the text below the headings opens like news and repeats one of them, which sections seldom do."""
    if not i or blocks[i - 1].kind is not BlockKind.BODY or not ends_sentence(blocks[i - 1].text(page)):
        return False
    headings = list(takewhile(lambda block: block.kind is BlockKind.HEADING, blocks[i : i + _MAX_HEADINGS]))
    body = blocks[i + len(headings)] if i + len(headings) < len(blocks) else None
    if body is None or body.kind is not BlockKind.BODY or any(heading.level for heading in headings):
        return False
    lead = simplify(body.text(page)[:_LEAD])
    if not _NEWS_OPENING.match(lead):
        return False
    return any(_is_repeated(simplify(heading.text(page)), lead) for heading in headings)


def _is_repeated(heading: str, lead: str) -> bool:
    long = width(heading) >= _MIN_HEADLINE and not LIST_MARK.match(heading)
    return long and overlap(heading, lead) >= _MIN_OVERLAP
