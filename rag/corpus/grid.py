"""A table as lines of text: one line a row, the name of its column before each value.

So a value is never read without its row and its column, and a quoted line says what it means. Where nothing tells
whether the first row is a header, as in forms of names and values, rows stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

#: A longer text is no value: such a table only lays out a page.
MAX_CELL = 300
_YEAR_OR_MONTH = re.compile(r"(?:19|20)\d\d(?:年|年度)?|\d{1,2}月份?|[Qq][1-4]")
_NUMBER = re.compile(r"[-+−±~约近≈$¥￥€£]*\d")


@dataclass(frozen=True, eq=False, slots=True)
class Cell:
    """A cell; one that is merged stands in each place that it covers, and is told by identity."""

    text: str


Grid = Sequence[Sequence[Cell | None]]


def table_lines(grid: Grid, heads: int | None = None) -> list[str]:
    """The lines of a table. ``heads`` says how many of its first rows are marked as header, ``None``: it is not known.

    >>> rows = [["站点", "首班", "末班"], ["东门", "6:10", "21:30"]]
    >>> table_lines([[Cell(text) for text in row] for row in rows])
    ['站点 东门\\t首班 6:10\\t末班 21:30']
    """
    rows = [row for row in grid if any(cell and cell.text for cell in row)]
    lines: list[str] = []
    while rows and _is_banner(rows[0]):
        lines += _joined(rows[0], ())
        rows = rows[1:]
        heads = None if heads is None else max(0, heads - 1)
    count = _heads(rows) if heads is None else heads
    if count >= len(rows):
        count = 0
    names = _names(rows[:count])
    for row in rows[count:]:
        if count and [_text(cell) for cell in row] == [_text(cell) for cell in rows[0]]:
            continue  # the header again, on another page
        lines += _joined(row, () if _is_banner(row) else names)
    return lines


def _text(cell: Cell | None) -> str:
    return cell.text if cell else ""


def _is_banner(row: Sequence[Cell | None]) -> bool:
    """Whether one cell is as wide as the table: a title, or the heading of the rows below."""
    return len(row) > 1 and row[0] is not None and all(cell is row[0] for cell in row)


def _names(header: Grid) -> Sequence[str]:
    """The name of each column, from all rows of the header."""
    return [
        " ".join(dict.fromkeys(_text(cell) for cell in column if _text(cell))) for column in zip(*header, strict=False)
    ]


def _joined(row: Sequence[Cell | None], names: Sequence[str]) -> list[str]:
    values = []
    for _, group in groupby(enumerate(row), key=lambda pair: id(pair[1])):
        places = list(group)
        cell = places[0][1]
        if cell and cell.text:
            named = dict.fromkeys(names[place] for place, _ in places if place < len(names) and names[place])
            values.append(" ".join([*(name for name in named if name != cell.text), cell.text]))
    return ["\t".join(values)] if values else []


def _heads(rows: Grid) -> int:
    """How many rows look like a header."""
    if len(rows) < 2:
        return 0
    count = 1 + max(_further_rows(rows, cell) for cell in rows[0])
    header, body = rows[0], rows[count:]
    texts = [_text(cell) for cell in header]
    width = len(texts)
    if width < 2 or not body or not all(texts[1:]) or any(map(_is_number, texts)) or max(map(len, texts)) > 30:
        return 0
    if any(text.endswith((":", "：", "。")) for text in texts) or (count == 1 and len(set(texts)) < width):
        return 0
    if width % 2 or _are_alike([_text(row[0]) for row in body if row]):
        return count
    # A form of names and values has an even number of columns, and names in the third.
    third = [_text(row[2]) for row in body if len(row) > 2]
    return count if width > 2 and third and all(map(_NUMBER.match, third)) else 0


def _further_rows(rows: Grid, cell: Cell | None) -> int:
    """How many rows below the first a cell of it reaches; one that covers several columns has names below it."""
    covered = [column for column, other in enumerate(rows[0]) if other is cell]
    reach = 0
    while cell and reach + 1 < len(rows) and len(rows[reach + 1]) > covered[0] and rows[reach + 1][covered[0]] is cell:
        reach += 1
    return max(reach, 1 if cell and len(covered) > 1 else 0)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.match(text)) and not _YEAR_OR_MONTH.fullmatch(text)


def _are_alike(texts: Sequence[str]) -> bool:
    """Whether these name things of one kind: 周一, 周二 or 东门站, 北门站, or are numbers."""
    if len(texts) < 2 or not all(texts):
        return False
    same = len({text[0] for text in texts}) == 1 or len({text[-1] for text in texts}) == 1
    return same or all(map(_NUMBER.match, texts))
