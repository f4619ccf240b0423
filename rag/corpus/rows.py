"""Write the articles of tables and web pages as rows of one text, and find the rows in that text again.

Each row begins with ASCII's record separator, and each of its fields with the unit separator. The rest of the program
takes these for white space. So the text of the document holds everything, and no second structure has to be stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.corpus.spans import stripped
from rag.types import Document, Span

#: Formats whose readers return rows.
ROW_FORMATS = frozenset({"csv", "html", "jsonl"})
_RECORD, _UNIT = "\x1e", "\x1f"
_SEPARATORS = re.compile("[\x1c-\x1f]")
#: A form feed ends a page in other formats; rows and web pages have no pages.
_PAGE_END = re.compile("[ \t]*[\x0b\x0c]")
_FIELDS_BEFORE_TEXT = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One article as its file gives it. Missing fields are empty; ``number`` counts rows or lines from 1."""

    number: int
    text: str
    title: str = ""
    author: str = ""
    date: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row found in the text of its document: spans without the white space around them."""

    number: int
    date: str | None
    url: str | None
    author: Span
    title: Span
    text: Span


def join_rows(rows: Iterable[Row]) -> str:
    """The text of a document with these rows.

    >>> join_rows([Row(7, "Text.", title="Title", date="2025-08-01")])
    '\\x1e7\\x1f2025-08-01\\x1f\\x1f\\n\\x1fTitle\\n\\x1fText.\\n'
    """
    return "".join(map(_encode, rows))


def _encode(row: Row) -> str:
    fields = (str(row.number), row.date, row.url, f"{_one_line(row.author)}\n", f"{_one_line(row.title)}\n")
    text = _SEPARATORS.sub(" ", _PAGE_END.sub("\n", row.text))
    return f"{_RECORD}{_UNIT.join((*fields, text))}\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def has_rows(document: Document) -> bool:
    return document.encoding.partition("/")[0] in ROW_FORMATS


def split_rows(text: str) -> Iterator[PlacedRow]:
    """The rows of a text that ``join_rows`` wrote, in order."""
    at = 0
    for row in text.split(_RECORD):
        fields = row.split(_UNIT, _FIELDS_BEFORE_TEXT)
        if len(fields) == _FIELDS_BEFORE_TEXT + 1:
            number, date, url, *_ = fields
            *_, author, title, body = _field_spans(text, at, fields)
            yield PlacedRow(int(number), date or None, url or None, author, title, body)
        at += len(row) + 1


def _field_spans(text: str, start: int, fields: Iterable[str]) -> Iterator[Span]:
    for field in fields:
        yield stripped(text, Span(start, start + len(field)))
        start += len(field) + 1


def web_address(text: str) -> str:
    """``text`` if it is a web address that is safe to link to, otherwise ``""``.

    >>> web_address(" https://example.org/1 "), web_address("javascript:alert(1)"), web_address("新华网")
    ('https://example.org/1', '', '')
    """
    address = text.strip()
    plain = address.isprintable() and not any(c.isspace() for c in address)
    return address if plain and address.startswith(("http://", "https://")) else ""
