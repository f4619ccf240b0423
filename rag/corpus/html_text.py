"""The elements of a web page to paragraphs, headings and rows of tables.

What is struck out or hidden is left out, what is raised or lowered is written so, and rows of a table are lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.corpus.grid import MAX_CELL, Cell, table_lines
from rag.corpus.html_source import names
from rag.corpus.html_styles import Styles
from rag.corpus.mathml import drawn_formula, formula
from rag.corpus.scripts import subscript, superscript
from rag.text.script import UNSPACED_OR_PUNCTUATION

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: Never shown, or no text.
NEVER = names(
    "script style noscript template head svg canvas object embed iframe audio video map select textarea button input "
    "rt rp rtc dialog frameset noframes"
)
STRUCK = frozenset(("del", "s", "strike"))
_INLINE = names(
    "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd label mark math q rb ruby samp small span "
    "strong sub sup time tt u var wbr"
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BROKEN_LINE = re.compile(
    rf"(?<={UNSPACED_OR_PUNCTUATION.pattern})[ \t\r]*\n[ \t\r\n]*(?={UNSPACED_OR_PUNCTUATION.pattern})"
)
_NOTE = re.compile(r"(?:[\[［〔【][^\]］〕】]{1,12}[\]］〕】]\s*)+|注释?[\d一二三四五六七八九十]{0,3}|[*＊†‡§¶①-⑳]+")
_SENTENCE_ENDS = ("。", "！", "？", ".", "!", "?", "”")
_MAX_COLUMNS = 200
_MAX_CELLS = 100_000


@dataclass(slots=True)
class Block:
    """A paragraph, heading or row of a table. ``level`` is that of a heading, or 0; ``linked`` counts characters."""

    level: int = 0
    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    text: str = ""

    def ended(self) -> Block:
        lines = "".join(self.pieces).split("\n")
        self.text = "\n".join(line.strip(" ") for line in lines).strip("\n\t ")
        return self

    @property
    def is_links(self) -> bool:
        return (
            not self.level
            and 2 * self.linked > len(self.text.replace(" ", ""))
            and not self.text.endswith(_SENTENCE_ENDS)
        )


class Walk:
    """One pass over a part of the tree; ``left_out`` says which elements are not read."""

    def __init__(self, part: HtmlElement, styles: Styles, left_out: Callable[[HtmlElement], bool]) -> None:
        self._part, self._styles, self._left_out = part, styles, left_out
        self._block = Block()
        self._links = self._preformatted = 0
        #: Raised elements: the block in which one began, and how many pieces it had.
        self._raised: list[tuple[Block, int]] = []

    def blocks(self) -> Iterator[Block]:
        """A block ends where an element that is no part of a line begins or ends."""
        from lxml import etree

        walk = etree.iterwalk(self._part, events=("start", "end"))
        skipped: HtmlElement = None
        for event, element in walk:
            if event == "end" and element is skipped:
                skipped = None
                self._add(element.tail)
            elif event == "start" and element is not self._part and self._left_out(element):
                walk.skip_subtree()
                skipped = element
                if element.tag not in _INLINE | NEVER | STRUCK:
                    yield self._ended()
            elif event == "start" and (math := _formula(element)) is not None:
                walk.skip_subtree()
                skipped = element
                self._add(math)
            elif event == "start" and element.tag == "table" and (rows := self._rows(element)) is not None:
                walk.skip_subtree()
                skipped = element
                yield self._ended()
                yield from rows
            elif event == "start":
                yield from self._begin(element)
            else:
                yield from self._end(element)
        yield self._ended()

    def line(self) -> str:
        """All of it on one line."""
        return " ".join(" ".join(block.text for block in self.blocks()).split())

    def _begin(self, element: HtmlElement) -> Iterator[Block]:
        tag = element.tag
        if tag == "br":
            self._block.pieces.append("\n")
        elif self._is_block(element):
            yield self._ended(level=int(tag[1]) if re.fullmatch("h[1-6]", tag) else 0)
        self._links += tag == "a"
        self._preformatted += tag == "pre"
        if self._is_raised(element):
            self._raised.append((self._block, len(self._block.pieces)))
        self._block.pieces.append("“" if tag == "q" else "")
        self._add(element.text)

    def _end(self, element: HtmlElement) -> Iterator[Block]:
        tag = element.tag
        self._block.pieces.append("”" if tag == "q" else "\t" if self._is_cell(element) else "")
        if raised := self._is_raised(element):
            self._raise(*self._raised.pop(), raised, element)
        if tag != "br" and self._is_block(element):
            yield self._ended()
        self._links -= tag == "a"
        self._preformatted -= tag == "pre"
        if element is not self._part:
            self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if text:
            piece = text if self._preformatted else plain(text)
            self._block.pieces.append(piece)
            self._block.linked += len(piece.replace(" ", "")) if self._links > 0 else 0

    def _ended(self, level: int = 0) -> Block:
        block, self._block = self._block, Block(level=level)
        return block.ended()

    def _is_cell(self, element: HtmlElement) -> bool:
        if element.tag in _CELLS or element.get("role") in _CELL_ROLES:
            return True
        return self._styles.look(element).display == "table-cell"

    def _is_block(self, element: HtmlElement) -> bool:
        inline = element.tag in _INLINE and self._styles.look(element).display not in _BLOCK_DISPLAYS
        return not inline and not self._is_cell(element)

    def _is_raised(self, element: HtmlElement) -> str:
        return element.tag if element.tag in ("sup", "sub") else self._styles.look(element).raised

    def _raise(self, block: Block, pieces: int, raised: str, element: HtmlElement) -> None:
        """Write as raised what was added since; references to notes are left out."""
        if block is not self._block:
            return
        text = "".join(block.pieces[pieces:])
        linked = element.find(".//a[@href]") if raised == "sup" else None
        if raised == "sup" and (_NOTE.fullmatch(text.strip()) or _is_note_link(linked)):
            text = ""
        block.pieces[pieces:] = [superscript(text) if raised == "sup" else subscript(text)]

    def _rows(self, table: HtmlElement) -> list[Block] | None:
        """The rows of a table; ``None`` for one that only lays out the page, whose cells are read as they come."""
        if next(table.iterdescendants("table", "h1", "h2", "h3"), None) is not None:
            return None
        grid = _Grid(self._cell)
        for row in table.iter("tr"):
            if not self._left_out(row) and not grid.add(row):
                return None
        if not grid.is_table:
            return None
        caption = table.find("caption")
        title = "" if caption is None or self._left_out(caption) else self._cell(caption).text
        if not 2 * grid.linked <= grid.characters:
            return []
        texts = [title, *table_lines(grid.rows, grid.heads)]
        return [Block(text=text) for text in texts if text]

    def _cell(self, element: HtmlElement) -> Block:
        """The text of a cell, on one line."""
        blocks = [block for block in Walk(element, self._styles, self._left_out).blocks() if block.text]
        text = " ".join(" ".join(block.text.split()) for block in blocks)
        return Block(text=text, linked=sum(block.linked for block in blocks))


def _formula(element: HtmlElement) -> str | None:
    return formula(element) if element.tag == "math" else drawn_formula(element)


_CELLS = frozenset(("td", "th"))
_CELL_ROLES = names("cell columnheader rowheader gridcell")
_BLOCK_DISPLAYS = names("block flex grid list-item table table-row flow-root")


class _Grid:
    """The cells of a table in their places, merged ones in each that they cover."""

    def __init__(self, read: Callable[[HtmlElement], Block]) -> None:
        self.rows: list[list[Cell | None]] = []
        self.linked = self.characters = 0
        self._read = read
        self._marked: list[list[bool]] = []  # which cells of a row are headers
        self._in_head: list[bool] = []
        self._below: dict[int, tuple[Cell, int]] = {}  # what reaches into the next rows, by column: the cell, how far
        self._cells = 0

    def add(self, row: HtmlElement) -> bool:
        """Whether the row is one of a table."""
        cells: list[Cell | None] = []
        marked = []
        below: dict[int, tuple[Cell, int]] = {}
        for element in (child for child in row if child.tag in _CELLS):
            self._fill(cells, below)
            block = self._read(element)
            self.linked += block.linked
            self.characters += len(block.text.replace(" ", ""))
            if len(block.text) > MAX_CELL:
                return False
            cell = Cell(block.text)
            width, height = _span(element, "colspan"), _span(element, "rowspan")
            for column in range(len(cells), len(cells) + width):
                cells.append(cell)
                if height > 1:
                    below[column] = (cell, height - 1)
            marked.append(element.tag == "th" or _is_bold(element))
        self._fill(cells, below)
        self._below = below
        self._cells += len(cells)
        self.rows.append(cells)
        self._marked.append(marked)
        parent = row.getparent()
        self._in_head.append(parent is not None and parent.tag == "thead")
        return self._cells <= _MAX_CELLS and len(cells) <= _MAX_COLUMNS

    def _fill(self, cells: list[Cell | None], below: dict[int, tuple[Cell, int]]) -> None:
        while len(cells) in self._below:
            column = len(cells)
            cell, rows = self._below[column]
            cells.append(cell)
            if rows > 1:
                below[column] = (cell, rows - 1)

    @property
    def is_table(self) -> bool:
        return len(self.rows) > 1 and max(map(len, self.rows)) > 1

    @property
    def heads(self) -> int | None:
        """How many rows at the top are marked as header; ``None`` if none is."""
        count = 0
        for marked, in_head in zip(self._marked, self._in_head, strict=True):
            if not (in_head or (marked and all(marked))):
                break
            count += 1
        if count:
            return count
        if not all(marked[:1] == [True] for marked in self._marked if marked):
            return None
        # Each row begins with its name. The first holds names too if they stand over nothing but numbers.
        texts = [[cell.text for cell in row[1:] if cell] for row in self.rows]
        below = [text for row in texts[1:] for text in row]
        return int(len(texts[0]) > 1 and not any(map(_has_digit, texts[0])) and all(map(_has_digit, below)))


def plain(text: str) -> str:
    """Text as a page shows it; a line break between Chinese characters is the editor's, not the writer's."""
    return _SPACE.sub(" ", _BROKEN_LINE.sub("", text))


def _is_note_link(link: HtmlElement | None) -> bool:
    return link is not None and link.get("href", "").startswith("#")


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
