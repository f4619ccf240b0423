"""Read the body of a Word file as it is printed: without text that is hidden, struck out or deleted.

Each element is visited once, so the time is linear in the size of the file. Text boxes and notes become paragraphs
behind the paragraph that they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rag.corpus.formats.docx.numbering import Numbering, numeral
from rag.corpus.formats.docx.omml import M, formula
from rag.corpus.formats.docx.styles import Look, Styles, look
from rag.corpus.formats.docx.symbols import symbol, without_private
from rag.corpus.formats.docx.xml import W, child_value, is_on
from rag.corpus.formats.grid import MAX_CELL, Cell, table_lines
from rag.corpus.formats.superscripts import subscript, superscript
from rag.errors import ReadError

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
#: Deleted and moved text, the replacement of a text box for older programs, pronunciation above characters.
_LEFT_OUT = frozenset((f"{W}del", f"{W}moveFrom", f"{_MC}Fallback", f"{W}rt", f"{W}pPr", f"{W}rPr"))
_MARKS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "\u2011",
    f"{W}lastRenderedPageBreak": "\f",
}
#: Stands for an object without text, such as a formula that is a picture.
OBJECT = "\ufffc"
#: EQ fields draw formulas. A comma separates their arguments, or a semicolon where the comma is the decimal point.
_EQ_FRACTION = re.compile(r"^\s*EQ\s+\\f\s*\(([^()\\,;]+)[,;]([^()\\,;]+)\)\s*$", re.IGNORECASE)
_EQ_CIRCLE = re.compile(r"\\o\s*\\ac\s*\([○◯□△◇][,;]\s*([^()\\]{1,3}?)\s*\)")
_EQ_RUBY = re.compile(r"\\o\s*(?:\\a[clrd])?\s*\(\\s\\up\s*\d+\([^()]*\)[,;]\s*([^()\\]+)\)")
_MAX_DEPTH = 100
_MAX_PARAGRAPHS = 5


@dataclass(slots=True)
class _Paragraph:
    """The content of a paragraph. ``attached`` are its text boxes and notes; ``bold``: all its text is bold."""

    look: Look
    style: str
    pieces: list[str] = field(default_factory=list)
    attached: list[Any] = field(default_factory=list)
    bold: bool = True
    #: The text of the last superscript or subscript at the end, and its kind: Word may split one into several runs.
    script: tuple[str, str] = ("", "")
    field_code: str = ""

    def add(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.script = ("", "")

    def add_text(self, text: str, shown: Look) -> None:
        self.bold = self.bold and (bool(shown.bold) or not text.strip())
        if shown.raised not in ("superscript", "subscript") or not text:
            self.add(text)
            return
        if self.script[1] == shown.raised:
            text = self.script[0] + text
            self.pieces.pop()
        self.add(superscript(text) if shown.raised == "superscript" else subscript(text))
        self.script = (text, shown.raised)

    def add_field_code(self, element: Any) -> None:
        """Collect the code of a field; at its end, add the formula if it is an EQ field, as in older files."""
        if element.tag == f"{W}instrText":
            self.field_code += element.text or ""
            return
        if element.get(f"{W}fldCharType") == "end" and self.field_code.upper().split()[:1] == ["EQ"]:
            self.add(_equation(self.field_code))
        self.field_code = ""


@dataclass(slots=True)
class _CellContent:
    """The content of a cell; ``attached`` and ``bold`` are as for a paragraph."""

    paragraphs: list[str] = field(default_factory=list)
    attached: list[Any] = field(default_factory=list)
    bold: bool = True
    page_breaks: int = 0


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a file besides its body.

    ``notes`` are by kind ("footnote" or "endnote") and id. ``read_embedded`` returns the text of an embedded file.
    """

    styles: Styles
    numbering: Numbering
    notes: Mapping[tuple[str, str], Any]
    read_embedded: Callable[[str], str]


class BodyReader:
    """Reads the paragraphs and tables of a document, in order."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._unfinished: list[str] = []  # text of a paragraph whose end is deleted: it continues in the next one

    def text(self, body: Any) -> str:
        """The text of the whole body."""
        return "".join([*self._blocks(body, 0), *(f"\n\n{text}" for text in self._unfinished if text.strip())])

    def _blocks(self, container: Any, depth: int) -> Iterator[str]:
        """The paragraphs and tables in ``container``, each with the white space that precedes it."""
        if depth > _MAX_DEPTH:
            raise ReadError("its tables or text boxes are nested too deep: save its text as .txt")
        waiting = [iter(container)]
        while waiting:
            element = next(waiting[-1], None)
            if element is None:
                waiting.pop()
            elif element.tag == f"{W}p":
                yield from self._paragraph(element, depth)
            elif element.tag == f"{W}tbl":
                yield from self._table(element, depth)
            elif element.tag == f"{W}altChunk":
                embedded = self._parts.read_embedded(element.get(f"{_R}id", "")).strip()
                yield f"\n\n{embedded}" if embedded else ""
            elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT and not _is_prompt(element):
                waiting.append(iter(element))

    def _paragraph(self, element: Any, depth: int) -> Iterator[str]:
        content = self._read(element)
        text = "".join([*self._unfinished, *content.pieces])
        self._unfinished = []
        if _is_deleted(element.find(f"{W}pPr/{W}rPr")):
            self._unfinished = [text]
        else:
            number = self._number(element, content) if _takes_number(element, content, text) else ""
            yield from _separated(text, self._parts.styles.heading(content.style), number)
        queue = [*content.attached]
        for part in queue:
            if part.tag == f"{W}p":  # a paragraph inside of a paragraph
                inner = self._read(part)
                queue += inner.attached
                yield from _separated("".join(inner.pieces), self._parts.styles.heading(inner.style), "")
            else:
                yield from self._blocks(part, depth + 1)

    def _number(self, element: Any, content: _Paragraph) -> str:
        numbering = self._parts.numbering
        properties = element.find(f"{W}pPr/{W}numPr")
        by_style = self._parts.styles.numbers(content.style)
        list_id = child_value(properties, "numId")
        level = child_value(properties, "ilvl")
        if not list_id and by_style is not None:
            list_id = child_value(by_style[0], "numId")
            level = level or child_value(by_style[0], "ilvl") or str(numbering.level_of_style(list_id, by_style[1]))
        if not list_id or list_id == "0":
            return ""
        return numbering.next(list_id, int(level) if level.isdecimal() else 0)

    def _read(self, element: Any) -> _Paragraph:
        style = child_value(element.find(f"{W}pPr"), "pStyle")
        content = _Paragraph(self._parts.styles.look(style, ""), style)
        # A stack instead of recursion, because a file may nest elements deeper than Python allows calls.
        waiting: list[tuple[Iterator[Any], Look]] = [(iter(element), content.look)]
        while waiting:
            children, shown = waiting[-1]
            child = next(children, None)
            if child is None:
                waiting.pop()
            elif child.tag == f"{W}r":
                shown = self._look(child, content)
                if not (shown.hidden or shown.struck):
                    waiting.append((iter(child), shown))
            elif not self._add(content, child, shown) and isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
                waiting.append((iter(child), shown))
        return content

    def _look(self, run: Any, content: _Paragraph) -> Look:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return content.look
        style = child_value(properties, "rStyle")
        return look(properties).over(self._parts.styles.look(content.style, style) if style else content.look)

    def _add(self, content: _Paragraph, element: Any, shown: Look) -> bool:
        """Add the text of an element to its paragraph; ``False`` if its children must be read, too."""
        tag = element.tag
        if tag == f"{W}t":
            content.add_text(without_private(element.text or "", shown.font), shown)
        elif tag in (f"{W}fldChar", f"{W}instrText"):
            content.add_field_code(element)
            return False
        elif mark := _MARKS.get(tag):
            content.add(mark)
        elif tag == f"{W}sym":
            content.add(symbol(element.get(f"{W}font", ""), _hexadecimal(element.get(f"{W}char", ""))))
        elif tag == f"{M}oMath":
            content.add(_after("".join(content.pieces[-1:]), formula(element)))
        elif tag in (f"{W}txbxContent", f"{W}p"):
            content.attached.append(element)
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            kind = tag[len(W) : -len("Reference")]
            note = self._parts.notes.get((kind, element.get(f"{W}id", "")))
            if note is not None:
                content.attached.append(note)
        elif tag == f"{W}ffData":
            content.add(_form_value(element))
        elif tag == f"{W}sdt":
            return _is_prompt(element)
        elif tag == f"{W}object":
            programs = " ".join(str(part.get("ProgID", "")) for part in element)
            content.add(OBJECT if "Equation" in programs or "MathType" in programs else "")
            return False
        else:
            return False
        return True

    def _table(self, element: Any, depth: int) -> Iterator[str]:
        rows = [row for row in _descendants(element, f"{W}tr") if not _is_row_left_out(row)]
        cells = [
            [cell for cell in _descendants(row, f"{W}tc") if not _is_deleted(cell.find(f"{W}tcPr"))] for row in rows
        ]
        if not _is_data(cells):
            for cell in (cell for row in cells for cell in row):
                yield from self._blocks(cell, depth + 1)
            return
        grid: list[list[Cell | None]] = []
        attached: list[Any] = []
        bold_rows: list[bool] = []
        page_breaks = 0
        for row in cells:
            line: list[Cell | None] = []
            bold = True
            for cell in row:
                content = self._cell(cell)
                attached += content.attached
                bold = bold and content.bold
                page_breaks += content.page_breaks
                text = " ".join(filter(None, content.paragraphs))
                line += _places(cell, text, grid[-1] if grid else None, len(line))
            grid.append(line)
            bold_rows.append(bold)
        yield "\f" * page_breaks
        for text in table_lines(grid, self._header_rows(element, rows, bold_rows)):
            yield f"\n\n{text}"
        for part in attached:
            yield from self._blocks(part if part.tag != f"{W}p" else [part], depth + 1)

    def _cell(self, cell: Any) -> _CellContent:
        whole = _CellContent()
        for paragraph in _descendants(cell, f"{W}p"):
            content = self._read(paragraph)
            text = "".join(content.pieces)
            number = self._number(paragraph, content) if _takes_number(paragraph, content, text) else ""
            whole.paragraphs.append(f"{number}{' '.join(text.split())}".strip())
            whole.attached += content.attached
            whole.page_breaks += text.count("\f")
            whole.bold = whole.bold and (content.bold or not text.strip())
        return whole

    def _header_rows(self, element: Any, rows: list[Any], bold_rows: list[bool]) -> int | None:
        """How many rows are a header: marked as such, or the only row in bold; ``None`` if nothing tells."""
        marked = 0
        while marked < len(rows) and is_on(rows[marked].find(f"{W}trPr/{W}tblHeader")):
            marked += 1
        if marked:
            return marked
        if bold_rows[:1] == [True] and not any(bold_rows[1:]):
            return 1
        options = element.find(f"{W}tblPr/{W}tblLook")
        styled = self._parts.styles.marks_header(child_value(element.find(f"{W}tblPr"), "tblStyle"))
        return 1 if styled and options is not None and _uses_first_row(options) else None


def _places(cell: Any, text: str, above: list[Cell | None] | None, column: int) -> list[Cell | None]:
    """What stands in the places that a cell covers: its text, or the cell above if it is merged with that."""
    content: Cell | None = Cell(text)
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    if merge is not None and merge.get(f"{W}val", "continue") == "continue" and above and column < len(above):
        content = above[column]
    width = child_value(cell.find(f"{W}tcPr"), "gridSpan")
    return [content] * (min(int(width), 100) if width.isdecimal() and int(width) else 1)


def _separated(text: str, level: int, number: str) -> Iterator[str]:
    """A paragraph with the white space before it. Page breaks at its beginning come before that."""
    if "\f" in text:
        yield text[: len(text) - len(text.lstrip())]
    if text.strip():
        words = text.strip() if level or number else text.lstrip("\n\f")
        yield f"\n\n{'#' * level}{' ' * bool(level)}{number}{words}"


def _descendants(container: Any, tag: str) -> Iterator[Any]:
    """The elements with this tag in ``container``, but not those inside of one another; deleted text is skipped."""
    waiting = [iter(container)]
    while waiting:
        element = next(waiting[-1], None)
        if element is None:
            waiting.pop()
        elif element.tag == tag:
            yield element
        elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT:
            waiting.append(iter(element))


def _is_data(rows: list[list[Any]]) -> bool:
    """Whether a table holds values. Other tables only arrange the page."""
    if max(map(len, rows), default=0) < 2:
        return False
    for cell in (cell for row in rows for cell in row):
        if next(cell.iter(f"{W}tbl"), None) is not None or sum(1 for _ in cell.iter(f"{W}p")) > _MAX_PARAGRAPHS:
            return False
        if sum(len(text.text or "") for text in cell.iter(f"{W}t")) > MAX_CELL:
            return False
    return True


def _takes_number(element: Any, content: _Paragraph, text: str) -> bool:
    """Whether a paragraph of a list has a number: Word numbers empty paragraphs, too, unless they are hidden."""
    return bool(text.strip()) or not look(element.find(f"{W}pPr/{W}rPr")).over(content.look).hidden


def _is_prompt(element: Any) -> bool:
    """Whether a form field is not filled in and shows an instruction."""
    return element.tag == f"{W}sdt" and is_on(element.find(f"{W}sdtPr/{W}showingPlcHdr"))


def _is_row_left_out(row: Any) -> bool:
    properties = row.find(f"{W}trPr")
    return _is_deleted(properties) or (properties is not None and is_on(properties.find(f"{W}hidden")))


def _is_deleted(properties: Any | None) -> bool:
    """Whether a tracked change deletes a row, a cell or the end of a paragraph."""
    return properties is not None and any(
        properties.find(f"{W}{name}") is not None for name in ("del", "cellDel", "moveFrom")
    )


def _uses_first_row(options: Any) -> bool:
    flag = options.get(f"{W}firstRow")
    return flag in ("1", "true", "on") if flag is not None else bool(_hexadecimal(options.get(f"{W}val", "")) & 0x20)


def _form_value(element: Any) -> str:
    """The value of a field in an older form: whether a box is ticked, or which entry of a list is chosen."""
    box = element.find(f"{W}checkBox")
    if box is not None:
        ticked = box.find(f"{W}checked")
        return "☑" if is_on(ticked if ticked is not None else box.find(f"{W}default")) else "☐"
    choices = element.find(f"{W}ddList")
    if choices is None:
        return ""
    entries = choices.findall(f"{W}listEntry")
    chosen = child_value(choices, "result") or child_value(choices, "default") or "0"
    index = int(chosen) if chosen.isdecimal() else 0
    return str(entries[index].get(f"{W}val", "")) if index < len(entries) else ""


def _equation(code: str) -> str:
    """The text of an EQ field: a fraction, a character in a circle, or characters without their pronunciation.

    >>> _equation(r"EQ \\f(1,2500)"), _equation(r"eq \\o\\ac(○,3)"), _equation(r"EQ \\o\\ad(\\s\\up 9(dù),渡)")
    ('1/2500', '③', '渡')
    """
    if match := _EQ_FRACTION.search(code):
        return f"{match[1].strip()}/{match[2].strip()}"
    if match := _EQ_CIRCLE.search(code):
        return numeral(int(match[1]), "decimalEnclosedCircle") if match[1].isdecimal() else match[1]
    match = _EQ_RUBY.search(code)
    return match[1] if match else OBJECT


def _after(before: str, text: str) -> str:
    """A formula, with a space if a number before it would otherwise run into it."""
    return f" {text}" if before[-1:].isdigit() and text[:1].isdigit() else text


def _hexadecimal(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0
