"""Tables of articles, one row each: CSV with a header, and JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any

from rag.corpus.dates import day, day_of_field, is_day_first
from rag.corpus.decode import decode
from rag.corpus.html_field import field_line, field_text, is_page
from rag.corpus.read import Read
from rag.corpus.records import Record, join
from rag.errors import ReadError
from rag.text import simplify

#: What a column may be called, the likelier name first; case, white space and signs between words do not count.
NAMES: Mapping[str, Sequence[str]] = {
    "text": (
        "text", "body", "content", "正文", "内容", "全文", "article", "article body", "article text", "body text",
        "full text", "main text", "content text", "content html", "content encoded", "post content", "contents",
        "文章内容", "新闻内容", "正文内容", "文章正文", "新闻正文",
    ),
    "title": ("title", "headline", "标题", "题目", "文章标题", "新闻标题", "post title", "article title"),
    "author": ("author", "authors", "byline", "作者", "记者"),
    "date": ("date", "day", "datetime", "date time", "timestamp", "time", "ctime", "日期", "时间"),
    "url": ("url", "link", "source_url", "source", "网址", "链接", "来源"),
}  # fmt: skip
#: publishedAt, pub_date, date_created, post_time; 发布时间, 刊登日期, but no day of a change.
_DATE_NAME = re.compile(
    r"(?:first|originally)?(?:published|posted|issued|released|created|uploaded)"
    r"|(?:article|news|first|original)?"
    r"(?:publish(?:ed|ing)?|publication|pub|post(?:ed)?|issued?|released?|created?|creation|upload(?:ed)?)"
    r"(?:date|time|datetime|timestamp|day|at|on|ts|utc|gmt)+"
    r"|(?:date|time|day)(?:of)?(?:published|posted|issued|released|created|publication|creation)"
    r"|(?:article|news)(?:date|time)"
    r"|(?:文章|新闻|稿件)?(?:发布|发表|刊登|刊发|刊载|见报|出版|发稿|发文|公开|上线|创建|上传)(?:日期|时间|日|于)"
)
_SIGNS = re.compile(r"[\W_]+")
_DELIMITERS = (",", "\t", ";", "|")
#: The first line of some files tells Excel the delimiter.
_TELLS_DELIMITER = re.compile(r'\s*"?sep=(.)"?[,;\t|]*\s*(?:\r\n?|\n)', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?|\n")
_MAX_FIELD = 2_000_000


def read_csv(data: bytes) -> Read:
    """Raises ``ReadError`` with the reason."""
    text, encoding = decode(data)
    _refuse_page(text)
    csv.field_size_limit(_MAX_FIELD)
    hint = _TELLS_DELIMITER.match(text)
    text = text[hint.end() :] if hint else text
    header, delimiter = _header(text, hint[1] if hint else None)
    names = [normal_name(name) for name in header]
    if not best_named("text", names):
        named = ", ".join(name.strip()[:20] for name in islice(header, 8))
        raise ReadError(f"none of its columns ({named}) is the text: name it {_or(NAMES['text'][:7])}")
    _refuse_equal(header, "columns")
    return _joined(list(_rows(text, delimiter, names)), f"csv/{encoding}", "row")


def read_jsonl(data: bytes) -> Read:
    """Raises ``ReadError`` with the reason."""
    text, encoding = decode(data)
    _refuse_page(text)
    return _joined(list(_lines(text)), f"jsonl/{encoding}", "line")


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row or a line holds for each use, by the columns that may serve for it, the likelier first."""

    number: int
    fields: Mapping[str, Sequence[str]]
    #: What is not read, by the name of its column; of the first row alone.
    others: Mapping[str, Any] = field(default_factory=dict)

    def first(self, use: str) -> str:
        """Of several columns for one use the likeliest that holds anything."""
        return next((value for value in self.fields.get(use, ()) if value.strip()), "")


def normal_name(name: str) -> str:
    """A name of a column as names are compared.

    >>> normal_name(" publishedAt"), normal_name("Publish_Time"), normal_name("發佈時間")
    ('publishedat', 'publishtime', '发布时间')
    """
    return simplify(_SIGNS.sub("", unicodedata.normalize("NFKC", name)).lower()).replace("发佈", "发布")


@cache
def _normal(use: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normal_name(name) for name in NAMES[use]))


def best_named(use: str, names: Iterable[str]) -> list[str]:
    """Those of ``names`` that may be called so, the likelier first."""
    by_name = {normal_name(name): name for name in names}
    known = [by_name[name] for name in _normal(use) if name in by_name]
    if use != "date":
        return known
    return [*known, *(name for normal, name in by_name.items() if name not in known and _DATE_NAME.fullmatch(normal))]


def _refuse_page(text: str) -> None:
    if text.lstrip().startswith("<") and is_page(text):  # fields may be in HTML, too
        raise ReadError("it is a web page: give it the ending .html")


def _refuse_equal(names: Sequence[str], what: str) -> None:
    """One of two columns of one name would be lost."""
    used = {normal_name(name) for use in NAMES for name in best_named(use, names)}
    seen: set[str] = set()
    for name in names:
        normal = normal_name(name)
        if normal in used and normal in seen:
            raise ReadError(f"it has two {what} named {name.strip()!r}: rename or remove one of them")
        seen.add(normal)


def _header(text: str, delimiter: str | None) -> tuple[list[str], str]:
    """The names of the columns and the delimiter: the one that shows a column of text, or else most columns."""
    found = []
    for mark in (delimiter,) if delimiter else _DELIMITERS:
        try:
            row = next(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True), [])
        except csv.Error:
            continue
        found.append((row, mark))
    if not found:
        raise ReadError("its first line is no CSV header: save it as CSV with a line of column names")
    return max(found, key=lambda pair: (bool(best_named("text", pair[0])), len(pair[0])))


def _or(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _rows(text: str, delimiter: str, names: Sequence[str]) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    next(reader)
    places = {use: [names.index(name) for name in best_named(use, names)] for use in NAMES}
    needed = 1 + max(*places["text"], *places["title"], 0)
    read = {place for columns in places.values() for place in columns}
    number = 0
    try:
        for row in reader:
            if not row:
                continue
            number += 1
            # Excel leaves out empty cells at the end of a row, such as its date, and writes some beyond the header.
            if len(row) < needed or any(cell.strip() for cell in row[len(names) :]):
                raise ReadError(f"row {number} has {len(row)} fields, the header {len(names)}: mend that row")
            cells = row + [""] * (len(names) - len(row))
            others = {name: cells[at] for at, name in enumerate(names) if at not in read} if number == 1 else {}
            yield _Row(number, {use: [cells[place] for place in columns] for use, columns in places.items()}, others)
    except csv.Error as error:
        raise ReadError(f"row {number + 1} is no CSV ({error}): mend that row") from error


def _lines(text: str) -> Iterator[_Row]:
    for number, line in enumerate(_LINE_END.split(text), 1):
        if line.strip():
            record = _parsed(number, line)
            fields = _fields(number, record)
            read = {name for use in NAMES for name in best_named(use, record)} if number == 1 else record
            yield _Row(number, fields, {name: value for name, value in record.items() if name not in read})


def _parsed(number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError) as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deep or too long a number"
        raise ReadError(f"line {number} is no JSON ({why}): mend that line") from error
    if not isinstance(found, _Pairs):
        raise ReadError(f'line {number} is no JSON object: write one article a line, {{"title": …, "text": …}}')
    try:
        _refuse_equal(found.names, "fields")
    except ReadError as error:
        raise ReadError(f"line {number}: {error}") from error
    return found


class _Pairs(dict[str, Any]):
    """A JSON object that remembers names given twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.names = [name for name, _ in pairs]


def _fields(number: int, found: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    columns = {use: best_named(use, found) for use in NAMES}
    if not columns["text"] and not columns["title"]:
        raise ReadError(f"line {number} has no text: name that field {_or(NAMES['text'][:7])}")
    return {use: [_value(number, use, found[name]) for name in names] for use, names in columns.items()}


def _value(number: int, use: str, value: Any) -> str:
    """A field as text: strings as they are, lists of them as paragraphs or names, nothing for null."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ("\n\n" if use == "text" else ", ").join(value)
    while use == "date" and isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))  # {"$date": {"$numberLong": "1714521600000"}}, as MongoDB exports it
    if isinstance(value, dict | list) or (use == "text" and not isinstance(value, str | None)):
        raise ReadError(f"line {number}: its {use} is not a text: write it as a string")
    return "" if value is None else str(value)


def _joined(rows: Sequence[_Row], how: str, unit: str) -> Read:
    day_first = is_day_first(value for row in rows for value in row.fields.get("date", ()))
    records = []
    undated: list[tuple[int, str]] = []
    for row in rows:
        days = [value.strip() for value in row.fields.get("date", ()) if value.strip()]
        date = next((found for value in days if (found := day_of_field(value, day_first=day_first))), "")
        if days and not date:
            undated.append((row.number, days[0]))
        records.append(_record(row, date, unit))
    return Read(join(records), how, (*_unread(rows, unit), *_no_days(undated, unit), *_unnamed_days(rows)))


def _no_days(undated: Sequence[tuple[int, str]], unit: str) -> Iterator[str]:
    if undated:
        number, value = undated[0]
        more = f", nor do {len(undated) - 1} more" if len(undated) > 1 else ""
        shown = " ".join(value.split())[:40]
        yield f"the date of {unit} {number} ({shown}) tells no certain day{more}: write dates as 2024-05-01"


def _unnamed_days(rows: Sequence[_Row]) -> Iterator[str]:
    """A column of days that is not called so; that articles have no day must not go without a word."""
    if not rows or any(row.fields.get("date") for row in rows):
        return
    name = next((name for name, value in rows[0].others.items() if day(str(value)[:40])), None)
    if name is not None:
        yield f"its days ({name}) are not read: if they are those of publication, name that column date"


def _unread(rows: Sequence[_Row], unit: str) -> Iterator[str]:
    """Of two fields for the text, one is not read, which must not go without a word."""
    double = [row.number for row in rows if len({text for text in row.fields.get("text", ()) if text.strip()}) > 1]
    if double:
        more = f" (one of {len(double)})" if len(double) > 1 else ""
        yield f"{unit} {double[0]}{more} has several fields for the text: only one is read, {_or(NAMES['text'][:4])}"


def _record(row: _Row, date: str, unit: str) -> Record:
    try:
        text, title = field_text(row.first("text")), field_line(row.first("title"))
    except ReadError as error:
        raise ReadError(f"{unit} {row.number}: {error}") from error
    url = row.first("url")
    return Record(row.number, text, title, author=field_line(row.first("author")), date=date, url=web_address(url))


def web_address(text: str) -> str:
    """``text`` if it is an address that a page may link to, or nothing.

    >>> web_address(" https://example.org/1 "), web_address("javascript:alert(1)"), web_address("新华网")
    ('https://example.org/1', '', '')
    """
    address = text.strip()
    plain = address.isprintable() and not any(c.isspace() for c in address)
    return address if plain and address.startswith(("http://", "https://")) else ""
