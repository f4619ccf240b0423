"""Write a table as lines of text: one line for each row, and in it one sentence for each value.

The sentence names the row and the column of the value, so that a quote says what the value means. If it is not clear
whether the first row is a header, as in forms of names and values, rows are written as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.text.script import UNSPACED_OR_PUNCTUATION

#: A cell with more characters is not a value: the table only arranges the page.
MAX_CELL = 300
_YEAR_OR_MONTH = re.compile(r"(?:19|20)\d\d(?:年|年度)?|\d{1,2}月份?|[Qq][1-4]")
#: Names of a column that numbers the rows.
_ORDINALS = frozenset(("序号", "序", "编号", "号", "no", "#", "nr"))
_NUMBER = re.compile(r"[-+−±~约近≈$¥￥€£]*\d")


@dataclass(frozen=True, eq=False, slots=True)
class Cell:
    """A cell. A merged cell stands in each place that it covers, as the same object."""

    text: str


Grid = Sequence[Sequence[Cell | None]]


def table_lines(grid: Grid, header_rows: int | None = None) -> list[str]:
    """The lines of a table; ``header_rows`` is the number of its header rows, ``None`` if it is not known.

    >>> rows = [["站点", "首班", "末班"], ["东门", "6:10", "21:30"]]
    >>> table_lines([[Cell(text) for text in row] for row in rows])
    ['东门，首班：6:10。\\t东门，末班：21:30。']
    """
    rows = [row for row in grid if any(cell and cell.text for cell in row)]
    lines: list[str] = []
    while rows and _is_banner(rows[0]):
        lines += _plain(rows[0])
        rows = rows[1:]
        header_rows = None if header_rows is None else max(0, header_rows - 1)
    count = _header_rows(rows) if header_rows is None else header_rows
    if count >= len(rows):
        count = 0
    names = _names(rows[:count])
    keys = _keys(rows[count:], names)
    for row in rows[count:]:
        if count and [_text(cell) for cell in row] == [_text(cell) for cell in rows[0]]:
            continue  # the header again, on another page
        lines += _named(row, names, keys) if names and not _is_banner(row) else _plain(row)
    return lines


def _text(cell: Cell | None) -> str:
    return cell.text if cell else ""


def _is_banner(row: Sequence[Cell | None]) -> bool:
    """Whether one cell is as wide as the table: a title, or a heading for the rows below."""
    return len(row) > 1 and row[0] is not None and all(cell is row[0] for cell in row)


def _names(header: Grid) -> Sequence[str]:
    """The name of each column, from all rows of the header."""
    return [
        " ".join(dict.fromkeys(_text(cell) for cell in column if _text(cell))) for column in zip(*header, strict=False)
    ]


def _keys(rows: Grid, names: Sequence[str]) -> range:
    """The columns that name a row: the first ones, as many as make every row different. Row numbers do not count."""
    first = 1 if len(names) > 2 and names[0].strip(". ").lower() in _ORDINALS else 0
    for last in range(first + 1, len(names)):
        keys = [tuple(map(_text, row[first:last])) for row in rows]
        if len(set(keys)) == len(keys):
            return range(first, last)
    return range(first, first + 1)


def _plain(row: Sequence[Cell | None]) -> list[str]:
    texts = [cell.text for cell, _ in _merged(row) if cell and cell.text]
    return ["\t".join(texts)] if texts else []


def _named(row: Sequence[Cell | None], names: Sequence[str], keys: range) -> list[str]:
    """A sentence for each value, or the name of the row alone if it has no values."""
    parts = {place.start: (cell.text, _name(names, place)) for cell, place in _merged(row) if cell and cell.text}
    spaced = not any(UNSPACED_OR_PUNCTUATION.search(text + name) for text, name in parts.values())
    colon, comma, stop = (": ", ", ", ".") if spaced else ("：", "，", "。")
    key = comma.join(
        f"{name}{colon}{text}" if name and _is_number(text) else text
        for place, (text, name) in parts.items()
        if place in keys
    )
    values = [
        f"{key}{comma if key else ''}{name}{colon if name else ''}{text.rstrip('。.')}{stop}"
        for place, (text, name) in parts.items()
        if place not in keys
    ]
    return ["\t".join(values or [key])] if parts else []


def _name(names: Sequence[str], place: range) -> str:
    return "、".join(dict.fromkeys(names[column] for column in place if column < len(names) and names[column]))


def _merged(row: Sequence[Cell | None]) -> Iterator[tuple[Cell | None, range]]:
    """Each cell of a row once, with the columns that it covers."""
    for _, group in groupby(enumerate(row), key=lambda pair: id(pair[1])):
        places = list(group)
        yield places[0][1], range(places[0][0], places[-1][0] + 1)


def _header_rows(rows: Grid) -> int:
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
    # A form of names and values has an even number of columns, and the third holds names.
    third = [_text(row[2]) for row in body if len(row) > 2]
    return count if width > 2 and third and all(map(_NUMBER.match, third)) else 0


def _further_rows(rows: Grid, cell: Cell | None) -> int:
    """How many rows below the first one belong to the header because of this cell of the first row.

    These are the rows that the cell covers, and at least one if it covers several columns: their names are below it.
    """
    covered = [column for column, other in enumerate(rows[0]) if other is cell]
    reach = 0
    while cell and reach + 1 < len(rows) and len(rows[reach + 1]) > covered[0] and rows[reach + 1][covered[0]] is cell:
        reach += 1
    return max(reach, 1 if cell and len(covered) > 1 else 0)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.match(text)) and not _YEAR_OR_MONTH.fullmatch(text)


def _are_alike(texts: Sequence[str]) -> bool:
    """Whether the texts name things of one kind (周一, 周二; 东门站, 北门站) or are all numbers."""
    if len(texts) < 2 or not all(texts):
        return False
    same = len({text[0] for text in texts}) == 1 or len({text[-1] for text in texts}) == 1
    return same or all(map(_NUMBER.match, texts))
