"""The runs of a page in reading order: columns that a file writes row by row, and the rows of tables.

The order of the file is kept otherwise, because programs that lay out pages write column by column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from rag.corpus.grid import Cell, table_lines
from rag.corpus.pdf_lines import INITIAL, Run, drawn_together
from rag.corpus.shapes import width
from rag.text.script import UNSPACED_OR_PUNCTUATION

#: Columns of text are so many heights of a line apart.
_GUTTER = 0.5
#: So many lines with a gutter narrower than they are high; in fewer it may be spaces that stand below one another.
_NARROW_ROWS = 4
#: Lines of one region are not further apart than so many heights; those that have text in several columns are not
#: further apart than so many.
_FAR, _APART = 2.6, 4.5
_FULL = 0.8
_PROSE_WIDTH = 5
_MARKS = tuple("，。、；：！？,.;:!?")
_BIT = 0.05
_LEVEL = 0.15


@dataclass(frozen=True, slots=True)
class _Row:
    """The runs beside one another, from the left."""

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


Spans = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Region:
    """Rows that leave a gutter of at least ``gap``; ``cells`` are what stands in them, pieces of runs if ``fine``."""

    rows: Sequence[_Row]
    cells: Sequence[_Row]
    gap: float
    fine: bool


def in_order(runs: Sequence[Run]) -> list[Run]:
    """The lines of a page as they are read. What stands on one line outside of columns and tables is joined."""
    order = {id(run): place for place, run in enumerate(runs)}
    moved: dict[int, list[Run]] = {}
    gone: set[int] = set()
    for region in _regions(_rows([run for run in runs if not run.is_row])):
        read = _read(region, order)
        if read is not None:
            members = {id(run) for row in region.rows for run in row.runs}
            moved[min(members, key=lambda name: order[name])] = read
            gone |= members
    result: list[Run] = []
    for is_moved, group in groupby(runs, key=lambda run: id(run) in gone):
        if is_moved:
            result += [line for run in group for line in moved.get(id(run), ())]
        else:
            result += _joined(list(group))
    return result


def _rows(runs: Sequence[Run]) -> list[_Row]:
    """The runs by rows, from the top: what overlaps with the first run of a row, and stands beside all, is in it.

    The lines of columns need not stand level.
    """
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -(run.top + run.bottom)):
        if rows:
            first = rows[-1][0]
            overlap = min(first.top, run.top) - max(first.bottom, run.bottom)
            beside = all(run.left > other.right - _BIT or run.right < other.left + _BIT for other in rows[-1])
            if overlap > _LEVEL * min(first.height, run.height) and beside:
                rows[-1].append(run)
                continue
        rows.append([run])
    return [_Row(tuple(sorted(row, key=lambda run: run.left))) for row in rows]


def _regions(rows: Sequence[_Row]) -> Iterator[_Region]:
    """Rows below one another that leave a gutter: first those with wide gaps, then those of the file's pieces."""
    i = 0
    while i < len(rows):
        wide = _wide_region(rows, i)
        fine = () if wide else _fine_region(rows, i)
        if wide:
            yield _Region(wide, wide, _GUTTER * median(row.height for row in wide), fine=False)
        elif fine:
            yield _Region(rows[i : i + len(fine)], fine, _BIT * fine[0].height, fine=True)
        i += max(1, len(wide), len(fine))


def _wide_region(rows: Sequence[_Row], start: int) -> Sequence[_Row]:
    region = [rows[start]]
    spans = _spans(rows[start].runs, _GUTTER * rows[start].height)
    if len(spans) < 2:
        return ()
    steps: list[float] = []
    for above, row in pairwise(rows[start:]):
        size = min(above.height, row.height)
        step = above.bottom - row.bottom
        far = step > (_FAR if len(row.runs) < 2 else _APART) * size
        if far or max(above.height, row.height) > 1.3 * size or _is_line(row, spans, steps, step):
            break
        merged = _merged([*spans, *((run.left, run.right) for run in row.runs)], _GUTTER * size)
        if len(merged) < 2 or (len(region) > 1 and len(merged) < len(spans)):
            break
        region.append(row)
        spans = merged
        steps.append(step)
    several = sum(len(row.runs) > 1 for row in region)
    gutter = min(b[0] - a[1] for a, b in pairwise(spans))
    return region if several >= (2 if gutter > median(row.height for row in region) else _NARROW_ROWS) else ()


def _is_line(row: _Row, spans: Spans, steps: Sequence[float], step: float) -> bool:
    """Whether a row below columns is no part of them: a table that stands apart, a line that does, or a wide one."""
    if len(row.runs) > 1:
        return len(row.runs) > len(spans) and bool(steps) and step > 1.4 * median(steps)
    return not steps or step > 1.4 * median(steps) or not _places(row.runs[0], spans)


def _places(run: Run, spans: Spans) -> list[int]:
    return [i for i, (left, right) in enumerate(spans) if min(run.right, right) - max(run.left, left) > _BIT]


def _spans(runs: Iterable[Run], gap: float) -> Spans:
    return _merged([(run.left, run.right) for run in runs], gap)


def _merged(spans: Spans, gap: float) -> Spans:
    """Spans that are less than ``gap`` apart as one."""
    merged: Spans = []
    for left, right in sorted(spans):
        if merged and left - merged[-1][1] < gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def _fine_region(rows: Sequence[_Row], start: int) -> Sequence[_Row]:
    """Rows of pieces that stand below one another: a table with narrow gaps. A cell may be empty."""
    region: list[_Row] = []
    spans: Spans = []
    most = 0
    for row in rows[start:]:
        fine = row.pieces
        if len(fine.runs) < 2 or (region and _far(region[-1], fine)):
            break
        merged = _merged([*spans, *((run.left, run.right) for run in fine.runs)], _BIT * fine.height)
        most = max(most, len(fine.runs))
        if len(merged) != most or 2 * len(fine.runs) < most or len(_spans_used(fine, merged)) < len(fine.runs):
            break
        region.append(fine)
        spans = merged
    full = sum(len(row.runs) == most for row in region)
    return region if len(region) > 2 and 2 * full >= len(region) else ()


def _spans_used(row: _Row, spans: Spans) -> set[int]:
    return {place for run in row.runs for place in _places(run, spans)[:1]}


def _far(above: _Row, row: _Row) -> bool:
    return above.bottom - row.bottom > _FAR * min(above.height, row.height)


def _read(region: _Region, order: dict[int, int]) -> list[Run] | None:
    """The lines of a region, ``None`` to leave it in the order of the file."""
    spans = _spans((run for row in region.cells for run in row.runs), region.gap)
    if not region.fine:
        columns = [
            _joined([run for row in region.rows for run in row.runs if _places(run, [span])[:1]]) for span in spans
        ]
        if all(map(_is_prose, columns)) and _has_marks(columns):
            return [line for column in columns for line in column] if _is_interleaved(region, spans, order) else None
    return _table(region.cells, spans)


def _is_prose(column: Sequence[Run]) -> bool:
    """Whether the lines of a column are broken by its edge; its last one is not."""
    widest = max(run.right - run.left for run in column)
    lines = column[:-1] or column
    full = sum(run.right - run.left > _FULL * widest for run in lines)
    return 5 * full >= 3 * len(lines) and median(width(run.text) for run in column) >= _PROSE_WIDTH


def _has_marks(columns: Sequence[Sequence[Run]]) -> bool:
    """Whether there are marks of sentences, or lines too long for cells."""
    lines = [run.text for column in columns for run in column]
    marked = sum(any(mark in line for mark in _MARKS) for line in lines)
    return 4 * marked >= len(lines) or median(map(width, lines)) > 15


def _is_interleaved(region: _Region, spans: Spans, order: dict[int, int]) -> bool:
    """Whether the file goes back and forth between the columns."""
    places = sorted((order[id(run)], _places(run, spans)[0]) for row in region.rows for run in row.runs)
    return sum(a != b for (_, a), (_, b) in pairwise(places)) >= len(spans)


def _table(region: Sequence[_Row], spans: Spans) -> list[Run]:
    grid: list[list[list[Run]]] = []
    gaps = [above.bottom - row.top for above, row in pairwise(region) if len(_spans_used(row, spans)) == len(spans)]
    usual = median(gaps) if gaps else 0.0
    for above, row in zip([None, *region], region, strict=False):
        cells: list[list[Run]] = [[] for _ in spans]
        for run in row.runs:
            cells[_places(run, spans)[0]].append(run)
        if above is not None and grid and _continues(above, row, cells, usual):
            for place, cell in enumerate(cells):
                grid[-1][place] += cell
        else:
            grid.append(cells)
    made = [[Cell(cell_text(cell)) for cell in cells] for cells in grid]
    if len(spans) > 3 and all(len(cell.text) < 2 for row in made for cell in row):  # characters set far apart
        return [replace(row.runs[0], text="".join(run.text for run in row.runs)) for row in region]
    first, last = region[0].runs[0], region[-1]
    height = region[0].height
    lines = table_lines(made)
    step = (first.bottom - last.bottom) / max(1, len(lines) - 1) if len(lines) > 1 else 0.0
    return [
        Run(line, spans[0][0], spans[-1][1], first.bottom - n * step, first.bottom - n * step + height, is_row=True)
        for n, line in enumerate(lines)
    ]


def _continues(above: _Row, row: _Row, cells: Sequence[Sequence[Run]], usual: float) -> bool:
    """Whether a row is the second line of cells: it follows closely, and nothing stands in its first column.

    Something may stand there if another cell is empty and whole rows are ``usual``ly twice as far apart.
    """
    filled = sum(bool(cell) for cell in cells)
    gap = above.bottom - row.top
    if gap >= 0.4 * row.height:
        return False
    return (not cells[0] and 2 * filled <= len(cells)) or (filled < len(cells) and 2 * gap < usual)


def cell_text(cell: Iterable[Run]) -> str:
    """The lines of a cell as one."""
    text = ""
    for run in cell:
        words = drawn_together(run.text.strip())
        chinese = text and UNSPACED_OR_PUNCTUATION.match(text[-1]) and UNSPACED_OR_PUNCTUATION.match(words[:1])
        text += words if not text or chinese else f" {words}"
    return " ".join(text.split())


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Runs that follow one another on one line, as one."""
    lines: list[Run] = []
    for run in runs:
        last = lines[-1] if lines else None
        if last and _is_initial(last, run):
            lines[-1] = replace(run, text=last.text + run.text, order=last.order)
        elif last and not (last.broken or last.is_row or run.is_row) and _beside(last, run):
            bottom, top = min(last.bottom, run.bottom), max(last.top, run.top)
            if 0.8 < last.height / max(run.height, 0.1) < 1.25:
                bottom, top = last.bottom, last.top
            text = f"{last.text} {run.text}"
            lines[-1] = replace(last, text=text, right=run.right, bottom=bottom, top=top, broken=run.broken, pieces=())
        else:
            lines.append(run)
    return [replace(line, text=drawn_together(line.text)) for line in lines]


def _is_initial(last: Run, run: Run) -> bool:
    """Whether the first character of a paragraph is as high as several of its lines."""
    if len(last.text.strip()) != 1 or last.is_row or last.height < INITIAL * run.height:
        return False
    return last.bottom < run.bottom < last.top and 0 <= run.left - last.right + 0.3 * run.height < 2 * run.height


def _beside(last: Run, run: Run) -> bool:
    overlap = min(last.top, run.top) - max(last.bottom, run.bottom)
    return run.left >= last.right - 0.2 * last.height and overlap > 0.5 * min(last.height, run.height)
