"""Links to a place in a source, which anyone can open later: ``?source=…&start=…&end=…&check=…``."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, quote, urlencode

from rag.text import squeeze
from rag.types import Citation, Passage

_LONGEST = 4000
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A range of a source. ``check`` is a fingerprint of its words when the link was made."""

    source: str
    start: int
    end: int
    check: str | None = None

    @classmethod
    def of(cls, cited: Citation | Passage) -> Self:
        text = cited.quote if isinstance(cited, Citation) else cited.text
        return cls(cited.source, cited.start, cited.end, fingerprint(text))

    @classmethod
    def parse(cls, query: str) -> Self | None:
        """The place that a query string names, which may be any text; ``None`` if it names none.

        >>> Place.parse("?lang=en&source=a.txt&start=3&end=7")
        Place(source='a.txt', start=3, end=7, check=None)
        """
        if len(query) > _LONGEST:
            return None
        try:
            fields = parse_qs(query.removeprefix("?"), max_num_fields=20, errors="strict")
        except ValueError:
            return None
        source, start, end, check = (fields.get(name, [""])[0] for name in ("source", "start", "end", "check"))
        if not (source and _NUMBER.fullmatch(start) and _NUMBER.fullmatch(end)) or int(start) >= int(end):
            return None
        return cls(source, int(start), int(end), check or None)

    @property
    def query(self) -> str:
        """The link, relative to the page."""
        fields = {"source": self.source, "start": str(self.start), "end": str(self.end)}
        if self.check:
            fields["check"] = self.check
        return "?" + urlencode(fields, quote_via=quote, safe="", errors="replace")

    def stands_in(self, text: str) -> bool:
        """Whether ``text``, the present text of the source, still has the words of the link at this place."""
        return self.end <= len(text) and self.check in (None, fingerprint(text[self.start : self.end]))


def fingerprint(text: str) -> str:
    """Eight hexadecimal digits of the text, white space aside: enough to notice a change, not to prove one."""
    return hashlib.sha256(squeeze(text).encode("utf-8", "replace")).hexdigest()[:8]
