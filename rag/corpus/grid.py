"""A table as lines of text: one line a row, in which each value is a sentence with the names of its row and column.

So a value is never read without them, and what is quoted says what it means. Where nothing tells whether the first row
is a header, as in forms of names and values, rows stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.text.script import UNSPACED_OR_PUNCTUATION

#: A longer text is no value: such a table only lays out a page.
MAX_CELL = 300
_YEAR_OR_MONTH = re.compile(r"(?:19|20)\d\d(?:年|年度)?|\d{1,2}月份?|[Qq][1-4]")
#: What heads a column that numbers the rows.
_ORDINALS = frozenset(("序号", "序", "编号", "号", "no", "#", "nr"))
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
    ['东门，首班：6:10。\\t东门，末班：21:30。']
    """
    rows = [row for row in grid if any(cell and cell.text for cell in row)]
    lines: list[str] = []
    while rows and _is_banner(rows[0]):
        lines += _plain(rows[0])
        rows = rows[1:]
        heads = None if heads is None else max(0, heads - 1)
    count = _heads(rows) if heads is None else heads
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
    """Whether one cell is as wide as the table: a title, or the heading of the rows below."""
    return len(row) > 1 and row[0] is not None and all(cell is row[0] for cell in row)


def _names(header: Grid) -> Sequence[str]:
    """The name of each column, from all rows of the header."""
    return [
        " ".join(dict.fromkeys(_text(cell) for cell in column if _text(cell))) for column in zip(*header, strict=False)
    ]


def _keys(rows: Grid, names: Sequence[str]) -> range:
    """The columns that name a row: the first, or as many as tell the rows apart; not their number."""
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
    """A sentence for each value; a row that has none but its own name is that name."""
    parts = {place.start: (cell.text, _name(names, place)) for cell, place in _merged(row) if cell and cell.text}
    spaced = not any(UNSPACED_OR_PUNCTUATION.search(text + name) for text, name in parts.values())
    colon, comma, stop = (": ", ", ", ".") if spaced else ("：", "，", "。")
    key = comma.join(
        f"{name}{colon}{text}" if name and _is_number(text) else text
        for place, (text, name) in parts.items()
        if place in keys
    )
    said = [
        f"{key}{comma if key else ''}{name}{colon if name else ''}{text.rstrip('。.')}{stop}"
        for place, (text, name) in parts.items()
        if place not in keys
    ]
    return ["\t".join(said or [key])] if parts else []


def _name(names: Sequence[str], place: range) -> str:
    return "、".join(dict.fromkeys(names[column] for column in place if column < len(names) and names[column]))


def _merged(row: Sequence[Cell | None]) -> Iterator[tuple[Cell | None, range]]:
    """The cells of a row, each once, with the columns that it covers."""
    for _, group in groupby(enumerate(row), key=lambda pair: id(pair[1])):
        places = list(group)
        yield places[0][1], range(places[0][0], places[-1][0] + 1)


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
