"""What a block is by its neighbours: dates, and captions and broken sentences that look like headings."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise, takewhile

from rag.corpus.blocks import Block, BlockKind
from rag.corpus.dates import day
from rag.corpus.joints import Joints
from rag.corpus.shapes import LIST_MARK, ends_sentence, is_rule, width
from rag.corpus.titles import overlap
from rag.text import clean, simplify
from rag.types import Span

#: What is longer without a space, unmarked, in the middle of an article is a broken sentence, not a sub-heading.
SUBHEADING_WIDTH = 22
#: So many line ends are two blank lines.
_WIDE_GAP = 3
#: News says when, or who told it, within its first clause.
_OPENING = re.compile(
    r"\s*[^。]{0,6}?(?:\d{1,2}\s*月\s*\d{1,2}\s*日|[昨今][天日晚]|日前|近日|连日来|记者[^。，,]{0,14}(?:获悉|了解到))"
)
_LEAD = 80
_SAID_AGAIN = 0.5
_MIN_HEADLINE = 7
_MAX_RUN = 4


def settle(page: str, found: list[Block], joints: Joints, *, noisy: bool) -> list[Block]:
    """The blocks, with their kinds corrected; page furniture is left out."""
    settled: list[Block] = []
    nothing = Block(BlockKind.FURNITURE, len(page), len(page))
    padded = [*found, nothing, nothing]
    for i, block in enumerate(found):
        before, after, second = settled[-1] if settled else nothing, padded[i + 1], padded[i + 2]
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
                or (settled and _is_fragment(page, (before, block, after), joints, noisy))
            )
        ):
            kind = BlockKind.BODY
        settled.append(replace(block, kind=kind, byline=byline))
    return _set_apart(page, settled)


def day_of_page(page: str, found: list[Block]) -> str | None:
    """The one day that the dates at the head and foot of the page tell; ``found`` is what ``blocks`` found."""
    days = {day(block.text(page)) for block in found if block.kind is BlockKind.FURNITURE} - {None}
    return days.pop() if len(days) == 1 else None


def _is_dated(page: str, before: Block, block: Block, after: Block) -> bool:
    """Whether a date stands where a byline would: between a headline and its text."""
    plain = after.kind is BlockKind.BODY and not after.dateline
    return before.kind is BlockKind.HEADING and plain and not is_rule(block.text(page))


def _is_caption(page: str, block: Block, credit: Block, after: Block) -> bool:
    """Whether a line over a photographer's credit is the caption, and not the headline of a photographer's story."""
    if credit.kind is not BlockKind.CREDIT:
        return False
    return after.kind is not BlockKind.BODY or after.dateline or re.search("[，,]", block.text(page)) is not None


def _is_fragment(page: str, neighbours: tuple[Block, Block, Block], joints: Joints, noisy: bool) -> bool:
    before, block, after = neighbours
    if after.kind is not BlockKind.BODY or after.dateline:
        return False
    if before.kind is BlockKind.BODY and joints.goes_on(before, block) and joints.one_word(before, block):
        return True
    segments = clean(block.text(page), noisy=noisy).split()
    long = max(width(segment) for segment in segments) > SUBHEADING_WIDTH
    return (long or after.text(page)[0].islower()) and joints.goes_on(block, after)


def _set_apart(page: str, found: list[Block]) -> list[Block]:
    """Mark the headings that stand further below the text above than the page's paragraphs do."""
    gaps = [0, *(page[a.end : b.start].count("\n") for a, b in pairwise(found))]
    text = [gap for gap, block in zip(gaps, found, strict=False) if block.kind is BlockKind.BODY]
    limit = max(_WIDE_GAP, max(text, default=0) + 1)
    return [
        replace(block, apart=gap >= limit or _heads_news(page, found, i)) if block.kind is BlockKind.HEADING else block
        for i, (gap, block) in enumerate(zip(gaps, found, strict=False))
    ]


def _heads_news(page: str, found: list[Block], i: int) -> bool:
    """Whether headings stand over a text that opens as news does and says one of them again: sections seldom do."""
    if not i or found[i - 1].kind is not BlockKind.BODY or not ends_sentence(found[i - 1].text(page)):
        return False
    run = list(takewhile(lambda block: block.kind is BlockKind.HEADING, found[i : i + _MAX_RUN]))
    body = found[i + len(run)] if i + len(run) < len(found) else None
    if body is None or body.kind is not BlockKind.BODY or any(block.level for block in run):
        return False
    lead = simplify(body.text(page)[:_LEAD])
    return _OPENING.match(lead) is not None and any(_is_said_again(simplify(b.text(page)), lead) for b in run)


def _is_said_again(heading: str, lead: str) -> bool:
    long = width(heading) >= _MIN_HEADLINE and not LIST_MARK.match(heading)
    return long and overlap(heading, lead) >= _SAID_AGAIN
