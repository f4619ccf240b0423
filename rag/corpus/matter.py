"""What stands in front of a Markdown text: a block of names and values between ``---`` (YAML) or ``+++`` (TOML).

Its simple lines are read here and no YAML is: what is said of an article are single values, and their places in the
file are wanted, which YAML libraries do not tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.corpus.dates import day_of_field
from rag.corpus.tables import NAMES, best_named, web_address
from rag.types import Span

_LINE = re.compile(r"([^\r\n]*)(?:\r\n?|\n|\Z)")
_ENDS = {"---": ("---", "..."), "+++": ("+++",)}
_FIELDS = {"---": re.compile(r"([\w.-]+)[ \t]*:(?=\s|\Z)[ \t]*"), "+++": re.compile(r"([\w.-]+)[ \t]*=[ \t]*")}
#: Nested values, items, comments and the tables of TOML.
_OTHER = re.compile(r"\s|-\s|#|\[|[\]}]|\Z")
_VALUE = re.compile(r"""(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|\[([^\]]*)\]|(.*?))\s*(?:\s#.*|,)?\Z""")
#: The value stands on the lines below, set in.
_BELOW = re.compile(r"[>|][+-]?\s*\Z")
#: A text between two rules that has so many lines is not taken for one.
_MOST_LINES = 400
_NOTHING = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Matter:
    """What such a block says. It ends before ``end``, which is 0 without one.

    Spans are of the page and empty where nothing is said; ``date`` is in ISO form.
    """

    end: int = 0
    title: Span = _NOTHING
    author: Span = _NOTHING
    date: str | None = None
    url: str | None = None


def front_matter(page: str) -> Matter:
    """What the page begins with; text between two rules, which names nothing, is none.

    >>> page = "---\\ntitle: 'Bridge: open'\\ndate: 2025-08-01\\n---\\nText."
    >>> found = front_matter(page)
    >>> page[found.title.start : found.title.end], found.date, page[found.end :]
    ('Bridge: open', '2025-08-01', 'Text.')
    """
    lines = _lines(page)
    if not lines:
        return Matter()
    style = page[lines[0].start : lines[0].end].rstrip()
    fields: dict[str, Span] = {}
    nested = False
    for number, line in enumerate(lines[1:-1], 1):
        text = page[line.start : line.end]
        nested = nested or (style == "+++" and text.startswith("["))
        if field := _FIELDS[style].match(text):
            if not nested:
                fields.setdefault(field[1].lower(), _value(page, lines, number, field.end()))
        elif not _OTHER.match(text):
            return Matter()
    return _matter(page, lines[-1].end, fields) if fields else Matter()


def _lines(page: str) -> list[Span]:
    """The lines from the first mark to the last; the last one with its line end."""
    lines: list[Span] = []
    at = 0
    while at < len(page) and len(lines) < _MOST_LINES:
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
    if _BELOW.match(page[start : line.end]):
        below = number + 1
        while below < len(lines) - 1 and page[lines[below].start : lines[below].end][:1] in (" ", "\t"):
            below += 1
        return _bare(page, Span(lines[number + 1].start, lines[below - 1].end)) if below > number + 1 else _NOTHING
    match = _VALUE.match(page[start : line.end])
    if match is None or match.lastindex is None:
        return _NOTHING
    return _bare(page, Span(start + match.start(match.lastindex), start + match.end(match.lastindex)))


def _bare(page: str, span: Span) -> Span:
    text = page[span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    return Span(start, start + len(text.strip()))


def _matter(page: str, end: int, fields: dict[str, Span]) -> Matter:
    found = {
        use: next((fields[name] for name in best_named(use, fields) if len(fields[name])), _NOTHING) for use in NAMES
    }
    said = {use: page[span.start : span.end] for use, span in found.items()}
    days = (day_of_field(page[fields[name].start : fields[name].end]) for name in best_named("date", fields))
    return Matter(
        end=end,
        title=found["title"],
        author=found["author"],
        date=next((day for day in days if day), None),
        url=web_address(said["url"]) or None,
    )
