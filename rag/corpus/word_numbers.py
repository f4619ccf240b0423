"""The numbers that Word writes before paragraphs by itself: 第四条, 3.2, (a), ①."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rag.corpus.symbols import UNKNOWN, without_private

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
BULLET = "•"


@dataclass(frozen=True, slots=True)
class _Level:
    """How the numbers of one level look; ``restart`` is the level (from 1) that sets it back, 0 for none."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    legal: bool = False
    restart: int | None = None
    joined: bool = False
    style: str = ""


@dataclass(slots=True)
class _List:
    """The levels of a list, and how far it has counted; lists of one definition count together."""

    levels: Mapping[int, _Level]
    counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


class Numbers:
    """Counts the paragraphs of a document, in order."""

    def __init__(self, part: Any | None) -> None:
        """``part`` is the root of ``numbering.xml``, if there is one."""
        self._definitions: dict[str, _List] = {}
        self._lists: dict[str, tuple[_List, Mapping[int, _Level]]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        if part is not None:
            self._read(part)

    def _read(self, part: Any) -> None:
        linked = {}
        for abstract in part.findall(f"{_W}abstractNum"):
            name = abstract.get(f"{_W}abstractNumId", "")
            self._definitions[name] = _List({_number(x, "ilvl"): _level(x) for x in abstract.findall(f"{_W}lvl")})
            if style := _value(abstract, "styleLink"):
                linked[style] = name
        for abstract in part.findall(f"{_W}abstractNum"):
            if (name := linked.get(_value(abstract, "numStyleLink"))) is not None:
                self._definitions[abstract.get(f"{_W}abstractNumId", "")] = self._definitions[name]
        for number in part.findall(f"{_W}num"):
            definition = self._definitions.get(_value(number, "abstractNumId"))
            if definition is None:
                continue
            name = number.get(f"{_W}numId", "")
            levels = dict(definition.levels)
            for change in number.findall(f"{_W}lvlOverride"):
                level = _number(change, "ilvl")
                if (other := change.find(f"{_W}lvl")) is not None:
                    levels[level] = _level(other)
                if start := _value(change, "startOverride"):
                    self._starts.setdefault(name, {})[level] = _whole(start, 1)
            self._lists[name] = (definition, levels)

    def level_of_style(self, number: str, style: str) -> int:
        """The level that a list keeps for paragraphs of a style."""
        levels = self._lists[number][1] if number in self._lists else {}
        return next((level for level, made in levels.items() if made.style == style), 0)

    def next(self, number: str, level: int) -> str:
        """What stands before the next paragraph of this list and level, with the space behind it; often nothing."""
        if number not in self._lists or not 0 <= level < _LEVELS:
            return ""
        counted, levels = self._lists[number]
        made = levels.get(level)
        if made is None:
            return ""
        counts = counted.counts
        if (start := self._starts.get(number, {}).pop(level, None)) is not None:
            counts[level] = start
        else:
            before = counts[level]
            counts[level] = made.start if before is None else before + 1
        for deeper in range(level + 1, _LEVELS):
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or 0 < level + 1 <= restart:
                counts[deeper] = None
        for higher in range(level):
            if counts[higher] is None:
                counts[higher] = levels[higher].start if higher in levels else 1
        return _shown(made, levels, counts)


def _shown(made: _Level, levels: Mapping[int, _Level], counts: list[int | None]) -> str:
    if made.form == "bullet":
        mark = without_private(made.text)
        text = mark if mark and UNKNOWN not in mark and not mark.isalnum() else BULLET
    else:

        def number(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            form = levels[level].form if level in levels and not made.legal else "decimal"
            return numeral(counts[level] or 0, form)

        text = _PLACE.sub(number, made.text)
    return text.strip() + ("" if made.joined else " ") if text.strip() else ""


def _level(element: Any) -> _Level:
    restart = _value(element, "lvlRestart")
    legal = element.find(f"{_W}isLgl")
    return _Level(
        start=_whole(_value(element, "start"), 1),
        form=_value(element, "numFmt") or "decimal",
        text=_value(element, "lvlText"),
        legal=legal is not None and legal.get(f"{_W}val", "1") not in ("0", "false", "off"),
        restart=_whole(restart, 0) if restart else None,
        joined=_value(element, "suff") == "nothing",
        style=_value(element, "pStyle"),
    )


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return "" if found is None else str(found.get(f"{_W}val", ""))


def _number(element: Any, name: str) -> int:
    return _whole(element.get(f"{_W}{name}", ""), 0)


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def numeral(number: int, form: str) -> str:
    """A number in one of Word's forms; in digits where the form is not known.

    >>> [numeral(24, f) for f in ("decimalZero", "upperRoman", "lowerLetter", "chineseCountingThousand", "ordinal")]
    ['24', 'XXIV', 'x', '二十四', '24th']
    >>> numeral(4, "decimalEnclosedCircle"), numeral(3, "ideographTraditional"), numeral(107, "chineseLegalSimplified")
    ('④', '丙', '壹佰零柒')
    """
    if form in ("none", "bullet"):
        return ""
    made = _FORMS.get(form, str)(number) if number > 0 or form in _WITH_ZERO else ""
    return made or str(number)


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
