"""Articles that a file itself sets apart (rows of a table, a web page), as one text and back.

Each record begins with ASCII's record separator and its fields with the unit separator. All that reads or cites takes
these for white space, so the text of the document tells everything and nothing has to be kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.types import Document, Span

FORMATS = frozenset({"csv", "html", "jsonl"})
_RECORD, _UNIT = "\x1e", "\x1f"
#: Ours, and the form feed, which elsewhere ends a page: rows and web pages have none.
_SEPARATORS = re.compile("[\x1c-\x1f]")
_PAGE_END = re.compile("[ \t]*[\x0b\x0c]")
_NEW_LINE = "\n"
_BEFORE_TEXT = 5


@dataclass(frozen=True, slots=True)
class Record:
    """One article as a file gives it. ``number`` counts from 1: the row, or the line. What is not given is empty."""

    number: int
    text: str
    title: str = ""
    author: str = ""
    date: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Where a record stands in the text of its document; white space around a span is left out."""

    number: int
    date: str | None
    url: str | None
    author: Span
    title: Span
    text: Span


def join(records: Iterable[Record]) -> str:
    """The text of a document with these records.

    >>> join([Record(7, "Text.", title="Title", date="2025-08-01")])
    '\\x1e7\\x1f2025-08-01\\x1f\\x1f\\n\\x1fTitle\\n\\x1fText.\\n'
    """
    return "".join(_written(record) for record in records)


def _written(record: Record) -> str:
    head = (str(record.number), record.date, record.url, f"{_line(record.author)}\n", f"{_line(record.title)}\n")
    return f"{_RECORD}{_UNIT.join(head)}{_UNIT}{_SEPARATORS.sub(' ', _PAGE_END.sub(_NEW_LINE, record.text))}\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def has_records(document: Document) -> bool:
    return document.encoding.partition("/")[0] in FORMATS


def split(text: str) -> Iterator[Part]:
    """The records of such a text, in order."""
    at = 0
    for record in text.split(_RECORD):
        fields = record.split(_UNIT, _BEFORE_TEXT)
        if len(fields) == _BEFORE_TEXT + 1:
            number, date, url, *_ = fields
            author, title, body = _spans(text, at, [len(field) for field in fields])[_BEFORE_TEXT - 2 :]
            yield Part(int(number), date or None, url or None, author, title, body)
        at += len(record) + 1


def _spans(text: str, start: int, lengths: list[int]) -> list[Span]:
    spans = []
    for length in lengths:
        field = text[start : start + length]
        first = start + len(field) - len(field.lstrip())
        spans.append(Span(first, first + len(field.strip())))
        start += length + 1
    return spans
