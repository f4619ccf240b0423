"""Names and values of WordprocessingML elements."""

from __future__ import annotations

from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = frozenset(("0", "false", "off"))


def child_value(element: Any | None, name: str) -> str:
    """The ``w:val`` of a child element; ``""`` if there is none."""
    child = None if element is None else element.find(f"{W}{name}")
    return "" if child is None else str(child.get(f"{W}val", ""))


def is_on(element: Any | None) -> bool:
    """Whether a switch is present and not switched off."""
    return element is not None and element.get(f"{W}val", "1").lower() not in _OFF
