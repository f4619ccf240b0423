"""Find the vertical lines of a page and turn them, so that they can be read like horizontal ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from rag.corpus.formats.pdf.glyphs import RUBY_HEIGHT, Glyph
from rag.text.script import CJK

#: Fewer characters below one another than this are not vertical text.
_MIN_VERTICAL = 6


def _turned(glyph: Glyph, quarters: int) -> Glyph:
    """A glyph after the page is turned clockwise by ``quarters`` quarter turns."""
    left, right, bottom, top = glyph.left, glyph.right, glyph.bottom, glyph.top
    for _ in range(quarters):
        left, right, bottom, top = bottom, top, -right, -left
    return replace(glyph, left=left, right=right, bottom=bottom, top=top)


def by_direction(glyphs: Sequence[Glyph]) -> Iterator[tuple[list[Glyph], bool]]:
    """The glyphs of horizontal and of vertical text, each with whether it is vertical, in the order of the file.

    Glyphs that are set sideways are turned upright, except for Latin letters within vertical lines.
    """
    upright = [glyph for glyph in glyphs if not glyph.angle]
    is_vertical = dict(zip(map(id, upright), _are_vertical(upright), strict=True))
    any_vertical = any(is_vertical.values())
    groups: dict[bool, list[Glyph]] = {}
    for glyph in glyphs:
        vertical = is_vertical.get(id(glyph), any_vertical)
        groups.setdefault(vertical, []).append(_turned(glyph, glyph.angle) if glyph.angle and not vertical else glyph)
    for vertical, group in groups.items():
        yield group, vertical


def _are_vertical(glyphs: Sequence[Glyph]) -> list[bool]:
    """Which glyphs belong to vertical lines: their nearest neighbours are above and below, not beside them."""
    if _mostly_to_the_right(glyphs):
        return [False] * len(glyphs)
    flags = _neighbours_are_below(glyphs)
    if sum(flags) < _MIN_VERTICAL or 2 * sum(flags) < sum(1 for glyph in glyphs if CJK.match(glyph.text)):
        return [False] * len(glyphs)
    size = median(glyph.height for glyph in glyphs)
    return [flag or glyph.height < RUBY_HEIGHT * size for flag, glyph in zip(flags, glyphs, strict=True)]


def _mostly_to_the_right(glyphs: Sequence[Glyph]) -> bool:
    """Whether most glyphs stand directly to the right of the one before. This is a quick test for horizontal text."""
    close = sum(
        abs(a.bottom - b.bottom) < 0.4 * b.height and 0 < b.middle - a.middle < 1.25 * b.height
        for a, b in pairwise(glyphs)
    )
    return 2 * close >= len(glyphs) - 1


def _neighbours_are_below(glyphs: Sequence[Glyph]) -> list[bool]:
    """For each glyph, whether the nearest other one stands above or below it, not beside it."""
    cells: dict[tuple[int, int], list[int]] = {}
    size = median(glyph.height for glyph in glyphs) if glyphs else 1.0
    size = max(size, 0.1)
    for i, glyph in enumerate(glyphs):
        cells.setdefault((int(glyph.middle // size), int(glyph.bottom // size)), []).append(i)
    flags = []
    for i, glyph in enumerate(glyphs):
        column, row = int(glyph.middle // size), int(glyph.bottom // size)
        beside = below = 3 * size
        for dx in range(-3, 4):
            for dy in range(-3, 4):
                for j in cells.get((column + dx, row + dy), ()):
                    if j == i or glyphs[j].height < RUBY_HEIGHT * glyph.height:
                        continue
                    x, y = abs(glyphs[j].middle - glyph.middle), abs(glyphs[j].bottom - glyph.bottom)
                    if y < 0.4 * size and x > 0.2 * size:
                        beside = min(beside, x)
                    elif x < 0.4 * size and y > 0.2 * size:
                        below = min(below, y)
        flags.append(below < 0.9 * beside and below < 2 * size)
    return flags


def vertical_lines(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """The vertical lines from right to left, tier by tier; turned to the left, so that the first one is on top."""
    size = median(glyph.height for glyph in glyphs)
    # Smaller characters beside a line give the pronunciation.
    body = [glyph for glyph in glyphs if max(glyph.right - glyph.left, glyph.height) > 0.65 * size]
    columns: list[list[Glyph]] = []
    for glyph in sorted(body, key=lambda glyph: -glyph.middle):
        if columns and columns[-1][0].middle - glyph.middle < 0.5 * size:
            columns[-1].append(glyph)
        else:
            columns.append([glyph])
    lines = [line for column in columns for line in _split_at_gaps(sorted(column, key=lambda g: -g.top), size)]
    tiers = _tiers(lines)
    lines.sort(key=lambda line: (tiers[id(line)], -line[0].middle))
    for line in lines:
        yield [_turned_left(glyph) for glyph in line]


def _split_at_gaps(column: Sequence[Glyph], size: float) -> Iterator[list[Glyph]]:
    line = [column[0]]
    for above, glyph in pairwise(column):
        if above.bottom - glyph.top > 1.5 * size:
            yield line
            line = []
        line.append(glyph)
    yield line


def _tiers(lines: Sequence[Sequence[Glyph]]) -> dict[int, int]:
    """The number of the tier in which each line stands. Lines of different tiers never stand beside one another."""
    tiers: dict[int, int] = {}
    floor, tier = float("inf"), -1
    for line in sorted(lines, key=lambda line: -line[0].top):
        if line[0].top <= floor:
            tier += 1
            floor = line[-1].bottom
        floor = min(floor, line[-1].bottom)
        tiers[id(line)] = tier
    return tiers


def _turned_left(glyph: Glyph) -> Glyph:
    return replace(glyph, left=-glyph.top, right=-glyph.bottom, bottom=glyph.left, top=glyph.right, gap="")
