"""Which one of several things of a kind is meant: 八次全会 is not 七次全会."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from rag.text import fold

_VALUES = {"零": 0, "〇": 0, "两": 2, "百": 100} | {numeral: n for n, numeral in enumerate("一二三四五六七八九十", 1)}
_HAN = "".join(_VALUES)
_NUMBER = rf"(?P<number>\d{{1,4}}|[{_HAN}]{{1,7}})"
# Without 第, 三条 may be three of them.
_ORDINAL = re.compile(
    rf"(?<![\d.{_HAN}])(?P<first>第)?{_NUMBER}(?P<thing>(?:[次届期号轮批]|(?(first)[版集卷章条款]|(?!)))[^\W\d_{_HAN}])"
)


def ordinals(text: str) -> Mapping[str, frozenset[int]]:
    """What a Chinese text counts off, by how it goes on behind the number, and the numbers.

    >>> dict(ordinals("区委十三届八次全会"))
    {'次全': frozenset({8})}
    """
    found: dict[str, set[int]] = defaultdict(set)
    for match in _ORDINAL.finditer(fold(text)):
        found[match["thing"]].add(_value(match["number"]))
    return {thing: frozenset(numbers) for thing, numbers in found.items()}


def speaks_of_others(asked: Mapping[str, frozenset[int]], told: Mapping[str, frozenset[int]]) -> bool:
    """Whether a text with the ordinals ``told`` has other ones of a kind than ``asked``, and none that is asked for."""
    return any(told.get(thing) and not numbers & told[thing] for thing, numbers in asked.items())


def _value(numeral: str) -> int:
    """
    >>> [_value(numeral) for numeral in ("08", "两", "十三", "二十", "一百零五", "二〇")]
    [8, 2, 13, 20, 105, 20]
    """
    if numeral.isdecimal():
        return int(numeral)
    total = digits = 0
    for value in (_VALUES[each] for each in numeral):
        if value >= 10:
            total, digits = total + (digits or 1) * value, 0
        else:
            digits = 10 * digits + value
    return total + digits
