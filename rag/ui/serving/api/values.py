"""What the arguments of a call may be; each check raises ``InputError`` with one line that names the argument."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from rag.errors import InputError
from rag.types import Leg
from rag.ui.render.escape import printable

_LEGS = get_args(Leg)


def text(value: Any, name: str = "question") -> str:
    if not isinstance(value, str):
        raise InputError(f"{name} is not a text; send a JSON string")
    return printable(value)


def text_or_error(value: Any) -> str | InputError:
    try:
        return text(value)
    except InputError as error:
        return error


def texts(values: Any, name: str, most: int) -> Sequence[str]:
    if not isinstance(values, list) or len(values) > most:
        raise InputError(f"{name} is not a list of at most {most} texts; send fewer, or none")
    return [text(v, name) for v in values]


def share(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InputError("min_confidence is not a number from 0 to 1; send one, or leave it out")
    return float(value)


def flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{name} is neither true nor false; send one, or leave it out")
    return value


def whole(value: Any, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{name} is out of range; send a whole number from {low} to {high}")
    return value


def known_leg(value: Any) -> Leg:
    if value not in _LEGS:
        raise InputError(f"leg is none of {', '.join(_LEGS)}; send one of these")
    leg: Leg = value
    return leg
