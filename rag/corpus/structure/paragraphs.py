"""Join the blocks of an article into paragraphs.

Blocks are joined only if nothing but white space stands between them. So the text of a paragraph differs from its
slice of the page in white space alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag.corpus.structure.blocks import Block, BlockKind
from rag.corpus.structure.continuation import Continuation
from rag.text import clean, squeeze
from rag.types import Paragraph, Span

SHORT_PARAGRAPH = 15


@dataclass(frozen=True, slots=True)
class _Part:
    """A block, or several blocks that continue each other."""

    span: Span
    heading: bool
    short: bool
    unit: int


def paragraphs(page: str, body: Iterable[Block], continuation: Continuation, *, noisy: bool) -> tuple[Paragraph, ...]:
    """The paragraphs of an article; ``body`` are its blocks in order."""
    groups = _join_short(page, _join_broken(page, body, continuation))
    return tuple(_paragraph(page, group, number, noisy) for number, group in enumerate(groups, 1))


def _paragraph(page: str, parts: list[_Part], number: int, noisy: bool) -> Paragraph:
    """Each part begins a new line, so that no sentence runs from one part into the next."""
    text = "\n".join(clean(page[part.span.start : part.span.end], noisy=noisy) for part in parts)
    return Paragraph(number=number, text=text, start=parts[0].span.start, end=parts[-1].span.end)


def _join_broken(page: str, body: Iterable[Block], continuation: Continuation) -> list[_Part]:
    runs: list[list[Block]] = []
    for block in body:
        last = runs[-1][-1] if runs else None
        prose = last is not None and BlockKind.HEADING not in (last.kind, block.kind) and not (last.unit or block.unit)
        if prose and last and _is_adjacent(page, last.end, block.start) and continuation.continues(last, block):
            runs[-1].append(block)
        else:
            runs.append([block])
    return [_part(page, run) for run in runs]


def _part(page: str, run: list[Block]) -> _Part:
    span = Span(run[0].start, run[-1].end)
    short = len(squeeze(page[span.start : span.end])) < SHORT_PARAGRAPH
    return _Part(span, heading=run[0].kind is BlockKind.HEADING, short=short, unit=run[0].unit)


def _join_short(page: str, parts: list[_Part]) -> list[list[_Part]]:
    """Join headings with the paragraph below, short paragraphs with a neighbour, and the parts of a list or table."""
    groups: list[list[_Part]] = []
    for part in parts:
        last = groups[-1][-1] if groups else None
        if last and _is_adjacent(page, last.span.end, part.span.start) and _belongs(groups, part):
            groups[-1].append(part)
        else:
            groups.append([part])
    return _join_last_heading(page, groups)


def _belongs(groups: list[list[_Part]], part: _Part) -> bool:
    last = groups[-1]
    if part.unit or last[-1].unit:
        return last[-1].heading or part.unit == last[-1].unit
    lone_short = len(groups) == 1 and len(last) == 1 and last[0].short
    return last[-1].heading or (not part.heading and (part.short or lone_short))


def _join_last_heading(page: str, groups: list[list[_Part]]) -> list[list[_Part]]:
    """Join a short heading at the very end, with no text below it, to the paragraph above."""
    if len(groups) < 2:
        return groups
    above, last = groups[-2:]
    if last[-1].heading and last[-1].short and _is_adjacent(page, above[-1].span.end, last[0].span.start):
        return [*groups[:-2], above + last]
    return groups


def _is_adjacent(page: str, end: int, start: int) -> bool:
    """Whether nothing but white space stands between two places."""
    return not page[end:start].strip()
