"""What Word's styles say of a text: heading, number, hidden, struck out, raised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|标题) ?([1-6])", re.IGNORECASE)
_OFF = frozenset(("0", "false", "off"))
_HIDDEN = (f"{_W}vanish",)
_STRUCK = (f"{_W}strike", f"{_W}dstrike")
#: Text raised or lowered by so many half points is set so by hand.
_RAISED = 4


@dataclass(frozen=True, slots=True)
class Look:
    """How a run is shown. ``None``: its style or its paragraph tells."""

    hidden: bool | None = None
    struck: bool | None = None
    bold: bool | None = None
    raised: str | None = None
    font: str = ""

    def over(self, below: Look) -> Look:
        """This look where it says something, the one ``below`` elsewhere."""
        return Look(
            below.hidden if self.hidden is None else self.hidden,
            below.struck if self.struck is None else self.struck,
            below.bold if self.bold is None else self.bold,
            below.raised if self.raised is None else self.raised,
            self.font or below.font,
        )


NOTHING = Look()


def _either(a: bool | None, b: bool | None) -> bool | None:
    return a if b is None else b if a is None else a != b


def look(properties: Any | None) -> Look:
    """What ``w:rPr`` says itself."""
    if properties is None:
        return NOTHING
    font = properties.find(f"{_W}rFonts")
    return Look(
        _flag(properties, _HIDDEN),
        _flag(properties, _STRUCK),
        _flag(properties, (f"{_W}b",)),
        _raised(properties),
        "" if font is None else font.get(f"{_W}ascii", "") or font.get(f"{_W}hAnsi", ""),
    )


def _flag(properties: Any, names: tuple[str, ...]) -> bool | None:
    found = [element.get(f"{_W}val", "1").lower() not in _OFF for name in names for element in properties.findall(name)]
    return any(found) if found else None


def _raised(properties: Any) -> str | None:
    aligned = properties.find(f"{_W}vertAlign")
    if aligned is not None:
        return str(aligned.get(f"{_W}val", ""))
    moved = properties.find(f"{_W}position")
    if moved is None:
        return None
    try:
        points = int(moved.get(f"{_W}val", "0"))
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
    """The styles of a document, by the id that paragraphs and runs name them with."""

    def __init__(self, part: Any | None) -> None:
        """``part`` is the root of ``styles.xml``, if there is one."""
        self._styles: dict[str, _Style] = {}
        self._default = ""
        for element in [] if part is None else part.iter(f"{_W}style"):
            name = element.get(f"{_W}styleId", "")
            self._styles[name] = _Style(
                name=_value(element, "name"),
                parent=_value(element, "basedOn"),
                look=look(element.find(f"{_W}rPr")),
                numbers=element.find(f"{_W}pPr/{_W}numPr"),
                marks_header=any(x.get(f"{_W}type") == "firstRow" for x in element.findall(f"{_W}tblStylePr")),
            )
            if element.get(f"{_W}type") == "paragraph" and element.get(f"{_W}default", "0") not in _OFF:
                self._default = name

    def heading(self, style: str) -> int:
        """The level of a heading, 0 for other styles; a title is above "Heading 1"."""
        name = self._styles[style].name if style in self._styles else ""
        if match := _HEADING.fullmatch(name):
            return int(match[1]) + 1
        return 1 if name.lower() in ("title", "标题") else 0

    def look(self, paragraph: str, run: str) -> Look:
        """How text looks in a paragraph and a run of these styles.

        What both switch on is off, as Word has it for what can only be on or off.
        """
        below, above = self._look(paragraph or self._default), self._look(run)
        return replace(
            above.over(below),
            hidden=_either(below.hidden, above.hidden),
            struck=_either(below.struck, above.struck),
            bold=_either(below.bold, above.bold),
        )

    def _look(self, name: str) -> Look:
        result = NOTHING
        for style in self._chain(name):
            result = result.over(style.look)
        return result

    def numbers(self, name: str) -> tuple[Any, str] | None:
        """The numbering of paragraphs of a style, and the style that says so."""
        for style_name, style in self._named_chain(name or self._default):
            if style.numbers is not None:
                return style.numbers, style_name
        return None

    def marks_header(self, name: str) -> bool:
        """Whether a style of tables sets their first row apart."""
        return any(style.marks_header for style in self._chain(name))

    def _chain(self, name: str) -> Iterator[_Style]:
        return (style for _, style in self._named_chain(name))

    def _named_chain(self, name: str) -> Iterator[tuple[str, _Style]]:
        """A style and those that it is based on."""
        seen: set[str] = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            yield name, self._styles[name]
            name = self._styles[name].parent


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return "" if found is None else str(found.get(f"{_W}val", ""))
