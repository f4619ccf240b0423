"""Tables of articles, one row each: CSV with a header, and JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from rag.corpus.dates import day
from rag.corpus.decode import decode
from rag.corpus.records import Record, join
from rag.errors import ReadError

_DATE_ZH = ("日期", "发布日期", "发布时间", "出版日期", "时间")
#: What a column may be called, the likelier name first; case and white space do not count.
NAMES: Mapping[str, Sequence[str]] = {
    "text": ("text", "body", "content", "正文", "内容", "全文", "article"),
    "title": ("title", "headline", "标题", "题目"),
    "author": ("author", "authors", "byline", "作者", "记者"),
    "date": ("date", "published", "published_at", "publish_date", "pub_date", "pubdate", "datepublished", *_DATE_ZH),
    "url": ("url", "link", "source_url", "source", "网址", "链接", "来源"),
}
_DELIMITERS = (",", "\t", ";", "|")
_MAX_FIELD = 2_000_000


def read_csv(data: bytes) -> tuple[str, str]:
    """The text of the document, and how its bytes were read. Raises ``ReadError`` with the reason."""
    text, encoding = decode(data)
    csv.field_size_limit(_MAX_FIELD)
    header, delimiter = _header(text)
    columns = _columns(header)
    return join(_rows(text, delimiter, columns, len(header))), f"csv/{encoding}"


def read_jsonl(data: bytes) -> tuple[str, str]:
    """The text of the document, and how its bytes were read. Raises ``ReadError`` with the reason."""
    text, encoding = decode(data)
    return join(_lines(text)), f"jsonl/{encoding}"


def _header(text: str) -> tuple[list[str], str]:
    """The names of the columns and the delimiter: the one that shows a column of text, or else most columns."""
    found = []
    for delimiter in _DELIMITERS:
        try:
            row = next(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        found.append((row, delimiter))
    if not found:
        raise ReadError("its first line is no CSV header: save it as CSV with a line of column names")
    return max(found, key=lambda pair: ("text" in _columns_by_use(pair[0]), len(pair[0])))


def _columns_by_use(header: Sequence[str]) -> dict[str, int]:
    """Where each column we know stands."""
    places = {name.strip().lower(): place for place, name in reversed(list(enumerate(header)))}
    return {
        use: next(places[name] for name in names if name in places)
        for use, names in NAMES.items()
        if any(name in places for name in names)
    }


def _columns(header: Sequence[str]) -> dict[str, int]:
    columns = _columns_by_use(header)
    if "text" not in columns:
        named = ", ".join(name.strip()[:20] for name in islice(header, 8))
        raise ReadError(f"none of its columns ({named}) is the text: name it {_or(NAMES['text'])}")
    return columns


def _or(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _rows(text: str, delimiter: str, columns: Mapping[str, int], width: int) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    next(reader)
    number = 0
    try:
        for row in reader:
            if not row:
                continue
            number += 1
            if len(row) != width:
                raise ReadError(f"row {number} has {len(row)} fields, the header {width}: mend that row")
            yield _record(number, {use: row[place] for use, place in columns.items()})
    except csv.Error as error:
        raise ReadError(f"row {number + 1} is no CSV ({error}): mend that row") from error


def _lines(text: str) -> Iterator[Record]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _record(number, _fields(number, _parsed(number, line)))


def _parsed(number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deep or too long a number"
        raise ReadError(f"line {number} is no JSON ({why}): mend that line") from error
    if not isinstance(found, dict):
        raise ReadError(f'line {number} is no JSON object: write one article a line, {{"title": …, "text": …}}')
    return found


def _fields(number: int, found: Mapping[str, Any]) -> dict[str, str]:
    columns = _columns_by_use(list(found))
    if "text" not in columns and "title" not in columns:
        raise ReadError(f"line {number} has no text: name that field {_or(NAMES['text'])}")
    values = list(found.values())
    return {use: _value(number, use, values[place]) for use, place in columns.items()}


def _value(number: int, use: str, value: Any) -> str:
    """A field as text: strings as they are, lists of them as paragraphs or names, nothing for null."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ("\n\n" if use == "text" else ", ").join(value)
    if isinstance(value, dict | list) or (use == "text" and not isinstance(value, str | None)):
        raise ReadError(f"line {number}: its {use} is not a text: write it as a string")
    return "" if value is None else str(value)


def _record(number: int, fields: Mapping[str, str]) -> Record:
    return Record(
        number=number,
        text=fields.get("text", ""),
        title=fields.get("title", ""),
        author=fields.get("author", ""),
        date=day(fields.get("date", "")) or "",
        url=web_address(fields.get("url", "")),
    )


def web_address(text: str) -> str:
    """``text`` if it is an address that a page may link to, or nothing.

    >>> web_address(" https://example.org/1 "), web_address("javascript:alert(1)"), web_address("新华网")
    ('https://example.org/1', '', '')
    """
    address = text.strip()
    plain = address.isprintable() and not any(c.isspace() for c in address)
    return address if plain and address.startswith(("http://", "https://")) else ""
