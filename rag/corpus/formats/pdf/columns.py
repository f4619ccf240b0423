"""Put the runs of a page in reading order, where a file writes columns or tables row by row.

Otherwise the order of the file is kept, because page layout programs write column by column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from rag.corpus.formats.grid import Cell, table_lines
from rag.corpus.formats.pdf.runs import DROP_CAP, Run, without_letter_spacing
from rag.corpus.structure.shapes import width
from rag.text.script import UNSPACED_OR_PUNCTUATION

#: The least width of the gutter between columns, in heights of a line.
_GUTTER = 0.5
#: How many rows must leave a gutter that is narrower than a line is high. In fewer rows, spaces between words may stand
#: below one another by chance.
_NARROW_ROWS = 4
#: The greatest distance between rows of one region, in heights: for rows with one run, and with several.
_FAR, _FAR_FOR_SEVERAL = 2.6, 4.5
#: A line with at least this share of the widest line's width fills its column.
_FULL = 0.8
_PROSE_WIDTH = 5
_MARKS = tuple("，。、；：！？,.;:!?")
_TOLERANCE = 0.05
_MIN_OVERLAP = 0.15


@dataclass(frozen=True, slots=True)
class _Row:
    """Runs beside one another, from left to right."""

    runs: tuple[Run, ...]

    @property
    def top(self) -> float:
        return max(run.top for run in self.runs)

    @property
    def bottom(self) -> float:
        return min(run.bottom for run in self.runs)

    @property
    def height(self) -> float:
        return median(run.height for run in self.runs)

    @property
    def pieces(self) -> _Row:
        return _Row(tuple(piece for run in self.runs for piece in run.pieces or (run,)))


Intervals = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Region:
    """Rows that leave a gutter of at least ``gap``; if ``fine``, ``cells`` are the rows with runs split into pieces."""

    rows: Sequence[_Row]
    cells: Sequence[_Row]
    gap: float
    fine: bool


def in_order(runs: Sequence[Run]) -> list[Run]:
    """The lines of a page in reading order. Outside of columns and tables, the runs of each line are joined."""
    order = {id(run): place for place, run in enumerate(runs)}
    lines_by_first_run: dict[int, list[Run]] = {}
    in_regions: set[int] = set()
    for region in _regions(_rows([run for run in runs if not run.is_row])):
        lines = _region_lines(region, order)
        if lines is not None:
            members = {id(run) for row in region.rows for run in row.runs}
            lines_by_first_run[min(members, key=lambda run: order[run])] = lines
            in_regions |= members
    result: list[Run] = []
    for in_region, group in groupby(runs, key=lambda run: id(run) in in_regions):
        if in_region:
            result += [line for run in group for line in lines_by_first_run.get(id(run), ())]
        else:
            result += _joined(list(group))
    return result


def _rows(runs: Sequence[Run]) -> list[_Row]:
    """The runs in rows, from the top. A run belongs to a row if it overlaps the first run and is beside all runs.

    Overlapping is enough, because the lines of two columns need not be at the same height.
    """
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -(run.top + run.bottom)):
        if rows:
            first = rows[-1][0]
            overlap = min(first.top, run.top) - max(first.bottom, run.bottom)
            beside = all(
                run.left > other.right - _TOLERANCE or run.right < other.left + _TOLERANCE for other in rows[-1]
            )
            if overlap > _MIN_OVERLAP * min(first.height, run.height) and beside:
                rows[-1].append(run)
                continue
        rows.append([run])
    return [_Row(tuple(sorted(row, key=lambda run: run.left))) for row in rows]


def _regions(rows: Sequence[_Row]) -> Iterator[_Region]:
    """The regions in which rows leave a gutter: between runs, or else between the pieces of runs."""
    i = 0
    while i < len(rows):
        wide = _wide_region(rows, i)
        fine = () if wide else _fine_region(rows, i)
        if wide:
            yield _Region(wide, wide, _GUTTER * median(row.height for row in wide), fine=False)
        elif fine:
            yield _Region(rows[i : i + len(fine)], fine, _TOLERANCE * fine[0].height, fine=True)
        i += max(1, len(wide), len(fine))


def _wide_region(rows: Sequence[_Row], start: int) -> Sequence[_Row]:
    region = [rows[start]]
    intervals = _intervals(rows[start].runs, _GUTTER * rows[start].height)
    if len(intervals) < 2:
        return ()
    steps: list[float] = []
    for above, row in pairwise(rows[start:]):
        size = min(above.height, row.height)
        step = above.bottom - row.bottom
        far = step > (_FAR if len(row.runs) < 2 else _FAR_FOR_SEVERAL) * size
        if far or max(above.height, row.height) > 1.3 * size or _is_line(row, intervals, steps, step):
            break
        merged = _merged([*intervals, *((run.left, run.right) for run in row.runs)], _GUTTER * size)
        if len(merged) < 2 or (len(region) > 1 and len(merged) < len(intervals)):
            break
        region.append(row)
        intervals = merged
        steps.append(step)
    several = sum(len(row.runs) > 1 for row in region)
    gutter = min(b[0] - a[1] for a, b in pairwise(intervals))
    return region if several >= (2 if gutter > median(row.height for row in region) else _NARROW_ROWS) else ()


def _is_line(row: _Row, intervals: Intervals, steps: Sequence[float], step: float) -> bool:
    """Whether a row below columns is not part of them: it stands apart and is a table or a line, or fits no column."""
    if len(row.runs) > 1:
        return len(row.runs) > len(intervals) and bool(steps) and step > 1.4 * median(steps)
    return not steps or step > 1.4 * median(steps) or not _places(row.runs[0], intervals)


def _places(run: Run, intervals: Intervals) -> list[int]:
    return [i for i, (left, right) in enumerate(intervals) if min(run.right, right) - max(run.left, left) > _TOLERANCE]


def _intervals(runs: Iterable[Run], gap: float) -> Intervals:
    return _merged([(run.left, run.right) for run in runs], gap)


def _merged(intervals: Intervals, gap: float) -> Intervals:
    """The intervals from left to right; those that are less than ``gap`` apart are joined."""
    merged: Intervals = []
    for left, right in sorted(intervals):
        if merged and left - merged[-1][1] < gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def _fine_region(rows: Sequence[_Row], start: int) -> Sequence[_Row]:
    """Rows whose pieces stand below one another: a table with narrow gaps. Cells may be empty."""
    region: list[_Row] = []
    intervals: Intervals = []
    most = 0
    for row in rows[start:]:
        fine = row.pieces
        if len(fine.runs) < 2 or (region and _far(region[-1], fine)):
            break
        merged = _merged([*intervals, *((run.left, run.right) for run in fine.runs)], _TOLERANCE * fine.height)
        most = max(most, len(fine.runs))
        if len(merged) != most or 2 * len(fine.runs) < most or len(_columns_used(fine, merged)) < len(fine.runs):
            break
        region.append(fine)
        intervals = merged
    full = sum(len(row.runs) == most for row in region)
    return region if len(region) > 2 and 2 * full >= len(region) else ()


def _columns_used(row: _Row, intervals: Intervals) -> set[int]:
    return {place for run in row.runs for place in _places(run, intervals)[:1]}


def _far(above: _Row, row: _Row) -> bool:
    return above.bottom - row.bottom > _FAR * min(above.height, row.height)


def _region_lines(region: _Region, order: dict[int, int]) -> list[Run] | None:
    """The lines of a region in reading order; ``None`` if the order of the file is right."""
    intervals = _intervals((run for row in region.cells for run in row.runs), region.gap)
    if not region.fine:
        columns = [
            _joined([run for row in region.rows for run in row.runs if _places(run, [span])[:1]]) for span in intervals
        ]
        if all(map(_is_prose, columns)) and _has_marks(columns):
            return (
                [line for column in columns for line in column] if _is_interleaved(region, intervals, order) else None
            )
    return _table(region.cells, intervals)


def _is_prose(column: Sequence[Run]) -> bool:
    """Whether a column is running text: its lines, except for the last one, fill its width."""
    widest = max(run.right - run.left for run in column)
    lines = column[:-1] or column
    full = sum(run.right - run.left > _FULL * widest for run in lines)
    return 5 * full >= 3 * len(lines) and median(width(run.text) for run in column) >= _PROSE_WIDTH


def _has_marks(columns: Sequence[Sequence[Run]]) -> bool:
    """Whether the columns have punctuation, or lines too long for cells of a table."""
    lines = [run.text for column in columns for run in column]
    punctuated = sum(any(mark in line for mark in _MARKS) for line in lines)
    return 4 * punctuated >= len(lines) or median(map(width, lines)) > 15


def _is_interleaved(region: _Region, intervals: Intervals, order: dict[int, int]) -> bool:
    """Whether the file switches back and forth between the columns."""
    places = sorted((order[id(run)], _places(run, intervals)[0]) for row in region.rows for run in row.runs)
    return sum(a != b for (_, a), (_, b) in pairwise(places)) >= len(intervals)


def _table(region: Sequence[_Row], intervals: Intervals) -> list[Run]:
    grid: list[list[list[Run]]] = []
    gaps = [
        above.bottom - row.top
        for above, row in pairwise(region)
        if len(_columns_used(row, intervals)) == len(intervals)
    ]
    usual_gap = median(gaps) if gaps else 0.0
    for above, row in zip([None, *region], region, strict=False):
        cells: list[list[Run]] = [[] for _ in intervals]
        for run in row.runs:
            cells[_places(run, intervals)[0]].append(run)
        if above is not None and grid and _continues(above, row, cells, usual_gap):
            for place, cell in enumerate(cells):
                grid[-1][place] += cell
        else:
            grid.append(cells)
    texts = [[Cell(cell_text(cell)) for cell in cells] for cells in grid]
    if len(intervals) > 3 and all(len(cell.text) < 2 for row in texts for cell in row):  # letter-spaced text
        return [replace(row.runs[0], text="".join(run.text for run in row.runs)) for row in region]
    first, last = region[0].runs[0], region[-1]
    height = region[0].height
    lines = table_lines(texts)
    step = (first.bottom - last.bottom) / max(1, len(lines) - 1) if len(lines) > 1 else 0.0
    return [
        Run(
            line,
            intervals[0][0],
            intervals[-1][1],
            first.bottom - n * step,
            first.bottom - n * step + height,
            is_row=True,
        )
        for n, line in enumerate(lines)
    ]


def _continues(above: _Row, row: _Row, cells: Sequence[Sequence[Run]], usual_gap: float) -> bool:
    """Whether a row is a further line of the cells above: it follows closely, and its first column is empty.

    The first column may be filled if another cell is empty and ``usual_gap``, the one above full rows, is over twice
    as large.
    """
    filled = sum(bool(cell) for cell in cells)
    gap = above.bottom - row.top
    if gap >= 0.4 * row.height:
        return False
    return (not cells[0] and 2 * filled <= len(cells)) or (filled < len(cells) and 2 * gap < usual_gap)


def cell_text(cell: Iterable[Run]) -> str:
    """The lines of a cell on one line."""
    text = ""
    for run in cell:
        words = without_letter_spacing(run.text.strip())
        chinese = text and UNSPACED_OR_PUNCTUATION.match(text[-1]) and UNSPACED_OR_PUNCTUATION.match(words[:1])
        text += words if not text or chinese else f" {words}"
    return " ".join(text.split())


def _joined(runs: Sequence[Run]) -> list[Run]:
    """The lines: runs that follow one another on one line are joined."""
    lines: list[Run] = []
    for run in runs:
        last = lines[-1] if lines else None
        if last and _is_drop_cap(last, run):
            lines[-1] = replace(run, text=last.text + run.text, order=last.order)
        elif last and not (last.broken or last.is_row or run.is_row) and _beside(last, run):
            bottom, top = min(last.bottom, run.bottom), max(last.top, run.top)
            if 0.8 < last.height / max(run.height, 0.1) < 1.25:
                bottom, top = last.bottom, last.top
            text = f"{last.text} {run.text}"
            lines[-1] = replace(last, text=text, right=run.right, bottom=bottom, top=top, broken=run.broken, pieces=())
        else:
            lines.append(run)
    return [replace(line, text=without_letter_spacing(line.text)) for line in lines]


def _is_drop_cap(last: Run, run: Run) -> bool:
    """Whether ``last`` is the large first character of the paragraph that continues with ``run``."""
    if len(last.text.strip()) != 1 or last.is_row or last.height < DROP_CAP * run.height:
        return False
    return last.bottom < run.bottom < last.top and 0 <= run.left - last.right + 0.3 * run.height < 2 * run.height


def _beside(last: Run, run: Run) -> bool:
    overlap = min(last.top, run.top) - max(last.bottom, run.bottom)
    return run.left >= last.right - 0.2 * last.height and overlap > 0.5 * min(last.height, run.height)
