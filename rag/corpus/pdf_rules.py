"""Tables that a page draws with lines: which cell each character stands in."""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

#: Lines this close are one: cells may have borders of their own, with a little space between.
_SAME = 3.6
_THIN = 3.0
#: A page with more lines is a drawing.
_MAX_RULES = 5000
_MAX_LINES_OF_CELLS = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """A line at ``at`` (y if it is level, x if it is upright), from ``start`` to ``end``."""

    at: float
    start: float
    end: float
    level: bool


@dataclass(slots=True)
class RuledTable:
    """A grid of lines; ``cells`` has the number of the cell in each place, merged cells in several."""

    columns: list[float]
    rows: list[float]  # from the bottom
    cells: list[list[int]] = field(default_factory=list)  # from the top

    def cell_at(self, x: float, y: float) -> int | None:
        """The number of the cell in which a point lies, ``None`` outside of the table."""
        column, row = bisect_right(self.columns, x) - 1, bisect_right(self.rows, y) - 1
        if not (0 <= column < len(self.columns) - 1 and 0 <= row < len(self.rows) - 1):
            return None
        return self.cells[len(self.rows) - 2 - row][column]


def drawn_rules(page: Any) -> list[Rule]:
    """The level and upright lines that the page draws; none of a drawing."""
    rules: list[Rule] = []
    for rule in _rules(page):
        rules.append(rule)
        if len(rules) > _MAX_RULES:
            return []
    return rules


def ruled_tables(rules: Sequence[Rule]) -> list[RuledTable]:
    """The tables with at least two rows and two columns that these lines make."""
    return [table for group in _touching(rules) if (table := _table(group))]


def _rules(page: Any) -> Iterator[Rule]:
    from pypdfium2 import raw

    for shape in _paths(page):
        mode, stroked = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(shape.raw, mode, stroked)
        left, bottom, right, top = shape.get_bounds()
        thin = min(right - left, top - bottom) <= _THIN
        if thin and (mode.value or stroked.value):
            yield from _rule((left, bottom), (right, top))
        elif stroked.value:
            for a, b in pairwise(_points(shape)):
                yield from _rule(a, b)


def _paths(page: Any) -> Iterator[Any]:
    """The lines and shapes that stand on the page itself; a page has many more characters, which are passed over."""
    from pypdfium2 import PdfObject, raw

    for i in range(raw.FPDFPage_CountObjects(page.raw)):
        shape = raw.FPDFPage_GetObject(page.raw, i)
        if raw.FPDFPageObj_GetType(shape) == raw.FPDF_PAGEOBJ_PATH:
            yield PdfObject(shape, page=page, pdf=page.pdf)


def _rule(a: tuple[float, float], b: tuple[float, float]) -> Iterator[Rule]:
    width, height = abs(a[0] - b[0]), abs(a[1] - b[1])
    if height <= _THIN < width:
        yield Rule((a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0]), level=True)
    elif width <= _THIN < height:
        yield Rule((a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1]), level=False)


def _points(shape: Any) -> list[tuple[float, float]]:
    """The corners of a path on the page; nothing for one with curves."""
    from pypdfium2 import raw

    points: list[tuple[float, float]] = []
    matrix = shape.get_matrix()
    start: tuple[float, float] | None = None
    for i in range(min(raw.FPDFPath_CountSegments(shape), 2 * _MAX_RULES)):
        segment = raw.FPDFPath_GetPathSegment(shape, i)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_BEZIERTO:
            return []
        x, y = ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            points.append((float("nan"), float("nan")))  # no line leads here
            start = point
        points.append(point)
        if raw.FPDFPathSegment_GetClose(segment) and start:
            points.append(start)
    return points


def _touching(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The rules by what they touch or cross, directly or through others."""
    parents = list(range(len(rules)))
    levels = sorted((i for i, rule in enumerate(rules) if rule.level), key=lambda i: rules[i].at)
    heights = [rules[i].at for i in levels]
    for i, upright in enumerate(rules):
        if upright.level:
            continue
        for j in levels[bisect_right(heights, upright.start - _SAME) :]:
            level = rules[j]
            if level.at > upright.end + _SAME:
                break
            if level.start - _SAME <= upright.at <= level.end + _SAME:
                parents[_root(parents, i)] = _root(parents, j)
    groups: dict[int, list[Rule]] = {}
    for i, rule in enumerate(rules):
        groups.setdefault(_root(parents, i), []).append(rule)
    return list(groups.values())


def _root(parents: list[int], i: int) -> int:
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


def _table(rules: Sequence[Rule]) -> RuledTable | None:
    rows = _places(rule.at for rule in rules if rule.level)
    columns = _places(rule.at for rule in rules if not rule.level)
    if not (3 <= len(rows) <= _MAX_LINES_OF_CELLS * 4 and 3 <= len(columns) <= _MAX_LINES_OF_CELLS):
        return None
    table = RuledTable(columns, rows)
    width, height = len(columns) - 1, len(rows) - 1
    upright = [[rule for rule in rules if not rule.level and _near(rule, at)] for at in columns]
    level = [[rule for rule in rules if rule.level and _near(rule, at)] for at in rows]
    parents = list(range(width * height))
    for row in range(height):  # from the top
        top, bottom = rows[height - row], rows[height - row - 1]
        for column in range(width):
            here = row * width + column
            left, right = columns[column], columns[column + 1]
            if column + 1 < width and not _is_drawn(upright[column + 1], bottom, top):
                parents[_root(parents, here + 1)] = _root(parents, here)
            if row + 1 < height and not _is_drawn(level[height - row - 1], left, right):
                parents[_root(parents, here + width)] = _root(parents, here)
    table.cells = [[_root(parents, row * width + column) for column in range(width)] for row in range(height)]
    # One cell for all is a frame.
    return table if len({cell for line in table.cells for cell in line}) > 3 else None


def _near(rule: Rule, at: float) -> bool:
    return abs(rule.at - at) < 1.5 * _SAME


def _is_drawn(rules: Sequence[Rule], start: float, end: float) -> bool:
    """Whether one of these rules separates two neighbouring places: it covers the middle of what they share."""
    middle = (start + end) / 2
    return any(rule.start - 1 <= middle <= rule.end + 1 for rule in rules)


def _places(values: Iterable[float]) -> list[float]:
    """The middles of values that lie close together, in order."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] < _SAME and value - groups[-1][0] < 2 * _SAME:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [(group[0] + group[-1]) / 2 for group in groups]
