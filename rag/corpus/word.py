"""Word files: their paragraphs, headings, lists, tables and text boxes in order, with the pages Word last laid out."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rag.errors import ReadError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

#: What a file may unpack to: more than any article, less than any memory.
MAX_UNPACKED = 200_000_000
MAX_XML = 50_000_000
_IS_DAMAGED = "it is no Word file, or a damaged one: open and save it anew"
#: What zipfile and python-docx raise for what is no archive, is locked, or lacks a part.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, KeyError, ValueError)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Deleted and moved text, and what older programs see in place of a text box.
_LEFT_OUT = frozenset(
    (f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
)
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "\u2011"}
_HEADING = re.compile(r"(?:heading|标题) ?([1-6])", re.IGNORECASE)


def read_docx(data: bytes) -> tuple[str, str]:
    """The text of the document. Raises ``ReadError`` with the reason.

    Pages are known where Word has saved where they began; each is then ended by a form feed.
    """
    word = _opened(data)
    text = "".join(_text(word))
    return (f"{text}\n\f\n" if "\f" in text else text), "docx"


def _opened(data: bytes) -> WordDocument:
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.oxml.document import CT_Document
    from lxml import etree

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ReadError("it is locked with a password, or an old Word file: save it as .docx without a password")
    try:
        _check_size(data)
        word = docx.Document(io.BytesIO(data))
    except (*_DAMAGED, etree.XMLSyntaxError, PackageNotFoundError) as error:
        raise ReadError(_IS_DAMAGED) from error
    if not isinstance(word.element, CT_Document) or word.element.body is None:
        raise ReadError(_IS_DAMAGED)
    return word


def _check_size(data: bytes) -> None:
    """A file says in its contents what each part unpacks to, and zipfile reads no more than that."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
    xml = max((size for name, size in sizes.items() if name.endswith((".xml", ".rels"))), default=0)
    if sum(sizes.values()) > MAX_UNPACKED or xml > MAX_XML:
        raise ReadError(
            f"it unpacks to more than {MAX_UNPACKED // 10**6} MB, or {MAX_XML // 10**6} MB of text: split it"
        )


def _text(word: WordDocument) -> Iterator[str]:
    levels = _heading_levels(word)
    row: Any = None
    for paragraph in word.element.body.iter(f"{_W}p"):
        if any(parent.tag in _LEFT_OUT for parent in paragraph.iterancestors()):
            continue
        text = "".join(_pieces(paragraph))
        yield text[: len(text) - len(text.lstrip())] if "\f" in text else ""
        if not text.strip():
            continue
        # The cells of a row are read as one line.
        last_row, row = row, next(paragraph.iterancestors(f"{_W}tr"), None)
        yield "\t" if row is not None and row is last_row else "\n\n"
        level = levels.get(_style(paragraph), 0) if row is None else 0
        yield f"{'#' * level} {text.strip()}" if level else text.lstrip("\n\f")


def _pieces(paragraph: Any) -> Iterator[str]:
    """The text of a paragraph, without that of text boxes in it, which are paragraphs of their own."""
    for element in paragraph.iter():
        if element.tag == f"{_W}lastRenderedPageBreak":
            yield "\f"
            continue
        mark = element.text if element.tag == f"{_W}t" else _MARKS.get(element.tag)
        if mark and next(element.iterancestors(f"{_W}p"), None) is paragraph and not _is_left_out(element, paragraph):
            yield mark


def _is_left_out(element: Any, paragraph: Any) -> bool:
    for parent in element.iterancestors():
        if parent is paragraph:
            return False
        if parent.tag in _LEFT_OUT:
            return True
    return False


def _heading_levels(word: WordDocument) -> dict[str, int]:
    """The level of each style that is a heading, by the id that paragraphs name it with."""
    levels = {}
    for style in word.styles:
        name = style.name or ""
        if match := _HEADING.fullmatch(name):
            levels[style.style_id] = int(match[1]) + 1
        elif name.lower() in ("title", "标题"):
            levels[style.style_id] = 1
    return levels


def _style(paragraph: Any) -> str:
    found = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return "" if found is None else found.get(f"{_W}val", "")
