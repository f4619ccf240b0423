"""Read Word's styles: headings, numbering, and text that is hidden, struck out or raised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from rag.corpus.formats.docx.xml import W, child_value, is_on

_HEADING = re.compile(r"(?:heading|标题) ?([1-6])", re.IGNORECASE)
_HIDDEN = (f"{W}vanish",)
_STRUCK = (f"{W}strike", f"{W}dstrike")
#: Text that is moved up or down by at least this many half points is a superscript or subscript.
_RAISED = 4


@dataclass(frozen=True, slots=True)
class Look:
    """How a run is shown. ``None`` means that its style or its paragraph decides."""

    hidden: bool | None = None
    struck: bool | None = None
    bold: bool | None = None
    raised: str | None = None
    font: str = ""

    def over(self, below: Look) -> Look:
        """This look, with what it leaves open taken from ``below``."""
        return Look(
            below.hidden if self.hidden is None else self.hidden,
            below.struck if self.struck is None else self.struck,
            below.bold if self.bold is None else self.bold,
            below.raised if self.raised is None else self.raised,
            self.font or below.font,
        )


_UNDECIDED = Look()


def _either(a: bool | None, b: bool | None) -> bool | None:
    return a if b is None else b if a is None else a != b


def look(properties: Any | None) -> Look:
    """The look that a ``w:rPr`` gives."""
    if properties is None:
        return _UNDECIDED
    font = properties.find(f"{W}rFonts")
    return Look(
        _flag(properties, _HIDDEN),
        _flag(properties, _STRUCK),
        _flag(properties, (f"{W}b",)),
        _raised(properties),
        "" if font is None else font.get(f"{W}ascii", "") or font.get(f"{W}hAnsi", ""),
    )


def _flag(properties: Any, names: tuple[str, ...]) -> bool | None:
    switches = [is_on(element) for name in names for element in properties.findall(name)]
    return any(switches) if switches else None


def _raised(properties: Any) -> str | None:
    aligned = properties.find(f"{W}vertAlign")
    if aligned is not None:
        return str(aligned.get(f"{W}val", ""))
    moved = properties.find(f"{W}position")
    if moved is None:
        return None
    try:
        points = int(moved.get(f"{W}val", "0"))
    except ValueError:
        return None
    return "superscript" if points >= _RAISED else "subscript" if points <= -_RAISED else None


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    parent: str
    look: Look
    numbers: Any | None
    marks_header: bool


class Styles:
    """The styles of a document, by their ids."""

    def __init__(self, part: Any | None) -> None:
        """``part`` is the root of ``styles.xml``, if there is one."""
        self._styles: dict[str, _Style] = {}
        self._default = ""
        for element in [] if part is None else part.iter(f"{W}style"):
            name = element.get(f"{W}styleId", "")
            self._styles[name] = _Style(
                name=child_value(element, "name"),
                parent=child_value(element, "basedOn"),
                look=look(element.find(f"{W}rPr")),
                numbers=element.find(f"{W}pPr/{W}numPr"),
                marks_header=any(x.get(f"{W}type") == "firstRow" for x in element.findall(f"{W}tblStylePr")),
            )
            if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default", "0") not in ("0", "false", "off"):
                self._default = name

    def heading(self, style: str) -> int:
        """The level of a heading style, 0 for other styles. A title has level 1, so "Heading 1" has level 2."""
        name = self._styles[style].name if style in self._styles else ""
        if match := _HEADING.fullmatch(name):
            return int(match[1]) + 1
        return 1 if name.lower() in ("title", "标题") else 0

    def look(self, paragraph: str, run: str) -> Look:
        """How text looks in a paragraph and a run of these styles.

        Word switches a property off if both styles switch it on.
        """
        below, above = self._look(paragraph or self._default), self._look(run)
        return replace(
            above.over(below),
            hidden=_either(below.hidden, above.hidden),
            struck=_either(below.struck, above.struck),
            bold=_either(below.bold, above.bold),
        )

    def _look(self, name: str) -> Look:
        result = _UNDECIDED
        for style in self._chain(name):
            result = result.over(style.look)
        return result

    def numbers(self, name: str) -> tuple[Any, str] | None:
        """The numbering of a paragraph style, and the style that defines it."""
        for style_name, style in self._named_chain(name or self._default):
            if style.numbers is not None:
                return style.numbers, style_name
        return None

    def marks_header(self, name: str) -> bool:
        """Whether a table style formats the first row differently."""
        return any(style.marks_header for style in self._chain(name))

    def _chain(self, name: str) -> Iterator[_Style]:
        return (style for _, style in self._named_chain(name))

    def _named_chain(self, name: str) -> Iterator[tuple[str, _Style]]:
        """A style and the styles that it is based on, with their ids."""
        seen: set[str] = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            yield name, self._styles[name]
            name = self._styles[name].parent
