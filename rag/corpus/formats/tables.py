"""Read tables with one article in each row: CSV with a header, and JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rag.corpus.dates import day, day_of_field, is_day_first
from rag.corpus.decode import decode
from rag.corpus.formats.field_names import NAMES, names_of_field, normal_name
from rag.corpus.formats.file_text import FileText
from rag.corpus.formats.html.fragments import field_line, field_text, is_page
from rag.corpus.rows import Row, join_rows, web_address
from rag.errors import ReadError

_DELIMITERS = (",", "\t", ";", "|")
#: The first line of some files names the delimiter, for Excel.
_DELIMITER_LINE = re.compile(r'\s*"?sep=(.)"?[,;\t|]*\s*(?:\r\n?|\n)', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?|\n")
_MAX_FIELD = 2_000_000


def read_csv(data: bytes) -> FileText:
    """Read a CSV file with a header. Raises ``ReadError`` with the reason."""
    text, encoding = decode(data)
    _refuse_page(text)
    csv.field_size_limit(_MAX_FIELD)
    delimiter_line = _DELIMITER_LINE.match(text)
    text = text[delimiter_line.end() :] if delimiter_line else text
    header, delimiter = _header(text, delimiter_line[1] if delimiter_line else None)
    names = [normal_name(name) for name in header]
    if not names_of_field("text", names):
        columns = ", ".join(name.strip()[:20] for name in islice(header, 8))
        raise ReadError(f"none of its columns ({columns}) is the text: name it {_or(NAMES['text'][:7])}")
    _refuse_duplicates(header, "columns")
    return _file_text(list(_csv_rows(text, delimiter, names)), f"csv/{encoding}", "row")


def read_jsonl(data: bytes) -> FileText:
    """Read a file with one JSON object on each line. Raises ``ReadError`` with the reason."""
    text, encoding = decode(data)
    _refuse_page(text)
    return _file_text(list(_json_rows(text)), f"jsonl/{encoding}", "line")


@dataclass(frozen=True, slots=True)
class _Fields:
    """A row or a line: for each field the values of all columns that may hold it, the likeliest column first.

    ``unread`` has the values of the other columns by their names; only the first row has them.
    """

    number: int
    values: Mapping[str, Sequence[str]]
    unread: Mapping[str, Any]

    def first(self, field: str) -> str:
        """The value of the likeliest column that is not empty."""
        return next((value for value in self.values.get(field, ()) if value.strip()), "")


def _refuse_page(text: str) -> None:
    if text.lstrip().startswith("<") and is_page(text):  # the fields of a table may be in HTML, too
        raise ReadError("it is a web page: give it the ending .html")


def _refuse_duplicates(names: Sequence[str], what: str) -> None:
    """Raise ``ReadError`` if two columns that are read have the same name: one of them would be lost."""
    used = {normal_name(name) for field in NAMES for name in names_of_field(field, names)}
    seen: set[str] = set()
    for name in names:
        normal = normal_name(name)
        if normal in used and normal in seen:
            raise ReadError(f"it has two {what} named {name.strip()!r}: rename or remove one of them")
        seen.add(normal)


def _header(text: str, delimiter: str | None) -> tuple[list[str], str]:
    """The column names and the delimiter: the one that gives a column of text, or otherwise the most columns."""
    candidates = []
    for mark in (delimiter,) if delimiter else _DELIMITERS:
        try:
            header = next(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True), [])
        except csv.Error:
            continue
        candidates.append((header, mark))
    if not candidates:
        raise ReadError("its first line is no CSV header: save it as CSV with a line of column names")
    return max(candidates, key=lambda candidate: (bool(names_of_field("text", candidate[0])), len(candidate[0])))


def _or(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _csv_rows(text: str, delimiter: str, names: Sequence[str]) -> Iterator[_Fields]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    next(reader)
    columns_of = {field: [names.index(name) for name in names_of_field(field, names)] for field in NAMES}
    needed = 1 + max(*columns_of["text"], *columns_of["title"], 0)
    read = {i for columns in columns_of.values() for i in columns}
    number = 0
    try:
        for row in reader:
            if not row:
                continue
            number += 1
            # Excel omits empty cells at the end of some rows, such as dates, and adds some beyond the header to others.
            if len(row) < needed or any(cell.strip() for cell in row[len(names) :]):
                raise ReadError(f"row {number} has {len(row)} fields, the header {len(names)}: mend that row")
            cells = row + [""] * (len(names) - len(row))
            unread = {name: cells[i] for i, name in enumerate(names) if i not in read} if number == 1 else {}
            values = {field: [cells[i] for i in columns] for field, columns in columns_of.items()}
            yield _Fields(number, values, unread)
    except csv.Error as error:
        raise ReadError(f"row {number + 1} is no CSV ({error}): mend that row") from error


def _json_rows(text: str) -> Iterator[_Fields]:
    for number, line in enumerate(_LINE_END.split(text), 1):
        if line.strip():
            item = _parse(number, line)
            values = _json_fields(number, item)
            read = {name for field in NAMES for name in names_of_field(field, item)} if number == 1 else item
            yield _Fields(number, values, {name: value for name, value in item.items() if name not in read})


def _parse(number: int, line: str) -> dict[str, Any]:
    try:
        item = json.loads(line, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError) as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deep or too long a number"
        raise ReadError(f"line {number} is no JSON ({why}): mend that line") from error
    if not isinstance(item, _Pairs):
        raise ReadError(f'line {number} is no JSON object: write one article a line, {{"title": …, "text": …}}')
    try:
        _refuse_duplicates(item.names, "fields")
    except ReadError as error:
        raise ReadError(f"line {number}: {error}") from error
    return item


class _Pairs(dict[str, Any]):
    """A JSON object that keeps the list of its names, with duplicates."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.names = [name for name, _ in pairs]


def _json_fields(number: int, item: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    names_by_field = {field: names_of_field(field, item) for field in NAMES}
    if not names_by_field["text"] and not names_by_field["title"]:
        raise ReadError(f"line {number} has no text: name that field {_or(NAMES['text'][:7])}")
    return {field: [_value(number, field, item[name]) for name in names] for field, names in names_by_field.items()}


def _value(number: int, field: str, value: Any) -> str:
    """A JSON value as text. The strings of a list become paragraphs, or names with commas; null becomes ``""``."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ("\n\n" if field == "text" else ", ").join(value)
    while field == "date" and isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))  # {"$date": {"$numberLong": "1714521600000"}}, as MongoDB exports it
    if isinstance(value, dict | list) or (field == "text" and not isinstance(value, str | None)):
        raise ReadError(f"line {number}: its {field} is not a text: write it as a string")
    return "" if value is None else str(value)


def _file_text(rows: Sequence[_Fields], encoding: str, unit: str) -> FileText:
    """The text of all rows; ``unit`` is what messages call a row."""
    day_first = is_day_first(value for row in rows for value in row.values.get("date", ()))
    articles = []
    undated: list[tuple[int, str]] = []
    for row in rows:
        dates = [value.strip() for value in row.values.get("date", ()) if value.strip()]
        date = next((day for value in dates if (day := day_of_field(value, day_first=day_first))), "")
        if dates and not date:
            undated.append((row.number, dates[0]))
        articles.append(_article(row, date, unit))
    notes = (*_notes_on_texts(rows, unit), *_notes_on_dates(undated, unit), *_notes_on_unread_days(rows))
    return FileText(join_rows(articles), encoding, notes)


def _notes_on_dates(undated: Sequence[tuple[int, str]], unit: str) -> Iterator[str]:
    if undated:
        number, value = undated[0]
        more = f", nor do {len(undated) - 1} more" if len(undated) > 1 else ""
        shown = " ".join(value.split())[:40]
        yield f"the date of {unit} {number} ({shown}) tells no certain day{more}: write dates as 2024-05-01"


def _notes_on_unread_days(rows: Sequence[_Fields]) -> Iterator[str]:
    """A note if no row has a date, but a column of another name holds days."""
    if not rows or any(row.values.get("date") for row in rows):
        return
    name = next((name for name, value in rows[0].unread.items() if day(str(value)[:40])), None)
    if name is not None:
        yield f"its days ({name}) are not read: if they are those of publication, name that column date"


def _notes_on_texts(rows: Sequence[_Fields], unit: str) -> Iterator[str]:
    """A note if rows have several different texts, of which only one is read."""
    ambiguous = [row.number for row in rows if len({text for text in row.values.get("text", ()) if text.strip()}) > 1]
    if ambiguous:
        more = f" (one of {len(ambiguous)})" if len(ambiguous) > 1 else ""
        yield f"{unit} {ambiguous[0]}{more} has several fields for the text: only one is read, {_or(NAMES['text'][:4])}"


def _article(row: _Fields, date: str, unit: str) -> Row:
    try:
        text, title = field_text(row.first("text")), field_line(row.first("title"))
    except ReadError as error:
        raise ReadError(f"{unit} {row.number}: {error}") from error
    url = row.first("url")
    return Row(row.number, text, title, author=field_line(row.first("author")), date=date, url=web_address(url))
