"""Turn the elements of a web page into paragraphs, headings and lines of tables.

Text that is struck out or hidden is left out; superscripts and subscripts are written as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.corpus.formats.grid import table_lines
from rag.corpus.formats.html.css import Styles
from rag.corpus.formats.html.markup import words
from rag.corpus.formats.html.mathml import drawn_formula, formula
from rag.corpus.formats.html.table_grid import CELL_TAGS, TableGrid
from rag.corpus.formats.superscripts import subscript, superscript
from rag.text.script import UNSPACED_OR_PUNCTUATION

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: Elements that are never shown, or hold no text of the page.
NEVER_TEXT = words(
    "script style noscript template head svg canvas object embed iframe audio video map select textarea button input "
    "rt rp rtc dialog frameset noframes"
)
STRUCK = frozenset(("del", "s", "strike"))
_INLINE = words(
    "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd label mark math q rb ruby samp small span "
    "strong sub sup time tt u var wbr"
)
_BLOCK_DISPLAYS = words("block flex grid list-item table table-row flow-root")
_CELL_ROLES = words("cell columnheader rowheader gridcell")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BROKEN_LINE = re.compile(
    rf"(?<={UNSPACED_OR_PUNCTUATION.pattern})[ \t\r]*\n[ \t\r\n]*(?={UNSPACED_OR_PUNCTUATION.pattern})"
)
_NOTE_MARK = re.compile(
    r"(?:[\[［〔【][^\]］〕】]{1,12}[\]］〕】]\s*)+|注释?[\d一二三四五六七八九十]{0,3}|[*＊†‡§¶①-⑳]+"
)
_SENTENCE_ENDS = ("。", "！", "？", ".", "!", "?", "”")


@dataclass(slots=True)
class Block:
    """A paragraph, a heading or a line of a table.

    ``level`` is that of a heading, otherwise 0; ``linked`` is how many characters are links.
    """

    level: int = 0
    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    text: str = ""

    def finish(self) -> Block:
        """Set ``text`` from the pieces."""
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
    """One pass over a part of the tree; ``is_left_out`` says which elements are not read."""

    def __init__(self, part: HtmlElement, styles: Styles, is_left_out: Callable[[HtmlElement], bool]) -> None:
        self._part, self._styles, self._is_left_out = part, styles, is_left_out
        self._block = Block()
        self._open_links = self._open_pre = 0
        #: For each open superscript or subscript: the block in which it began, and how many pieces that had.
        self._open_scripts: list[tuple[Block, int]] = []

    def blocks(self) -> Iterator[Block]:
        """The blocks in order. Every element that is not a part of a line begins and ends a block."""
        from lxml import etree

        walk = etree.iterwalk(self._part, events=("start", "end"))
        skipped: HtmlElement = None
        for event, element in walk:
            if event == "end" and element is skipped:
                skipped = None
                self._add(element.tail)
            elif event == "start" and element is not self._part and self._is_left_out(element):
                walk.skip_subtree()
                skipped = element
                if element.tag not in _INLINE | NEVER_TEXT | STRUCK:
                    yield self._end_block()
            elif event == "start" and (math := _formula(element)) is not None:
                walk.skip_subtree()
                skipped = element
                self._add(math)
            elif event == "start" and element.tag == "table" and (rows := self._rows(element)) is not None:
                walk.skip_subtree()
                skipped = element
                yield self._end_block()
                yield from rows
            elif event == "start":
                yield from self._begin(element)
            else:
                yield from self._end(element)
        yield self._end_block()

    def line(self) -> str:
        """The whole text on one line."""
        return " ".join(" ".join(block.text for block in self.blocks()).split())

    def _begin(self, element: HtmlElement) -> Iterator[Block]:
        tag = element.tag
        if tag == "br":
            self._block.pieces.append("\n")
        elif self._is_block(element):
            yield self._end_block(next_level=int(tag[1]) if re.fullmatch("h[1-6]", tag) else 0)
        self._open_links += tag == "a"
        self._open_pre += tag == "pre"
        if self._script(element):
            self._open_scripts.append((self._block, len(self._block.pieces)))
        self._block.pieces.append("“" if tag == "q" else "")
        self._add(element.text)

    def _end(self, element: HtmlElement) -> Iterator[Block]:
        tag = element.tag
        self._block.pieces.append("”" if tag == "q" else "\t" if self._is_cell(element) else "")
        if script := self._script(element):
            self._write_script(*self._open_scripts.pop(), script, element)
        if tag != "br" and self._is_block(element):
            yield self._end_block()
        self._open_links -= tag == "a"
        self._open_pre -= tag == "pre"
        if element is not self._part:
            self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if text:
            piece = text if self._open_pre else _shown(text)
            self._block.pieces.append(piece)
            self._block.linked += len(piece.replace(" ", "")) if self._open_links > 0 else 0

    def _end_block(self, next_level: int = 0) -> Block:
        block, self._block = self._block, Block(level=next_level)
        return block.finish()

    def _is_cell(self, element: HtmlElement) -> bool:
        """Whether an element is shown as a cell of a table."""
        if element.tag in CELL_TAGS or element.get("role") in _CELL_ROLES:
            return True
        return self._styles.look(element).display == "table-cell"

    def _is_block(self, element: HtmlElement) -> bool:
        """Whether an element begins and ends a block."""
        inline = element.tag in _INLINE and self._styles.look(element).display not in _BLOCK_DISPLAYS
        return not inline and not self._is_cell(element)

    def _script(self, element: HtmlElement) -> str:
        """``"sup"`` for a superscript, ``"sub"`` for a subscript, otherwise ``""``."""
        return element.tag if element.tag in ("sup", "sub") else self._styles.look(element).raised

    def _write_script(self, block: Block, start: int, script: str, element: HtmlElement) -> None:
        """Replace the pieces from ``start`` on by a superscript or subscript; references to notes are left out."""
        if block is not self._block:
            return
        text = "".join(block.pieces[start:])
        if script == "sub":
            block.pieces[start:] = [subscript(text)]
            return
        link = element.find(".//a[@href]")
        is_note = _NOTE_MARK.fullmatch(text.strip()) or (link is not None and link.get("href", "").startswith("#"))
        block.pieces[start:] = ["" if is_note else superscript(text)]

    def _rows(self, table: HtmlElement) -> list[Block] | None:
        """The lines of a table; ``None`` if it only arranges the page, so that its cells are read like other text."""
        if next(table.iterdescendants("table", "h1", "h2", "h3"), None) is not None:
            return None
        grid = TableGrid(self._cell)
        for row in table.iter("tr"):
            if not self._is_left_out(row) and not grid.add(row):
                return None
        if not grid.is_table:
            return None
        if 2 * grid.linked > grid.characters:
            return []
        caption = table.find("caption")
        title = "" if caption is None or self._is_left_out(caption) else self._cell(caption)[0]
        texts = [title, *table_lines(grid.rows, grid.header_rows)]
        return [Block(text=text) for text in texts if text]

    def _cell(self, element: HtmlElement) -> tuple[str, int]:
        """The text of a cell on one line, and how many of its characters are links."""
        blocks = [block for block in Walk(element, self._styles, self._is_left_out).blocks() if block.text]
        text = " ".join(" ".join(block.text.split()) for block in blocks)
        return text, sum(block.linked for block in blocks)


def joined(blocks: Iterable[Block]) -> str:
    """The text of several blocks, with Markdown's marks before headings."""
    return "\n\n".join("#" * block.level + " " * (block.level > 0) + block.text for block in blocks)


def _formula(element: HtmlElement) -> str | None:
    """The formula that an element shows; ``None`` for other elements."""
    return formula(element) if element.tag == "math" else drawn_formula(element)


def _shown(text: str) -> str:
    """Text with its white space as a page shows it; a line break between Chinese characters is not shown."""
    return _SPACE.sub(" ", _BROKEN_LINE.sub("", text))
