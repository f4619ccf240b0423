"""Find the tables that a page draws with lines (rules), and the cell in which a point lies."""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

#: Lines that are closer than this are one line: neighbouring cells may each draw their own border.
_SAME_LINE = 3.6
_THIN = 3.0
#: A page with more lines is a drawing.
_MAX_RULES = 5000
_MAX_LINES_OF_CELLS = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn line from ``start`` to ``end``; ``at`` is its y if it is horizontal, its x if it is vertical."""

    at: float
    start: float
    end: float
    horizontal: bool


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A grid of lines; ``cells`` has the number of the cell in each place. A merged cell covers several places."""

    columns: list[float]
    rows: list[float]  # from the bottom
    cells: list[list[int]]  # from the top

    def cell_at(self, x: float, y: float) -> int | None:
        """The number of the cell in which a point lies, or ``None`` outside of the table."""
        column, row = bisect_right(self.columns, x) - 1, bisect_right(self.rows, y) - 1
        if not (0 <= column < len(self.columns) - 1 and 0 <= row < len(self.rows) - 1):
            return None
        return self.cells[len(self.rows) - 2 - row][column]


def drawn_rules(page: Any) -> list[Rule]:
    """The horizontal and vertical lines that the page draws; none if there are so many that they are a drawing."""
    rules = list(islice(_rules(page), _MAX_RULES + 1))
    return rules if len(rules) <= _MAX_RULES else []


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
    """The lines and shapes on the page, without its many characters."""
    from pypdfium2 import PdfObject, raw

    for i in range(raw.FPDFPage_CountObjects(page.raw)):
        shape = raw.FPDFPage_GetObject(page.raw, i)
        if raw.FPDFPageObj_GetType(shape) == raw.FPDF_PAGEOBJ_PATH:
            yield PdfObject(shape, page=page, pdf=page.pdf)


def _rule(a: tuple[float, float], b: tuple[float, float]) -> Iterator[Rule]:
    width, height = abs(a[0] - b[0]), abs(a[1] - b[1])
    if height <= _THIN < width:
        yield Rule((a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0]), horizontal=True)
    elif width <= _THIN < height:
        yield Rule((a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1]), horizontal=False)


def _points(shape: Any) -> list[tuple[float, float]]:
    """The corners of a path on the page; none if it has curves."""
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
            points.append((float("nan"), float("nan")))  # no line leads to the next point
            start = point
        points.append(point)
        if raw.FPDFPathSegment_GetClose(segment) and start:
            points.append(start)
    return points


def _touching(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The rules in groups: those of a group touch or cross each other, directly or through others."""
    parents = list(range(len(rules)))
    by_height = sorted((i for i, rule in enumerate(rules) if rule.horizontal), key=lambda i: rules[i].at)
    heights = [rules[i].at for i in by_height]
    for i, vertical in enumerate(rules):
        if vertical.horizontal:
            continue
        for j in by_height[bisect_right(heights, vertical.start - _SAME_LINE) :]:
            horizontal = rules[j]
            if horizontal.at > vertical.end + _SAME_LINE:
                break
            if horizontal.start - _SAME_LINE <= vertical.at <= horizontal.end + _SAME_LINE:
                parents[_group(parents, i)] = _group(parents, j)
    groups: dict[int, list[Rule]] = {}
    for i, rule in enumerate(rules):
        groups.setdefault(_group(parents, i), []).append(rule)
    return list(groups.values())


def _group(parents: list[int], i: int) -> int:
    """The number of the group of ``i``, in a union-find structure."""
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


def _table(rules: Sequence[Rule]) -> RuledTable | None:
    rows = _positions(rule.at for rule in rules if rule.horizontal)
    columns = _positions(rule.at for rule in rules if not rule.horizontal)
    if not (3 <= len(rows) <= _MAX_LINES_OF_CELLS * 4 and 3 <= len(columns) <= _MAX_LINES_OF_CELLS):
        return None
    cells = _cells(rules, columns, rows)
    # Very few cells are a frame and no table.
    return RuledTable(columns, rows, cells) if len({cell for row in cells for cell in row}) > 3 else None


def _cells(rules: Sequence[Rule], columns: Sequence[float], rows: Sequence[float]) -> list[list[int]]:
    """The number of the cell in each place, from the top; places are one cell if no line separates them."""
    width, height = len(columns) - 1, len(rows) - 1
    vertical = [[rule for rule in rules if not rule.horizontal and _is_at(rule, at)] for at in columns]
    horizontal = [[rule for rule in rules if rule.horizontal and _is_at(rule, at)] for at in rows]
    parents = list(range(width * height))
    for row in range(height):  # from the top
        top, bottom = rows[height - row], rows[height - row - 1]
        for column in range(width):
            place = row * width + column
            left, right = columns[column], columns[column + 1]
            if column + 1 < width and not _is_drawn(vertical[column + 1], bottom, top):
                parents[_group(parents, place + 1)] = _group(parents, place)
            if row + 1 < height and not _is_drawn(horizontal[height - row - 1], left, right):
                parents[_group(parents, place + width)] = _group(parents, place)
    return [[_group(parents, row * width + column) for column in range(width)] for row in range(height)]


def _is_at(rule: Rule, at: float) -> bool:
    return abs(rule.at - at) < 1.5 * _SAME_LINE


def _is_drawn(rules: Sequence[Rule], start: float, end: float) -> bool:
    """Whether one of the rules separates two neighbouring places: it covers the middle of their common border."""
    middle = (start + end) / 2
    return any(rule.start - 1 <= middle <= rule.end + 1 for rule in rules)


def _positions(values: Iterable[float]) -> list[float]:
    """The values in order, with the middle in place of values that lie close together."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] < _SAME_LINE and value - groups[-1][0] < 2 * _SAME_LINE:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [(group[0] + group[-1]) / 2 for group in groups]
