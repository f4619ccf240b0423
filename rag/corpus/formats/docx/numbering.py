"""Compute the numbers that Word adds before paragraphs: 第四条, 3.2, (a), ①."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rag.corpus.formats.docx.symbols import UNKNOWN, without_private
from rag.corpus.formats.docx.xml import W, child_value, is_on

_LEVELS = 9
_COUNT = re.compile(r"%([1-9])")
BULLET = "•"


@dataclass(frozen=True, slots=True)
class _Level:
    """How the numbers of one level look.

    ``text``: the number with ``%1`` in place of the count of level 1.
    ``legal``: all counts in it are written in digits.
    ``restart``: the lowest level, from 1, that restarts this one; ``None`` for every higher level, 0 for no level.
    ``joined``: there is no space between the number and the text.
    ``style``: the paragraph style that belongs to this level.
    """

    start: int = 1
    form: str = "decimal"
    text: str = ""
    legal: bool = False
    restart: int | None = None
    joined: bool = False
    style: str = ""


@dataclass(slots=True)
class _List:
    """The levels of a list and their current counts. Lists with the same definition share them."""

    levels: Mapping[int, _Level]
    counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


class Numbering:
    """Counts the numbered paragraphs of a document, in order."""

    def __init__(self, part: Any | None) -> None:
        """``part`` is the root of ``numbering.xml``, if there is one."""
        self._definitions: dict[str, _List] = {}
        self._lists: dict[str, tuple[_List, Mapping[int, _Level]]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        if part is not None:
            self._read_definitions(part)
            for element in part.findall(f"{W}num"):
                self._read_list(element)

    def _read_definitions(self, part: Any) -> None:
        id_by_style = {}
        for element in part.findall(f"{W}abstractNum"):
            definition_id = element.get(f"{W}abstractNumId", "")
            levels = {_integer(level.get(f"{W}ilvl", ""), 0): _level(level) for level in element.findall(f"{W}lvl")}
            self._definitions[definition_id] = _List(levels)
            if style := child_value(element, "styleLink"):
                id_by_style[style] = definition_id
        for element in part.findall(f"{W}abstractNum"):
            if (definition_id := id_by_style.get(child_value(element, "numStyleLink"))) is not None:
                self._definitions[element.get(f"{W}abstractNumId", "")] = self._definitions[definition_id]

    def _read_list(self, element: Any) -> None:
        definition = self._definitions.get(child_value(element, "abstractNumId"))
        if definition is None:
            return
        list_id = element.get(f"{W}numId", "")
        levels = dict(definition.levels)
        for override in element.findall(f"{W}lvlOverride"):
            level = _integer(override.get(f"{W}ilvl", ""), 0)
            if (new_level := override.find(f"{W}lvl")) is not None:
                levels[level] = _level(new_level)
            if start := child_value(override, "startOverride"):
                self._starts.setdefault(list_id, {})[level] = _integer(start, 1)
        self._lists[list_id] = (definition, levels)

    def level_of_style(self, list_id: str, style: str) -> int:
        """The level of a list that belongs to a paragraph style."""
        levels = self._lists[list_id][1] if list_id in self._lists else {}
        return next((level for level, definition in levels.items() if definition.style == style), 0)

    def next(self, list_id: str, level: int) -> str:
        """The number of the next paragraph of this list and level, with the space behind it; may be empty."""
        if list_id not in self._lists or not 0 <= level < _LEVELS:
            return ""
        shared, levels = self._lists[list_id]
        definition = levels.get(level)
        if definition is None:
            return ""
        counts = shared.counts
        if (start := self._starts.get(list_id, {}).pop(level, None)) is not None:
            counts[level] = start
        else:
            before = counts[level]
            counts[level] = definition.start if before is None else before + 1
        for deeper in range(level + 1, _LEVELS):
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or 0 < level + 1 <= restart:
                counts[deeper] = None
        for higher in range(level):
            if counts[higher] is None:
                counts[higher] = levels[higher].start if higher in levels else 1
        return _written(definition, levels, counts)


def _written(definition: _Level, levels: Mapping[int, _Level], counts: list[int | None]) -> str:
    def count(match: re.Match[str]) -> str:
        level = int(match[1]) - 1
        form = levels[level].form if level in levels and not definition.legal else "decimal"
        return numeral(counts[level] or 0, form)

    if definition.form == "bullet":
        mark = without_private(definition.text)
        text = mark if mark and UNKNOWN not in mark and not mark.isalnum() else BULLET
    else:
        text = _COUNT.sub(count, definition.text)
    return text.strip() + ("" if definition.joined else " ") if text.strip() else ""


def _level(element: Any) -> _Level:
    restart = child_value(element, "lvlRestart")
    return _Level(
        start=_integer(child_value(element, "start"), 1),
        form=child_value(element, "numFmt") or "decimal",
        text=child_value(element, "lvlText"),
        legal=is_on(element.find(f"{W}isLgl")),
        restart=_integer(restart, 0) if restart else None,
        joined=child_value(element, "suff") == "nothing",
        style=child_value(element, "pStyle"),
    )


def _integer(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def numeral(number: int, form: str) -> str:
    """A number in one of Word's forms; in digits if the form is unknown.

    >>> [numeral(24, f) for f in ("decimalZero", "upperRoman", "lowerLetter", "chineseCountingThousand", "ordinal")]
    ['24', 'XXIV', 'x', '二十四', '24th']
    >>> numeral(4, "decimalEnclosedCircle"), numeral(3, "ideographTraditional"), numeral(107, "chineseLegalSimplified")
    ('④', '丙', '壹佰零柒')
    """
    if form in ("none", "bullet"):
        return ""
    written = _FORMS.get(form, str)(number) if number > 0 or form in _WITH_ZERO else ""
    return written or str(number)


def _roman(number: int) -> str:
    values = (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")
    text = ""
    for value, letters in (*values, (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        text += letters * (number // value)
        number %= value
    return text


def _letter(number: int) -> str:
    """a … z, aa, bb … zz, aaa …"""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _chinese(digits: str, units: str) -> Callable[[int], str]:
    def write(number: int) -> str:
        if number > 9999:
            return ""
        text = ""
        for place in range(3, -1, -1):
            digit = number // 10**place % 10
            if digit:
                text += digits[digit] + (units[place - 1] if place else "")
            elif text and not text.endswith(digits[0]) and number % 10**place:
                text += digits[0]
        return text[1:] if text.startswith("一十") else text

    return write


def _one_of(characters: str) -> Callable[[int], str]:
    return lambda number: characters[number - 1] if number <= len(characters) else ""


def _digits(characters: str) -> Callable[[int], str]:
    return lambda number: "".join(characters[int(digit)] for digit in str(number))


def _ordinal(number: int) -> str:
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"


_counting = _chinese("零一二三四五六七八九", "十百千")
_circled = _one_of("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_WITH_ZERO = frozenset(("decimal", "decimalZero", "decimalFullWidth", "decimalFullWidth2", "decimalHalfWidth"))
_FORMS: Mapping[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerLetter": _letter,
    "ordinal": _ordinal,
    "chineseCounting": _counting,
    "chineseCountingThousand": _counting,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _counting,
    "japaneseCounting": _counting,
    "chineseLegalSimplified": _chinese("零壹贰叁肆伍陆柒捌玖", "拾佰仟"),
    "ideographLegalTraditional": _chinese("零壹貳參肆伍陸柒捌玖", "拾佰仟"),
    "japaneseLegal": _chinese("零壱弐参四伍六七八九", "拾百阡"),
    "ideographDigital": _digits("〇一二三四五六七八九"),
    "japaneseDigitalTenThousand": _digits("〇一二三四五六七八九"),
    "taiwaneseDigital": _digits("○一二三四五六七八九"),
    "decimalFullWidth": _digits("０１２３４５６７８９"),
    "decimalFullWidth2": _digits("０１２３４５６７８９"),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _one_of("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
    "decimalEnclosedFullstop": _one_of("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
    "ideographEnclosedCircle": _one_of("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "ideographTraditional": _one_of("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _one_of("子丑寅卯辰巳午未申酉戌亥"),
}
