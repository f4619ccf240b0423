"""Read the front matter of Markdown files: names and values between ``---`` (YAML) or ``+++`` (TOML).

Only simple lines are read. A YAML parser would refuse the whole block for common mistakes (``title: Bridge: open``) and
would not read TOML. It would also give the places of values with quotes and marks, which are not part of a quote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.corpus.dates import day_of_field
from rag.corpus.formats.field_names import names_of_field
from rag.corpus.rows import web_address
from rag.corpus.spans import shifted, stripped
from rag.types import Span

_LINE = re.compile(r"([^\r\n]*)(?:\r\n?|\n|\Z)")
_ENDS = {"---": ("---", "..."), "+++": ("+++",)}
_FIELDS = {"---": re.compile(r"([\w.-]+)[ \t]*:(?=\s|\Z)[ \t]*"), "+++": re.compile(r"([\w.-]+)[ \t]*=[ \t]*")}
#: Other lines that may stand in front matter: nested values, items, comments and TOML tables.
_OTHER = re.compile(r"\s|-\s|#|\[|[\]}]|\Z")
_VALUE = re.compile(r"""(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|\[([^\]]*)\]|(.*?))\s*(?:\s#.*|,)?\Z""")
#: The value stands on the indented lines below.
_BLOCK_SCALAR = re.compile(r"[>|][+-]?\s*\Z")
#: Text between two rules that has more lines than this is not front matter.
_MAX_LINES = 400
_NOTHING = Span(0, 0)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of front matter, as spans of the page; those that are missing are empty.

    ``end`` is where the text begins, 0 if there is no front matter; ``date`` is in ISO form.
    """

    end: int = 0
    title: Span = _NOTHING
    author: Span = _NOTHING
    date: str | None = None
    url: str | None = None


def front_matter(page: str) -> FrontMatter:
    """The front matter at the beginning of a page; text between two rules without any field is not front matter.

    >>> page = "---\\ntitle: 'Bridge: open'\\ndate: 2025-08-01\\n---\\nText."
    >>> matter = front_matter(page)
    >>> page[matter.title.start : matter.title.end], matter.date, page[matter.end :]
    ('Bridge: open', '2025-08-01', 'Text.')
    """
    lines = _lines(page)
    if not lines:
        return FrontMatter()
    mark = page[lines[0].start : lines[0].end].rstrip()
    fields: dict[str, Span] = {}
    in_toml_table = False
    for number, line in enumerate(lines[1:-1], 1):
        text = page[line.start : line.end]
        in_toml_table = in_toml_table or (mark == "+++" and text.startswith("["))
        if field := _FIELDS[mark].match(text):
            if not in_toml_table:
                fields.setdefault(field[1].lower(), _value(page, lines, number, field.end()))
        elif not _OTHER.match(text):
            return FrontMatter()
    return _from_fields(page, lines[-1].end, fields) if fields else FrontMatter()


def _lines(page: str) -> list[Span]:
    """The lines from the first mark to the last, the last one with its line end; none without two marks."""
    lines: list[Span] = []
    at = 0
    while at < len(page) and len(lines) < _MAX_LINES:
        match = _LINE.match(page, at)
        assert match is not None
        text = match[1].rstrip()
        if not lines and text not in _ENDS:
            return []
        if lines and text in _ENDS[page[lines[0].start : lines[0].end].rstrip()]:
            return [*lines, Span(at, match.end())]
        lines.append(Span(at, match.end(1)))
        at = match.end()
    return []


def _value(page: str, lines: list[Span], number: int, begin: int) -> Span:
    line = lines[number]
    start = line.start + begin
    if _BLOCK_SCALAR.match(page[start : line.end]):
        after = number + 1
        while after < len(lines) - 1 and page[lines[after].start : lines[after].end][:1] in (" ", "\t"):
            after += 1
        return stripped(page, Span(lines[number + 1].start, lines[after - 1].end)) if after > number + 1 else _NOTHING
    match = _VALUE.match(page[start : line.end])
    if match is None or match.lastindex is None:
        return _NOTHING
    return stripped(page, shifted(Span(*match.span(match.lastindex)), start))


def _from_fields(page: str, end: int, fields: dict[str, Span]) -> FrontMatter:
    def values(field: str) -> list[Span]:
        return [fields[name] for name in names_of_field(field, fields) if len(fields[name])]

    texts = {field: [page[span.start : span.end] for span in values(field)] for field in ("date", "url")}
    return FrontMatter(
        end=end,
        title=next(iter(values("title")), _NOTHING),
        author=next(iter(values("author")), _NOTHING),
        date=next((day for text in texts["date"] if (day := day_of_field(text))), None),
        url=web_address(next(iter(texts["url"]), "")) or None,
    )
