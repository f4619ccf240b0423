"""Put the cells of an HTML table in their places, and count its header rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rag.corpus.formats.grid import MAX_CELL, Cell

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_COLUMNS = 200
_MAX_CELLS = 100_000
CELL_TAGS = frozenset(("td", "th"))


class TableGrid:
    """The cells of a table, row by row; a merged cell stands in each place that it covers.

    ``linked`` and ``characters`` count the characters of the table that are links, and all of them.
    """

    def __init__(self, read_cell: Callable[[HtmlElement], tuple[str, int]]) -> None:
        """``read_cell`` returns the text of a cell and how many of its characters are links."""
        self.rows: list[list[Cell | None]] = []
        self.linked = self.characters = 0
        self._read_cell = read_cell
        self._is_header: list[list[bool]] = []  # for each row, which cells are headers
        self._in_thead: list[bool] = []
        self._merged_down: dict[int, tuple[Cell, int]] = {}  # by column: a cell, and how many more rows it covers
        self._cell_count = 0

    def add(self, row: HtmlElement) -> bool:
        """Add a row; ``False`` if it shows that the table only arranges the page, or is too large."""
        cells: list[Cell | None] = []
        is_header = []
        merged_down: dict[int, tuple[Cell, int]] = {}
        for element in (child for child in row if child.tag in CELL_TAGS):
            self._add_cells_from_above(cells, merged_down)
            text, linked = self._read_cell(element)
            self.linked += linked
            self.characters += len(text.replace(" ", ""))
            if len(text) > MAX_CELL:
                return False
            cell = Cell(text)
            width, height = _span(element, "colspan"), _span(element, "rowspan")
            for column in range(len(cells), len(cells) + width):
                cells.append(cell)
                if height > 1:
                    merged_down[column] = (cell, height - 1)
            is_header.append(element.tag == "th" or _is_bold(element))
        self._add_cells_from_above(cells, merged_down)
        self._merged_down = merged_down
        self._cell_count += len(cells)
        self.rows.append(cells)
        self._is_header.append(is_header)
        parent = row.getparent()
        self._in_thead.append(parent is not None and parent.tag == "thead")
        return self._cell_count <= _MAX_CELLS and len(cells) <= _MAX_COLUMNS

    def _add_cells_from_above(self, cells: list[Cell | None], merged_down: dict[int, tuple[Cell, int]]) -> None:
        while len(cells) in self._merged_down:
            column = len(cells)
            cell, rows = self._merged_down[column]
            cells.append(cell)
            if rows > 1:
                merged_down[column] = (cell, rows - 1)

    @property
    def is_table(self) -> bool:
        return len(self.rows) > 1 and max(map(len, self.rows)) > 1

    @property
    def header_rows(self) -> int | None:
        """How many rows at the top are marked as header; ``None`` if nothing is marked."""
        count = 0
        for is_header, in_thead in zip(self._is_header, self._in_thead, strict=True):
            if not (in_thead or (is_header and all(is_header))):
                break
            count += 1
        if count:
            return count
        if not all(is_header[:1] == [True] for is_header in self._is_header if is_header):
            return None
        # Each row begins with its name. The first row is a header if it holds no digits and all others hold some.
        first, *others = ([cell.text for cell in row[1:] if cell] for row in self.rows)
        numeric = all(_has_digit(text) for row in others for text in row)
        return int(len(first) > 1 and not any(map(_has_digit, first)) and numeric)


def _span(element: HtmlElement, name: str) -> int:
    value = element.get(name, "1").strip()
    return min(max(int(value), 1), _MAX_COLUMNS) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _is_bold(cell: HtmlElement) -> bool:
    """Whether all of a cell is bold."""
    while len(cell) == 1 and not (cell.text or "").strip() and not (cell[0].tail or "").strip():
        cell = cell[0]
        if cell.tag in ("b", "strong"):
            return True
    return False


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)
