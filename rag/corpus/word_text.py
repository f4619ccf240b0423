"""The text of a Word file as it is printed: what is hidden, struck out or deleted is left out.

Each element is visited once, so the time is linear in the size of the file. Text boxes and notes are paragraphs of
their own behind the paragraph that they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rag.corpus.grid import MAX_CELL, Cell, table_lines
from rag.corpus.scripts import subscript, superscript
from rag.corpus.symbols import symbol, without_private
from rag.corpus.word_math import M, formula
from rag.corpus.word_numbers import Numbers, numeral
from rag.corpus.word_styles import Look, Styles, look
from rag.errors import ReadError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
#: Deleted and moved text, and what older programs see in place of a text box; pronunciation above characters.
_LEFT_OUT = frozenset((f"{W}del", f"{W}moveFrom", f"{_MC}Fallback", f"{W}rt", f"{W}pPr", f"{W}rPr"))
_MARKS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "\u2011",
    f"{W}lastRenderedPageBreak": "\f",
}
#: What stands for an object that has no text, such as a formula that is a picture.
OBJECT = "\ufffc"
#: Arguments stand apart by a comma, or by a semicolon where the comma is the decimal point.
_EQ_FRACTION = re.compile(r"^\s*EQ\s+\\f\s*\(([^()\\,;]+)[,;]([^()\\,;]+)\)\s*$", re.IGNORECASE)
_EQ_CIRCLE = re.compile(r"\\o\s*\\ac\s*\([○◯□△◇][,;]\s*([^()\\]{1,3}?)\s*\)")
_EQ_RUBY = re.compile(r"\\o\s*(?:\\a[clrd])?\s*\(\\s\\up\s*\d+\([^()]*\)[,;]\s*([^()\\]+)\)")
_MAX_DEPTH = 100
_MAX_PARAGRAPHS = 5


@dataclass(slots=True)
class _Paragraph:
    """A paragraph while it is read. ``behind`` are text boxes and notes."""

    look: Look
    style: str
    pieces: list[str] = field(default_factory=list)
    behind: list[Any] = field(default_factory=list)
    bold: bool = True
    #: What is raised or lowered at the end, and how: Word may keep it in several runs.
    moved: tuple[str, str] = ("", "")
    code: str = ""

    def add(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.moved = ("", "")

    def add_text(self, text: str, shown: Look) -> None:
        self.bold = self.bold and (bool(shown.bold) or not text.strip())
        if shown.raised not in ("superscript", "subscript") or not text:
            self.add(text)
            return
        if self.moved[1] == shown.raised:
            text = self.moved[0] + text
            self.pieces.pop()
        self.add(superscript(text) if shown.raised == "superscript" else subscript(text))
        self.moved = (text, shown.raised)

    def add_code(self, element: Any) -> None:
        """Of the codes of fields those are read that draw something: formulas of older files."""
        if element.tag == f"{W}instrText":
            self.code += element.text or ""
            return
        if element.get(f"{W}fldCharType") == "end" and self.code.upper().split()[:1] == ["EQ"]:
            self.add(_equation(self.code))
        self.code = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a file beside its body. ``notes`` go by kind ("footnote") and id; ``chunk`` reads another file."""

    styles: Styles
    numbers: Numbers
    notes: Mapping[tuple[str, str], Any]
    chunk: Callable[[str], str]


class WordText:
    """Reads the paragraphs and tables of a document, in order."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._joined: list[str] = []  # of a paragraph whose end is deleted

    def text(self, body: Any) -> str:
        """Of a paragraph whose end is deleted, the text goes on in the next one."""
        return "".join([*self._blocks(body, 0), *(f"\n\n{text}" for text in self._joined if text.strip())])

    def _blocks(self, container: Any, depth: int) -> Iterator[str]:
        """The paragraphs and tables in ``container``, each with the white space before it."""
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
                chunk = self._parts.chunk(element.get(f"{_R}id", "")).strip()
                yield f"\n\n{chunk}" if chunk else ""
            elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT and not _is_prompt(element):
                waiting.append(iter(element))

    def _paragraph(self, element: Any, depth: int) -> Iterator[str]:
        read = self._read(element)
        text = "".join([*self._joined, *read.pieces])
        self._joined = []
        if _is_deleted(element.find(f"{W}pPr/{W}rPr")):
            self._joined = [text]
        else:
            number = self._number(element, read) if text.strip() or not _is_hidden(element, read) else ""
            yield from _set(text, self._parts.styles.heading(read.style), number)
        queue = [*read.behind]
        for part in queue:
            if part.tag == f"{W}p":  # a paragraph inside of a paragraph
                inner = self._read(part)
                queue += inner.behind
                yield from _set("".join(inner.pieces), self._parts.styles.heading(inner.style), "")
            else:
                yield from self._blocks(part, depth + 1)

    def _number(self, element: Any, read: _Paragraph) -> str:
        properties = element.find(f"{W}pPr/{W}numPr")
        styled = self._parts.styles.numbers(read.style)
        number = _value(properties, "numId")
        level = _value(properties, "ilvl")
        if not number and styled is not None:
            number = _value(styled[0], "numId")
            level = level or _value(styled[0], "ilvl") or str(self._parts.numbers.level_of_style(number, styled[1]))
        if not number or number == "0":
            return ""
        return self._parts.numbers.next(number, int(level) if level.isdecimal() else 0)

    def _read(self, element: Any) -> _Paragraph:
        style = _value(element.find(f"{W}pPr"), "pStyle")
        read = _Paragraph(self._parts.styles.look(style, ""), style)
        # A stack and not recursion: a file may nest elements deeper than Python calls.
        waiting: list[tuple[Iterator[Any], Look]] = [(iter(element), read.look)]
        while waiting:
            children, shown = waiting[-1]
            child = next(children, None)
            if child is None:
                waiting.pop()
            elif child.tag == f"{W}r":
                shown = self._look(child, read)
                if not (shown.hidden or shown.struck):
                    waiting.append((iter(child), shown))
            elif not self._add(read, child, shown) and isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
                waiting.append((iter(child), shown))
        return read

    def _look(self, run: Any, read: _Paragraph) -> Look:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return read.look
        style = _value(properties, "rStyle")
        return look(properties).over(self._parts.styles.look(read.style, style) if style else read.look)

    def _add(self, read: _Paragraph, element: Any, shown: Look) -> bool:
        """Add what an element shows; whether that is all there is to it."""
        tag = element.tag
        if tag == f"{W}t":
            read.add_text(without_private(element.text or "", shown.font), shown)
        elif tag in (f"{W}fldChar", f"{W}instrText"):
            read.add_code(element)
            return False
        elif mark := _MARKS.get(tag):
            read.add(mark)
        elif tag == f"{W}sym":
            read.add(symbol(element.get(f"{W}font", ""), _code(element.get(f"{W}char", ""))))
        elif tag == f"{M}oMath":
            read.add(_apart("".join(read.pieces[-1:]), formula(element)))
        elif tag in (f"{W}txbxContent", f"{W}p"):
            read.behind.append(element)
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            kind = tag[len(W) : -len("Reference")]
            note = self._parts.notes.get((kind, element.get(f"{W}id", "")))
            if note is not None:
                read.behind.append(note)
        elif tag == f"{W}ffData":
            read.add(_form_value(element))
        elif tag == f"{W}sdt":
            return _is_prompt(element)
        elif tag == f"{W}object":
            kinds = " ".join(str(part.get("ProgID", "")) for part in element)
            read.add(OBJECT if "Equation" in kinds or "MathType" in kinds else "")
            return False
        else:
            return False
        return True

    def _table(self, element: Any, depth: int) -> Iterator[str]:
        rows = [row for row in _parts_of(element, f"{W}tr") if not _is_gone(row)]
        cells = [[cell for cell in _parts_of(row, f"{W}tc") if not _is_deleted(cell.find(f"{W}tcPr"))] for row in rows]
        if not _is_data(cells):
            for cell in (cell for row in cells for cell in row):
                yield from self._blocks(cell, depth + 1)
            return
        grid: list[list[Cell | None]] = []
        behind: list[Any] = []
        bold: list[bool] = []
        breaks = 0
        for row in cells:
            line: list[Cell | None] = []
            is_bold = True
            for cell in row:
                texts = []
                for paragraph in _parts_of(cell, f"{W}p"):
                    read = self._read(paragraph)
                    behind += read.behind
                    text = "".join(read.pieces)
                    breaks += text.count("\f")
                    number = self._number(paragraph, read) if text.strip() or not _is_hidden(paragraph, read) else ""
                    texts.append(f"{number}{' '.join(text.split())}".strip())
                    is_bold = is_bold and (read.bold or not text.strip())
                made: Cell | None = Cell(" ".join(filter(None, texts)))
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                if merge is not None and merge.get(f"{W}val", "continue") == "continue" and grid:
                    made = grid[-1][len(line)] if len(line) < len(grid[-1]) else made
                span = _value(cell.find(f"{W}tcPr"), "gridSpan")
                line += [made] * (min(int(span), 100) if span.isdecimal() and int(span) else 1)
            grid.append(line)
            bold.append(is_bold)
        yield "\f" * breaks
        for text in table_lines(grid, self._heads(element, rows, bold)):
            yield f"\n\n{text}"
        for part in behind:
            yield from self._blocks(part if part.tag != f"{W}p" else [part], depth + 1)

    def _heads(self, element: Any, rows: list[Any], bold: list[bool]) -> int | None:
        """How many rows are marked as header, or are in bold above others that are not; ``None`` if nothing says so."""
        marked = 0
        while marked < len(rows) and _is_on(rows[marked].find(f"{W}trPr/{W}tblHeader")):
            marked += 1
        if marked:
            return marked
        if bold[:1] == [True] and not any(bold[1:]):
            return 1
        used = element.find(f"{W}tblPr/{W}tblLook")
        styled = self._parts.styles.marks_header(_value(element.find(f"{W}tblPr"), "tblStyle"))
        return 1 if styled and used is not None and _uses_first_row(used) else None


def _set(text: str, level: int, number: str) -> Iterator[str]:
    """A paragraph with the white space before it; pages that begin before its text begin before that."""
    if "\f" in text:
        yield text[: len(text) - len(text.lstrip())]
    if text.strip():
        words = text.strip() if level or number else text.lstrip("\n\f")
        yield f"\n\n{'#' * level}{' ' * bool(level)}{number}{words}"


def _parts_of(container: Any, tag: str) -> Iterator[Any]:
    """The rows of a table, the cells of a row or the paragraphs of a cell, forms and changes around them included."""
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
    """Whether a table holds values; others lay out a page, and their cells hold paragraphs."""
    if max(map(len, rows), default=0) < 2:
        return False
    for cell in (cell for row in rows for cell in row):
        if next(cell.iter(f"{W}tbl"), None) is not None or sum(1 for _ in cell.iter(f"{W}p")) > _MAX_PARAGRAPHS:
            return False
        if sum(len(text.text or "") for text in cell.iter(f"{W}t")) > MAX_CELL:
            return False
    return True


def _is_hidden(element: Any, read: _Paragraph) -> bool:
    """Whether a paragraph without text is hidden as a whole; any other one has a number, although it is empty."""
    shown = look(element.find(f"{W}pPr/{W}rPr")).over(read.look)
    return bool(shown.hidden)


def _is_prompt(element: Any) -> bool:
    """Whether a field of a form is not filled in and shows what to do."""
    return element.tag == f"{W}sdt" and _is_on(element.find(f"{W}sdtPr/{W}showingPlcHdr"))


def _is_gone(row: Any) -> bool:
    properties = row.find(f"{W}trPr")
    return _is_deleted(properties) or (properties is not None and _is_on(properties.find(f"{W}hidden")))


def _is_deleted(properties: Any | None) -> bool:
    """Whether a tracked change deletes a row, a cell or the end of a paragraph."""
    return properties is not None and any(
        properties.find(f"{W}{name}") is not None for name in ("del", "cellDel", "moveFrom")
    )


def _is_on(element: Any | None) -> bool:
    return element is not None and element.get(f"{W}val", "1") not in ("0", "false", "off")


def _uses_first_row(used: Any) -> bool:
    flag = used.get(f"{W}firstRow")
    return flag in ("1", "true", "on") if flag is not None else bool(_code(used.get(f"{W}val", "")) & 0x20)


def _form_value(element: Any) -> str:
    """What a field of an older form shows that has no text: whether a box is ticked, or which choice was taken."""
    box = element.find(f"{W}checkBox")
    if box is not None:
        ticked = box.find(f"{W}checked")
        return "☑" if _is_on(ticked if ticked is not None else box.find(f"{W}default")) else "☐"
    choices = element.find(f"{W}ddList")
    if choices is None:
        return ""
    entries = choices.findall(f"{W}listEntry")
    chosen = _value(choices, "result") or _value(choices, "default") or "0"
    index = int(chosen) if chosen.isdecimal() else 0
    return str(entries[index].get(f"{W}val", "")) if index < len(entries) else ""


def _equation(code: str) -> str:
    """What a field of the kind EQ draws: a fraction, a character in a circle, or one with its pronunciation.

    >>> _equation(r"EQ \\f(1,2500)"), _equation(r"eq \\o\\ac(○,3)"), _equation(r"EQ \\o\\ad(\\s\\up 9(dù),渡)")
    ('1/2500', '③', '渡')
    """
    if match := _EQ_FRACTION.search(code):
        return f"{match[1].strip()}/{match[2].strip()}"
    if match := _EQ_CIRCLE.search(code):
        return numeral(int(match[1]), "decimalEnclosedCircle") if match[1].isdecimal() else match[1]
    match = _EQ_RUBY.search(code)
    return match[1] if match else OBJECT


def _apart(before: str, text: str) -> str:
    """A formula, with a space before it where its number would run into one."""
    return f" {text}" if before[-1:].isdigit() and text[:1].isdigit() else text


def _code(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0


def _value(element: Any | None, name: str) -> str:
    found = None if element is None else element.find(f"{W}{name}")
    return "" if found is None else str(found.get(f"{W}val", ""))
