"""Dates, years and large numbers of English text as Chinese writes them, in the order of Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeAlias

#: Where a part of a figure stands in the English text, and what becomes of it.
Part: TypeAlias = tuple[int, int, str]

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_DAY = r"(?P<day>[12]\d|3[01]|[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1\d{3}|20\d\d)"
_NTH = r"(?P<nth>\d{1,3})(?:st|nd|rd|th)"
_AMOUNT = r"(?P<sign>[$£€]?)(?P<amount>\d{1,3}(?:\.\d+)?)[ -](?P<times>thousand|million|billion|trillion)"
_AFTER = "".join(f"(?<={word} )|" for word in ("in", "since", "until", "by", "from", "after", "before", "of", "around"))
_TIMES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_CURRENCIES = {"": "", "$": "美元", "£": "英镑", "€": "欧元"}


def _date(match: re.Match[str]) -> Iterator[Part]:
    """Year before month before day; what stands between them has no counterpart."""
    found = match.groupdict()
    at = [match.start()]
    for name, unit in (("year", "年"), ("month", "月"), ("day", "日")):
        if found.get(name):
            number = _MONTHS.index(found[name]) + 1 if name == "month" else found[name]
            yield *match.span(name), f"{number}{unit}"
            at += match.span(name)
    edges = [*sorted(at), match.end()]
    yield from ((start, end, "") for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end)


def _amount(match: re.Match[str]) -> Iterator[Part]:
    number = Decimal(match["amount"]) * _TIMES[match["times"]]
    unit, name = (10**8, "亿") if number >= 10**8 else (10**4, "万") if number >= 10**4 else (1, "")
    yield *match.span(), f"{(number / unit).normalize():f}{name}{_CURRENCIES[match['sign']]}"


def _as(write: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], Iterator[Part]]:
    return lambda match: iter([(*match.span(), write(match))])


_FORMS = [
    (re.compile(pattern), parts)
    for pattern, parts in (
        (rf"\b{_MONTH} {_DAY}(?:,? {_YEAR})?(?!\w)", _date),
        (rf"\b{_DAY} {_MONTH}(?:,? {_YEAR})?(?!\w)", _date),
        (rf"\b{_MONTH},? {_YEAR}(?!\w)", _date),
        (rf"\b{_NTH}[ -]centur(?:y|ies)\b", _as(lambda m: f"{m['nth']}世纪")),
        (rf"\b{_NTH}\b", _as(lambda m: f"第{m['nth']}")),
        (r"\b(?P<decade>\d{2,3}0)s\b", _as(lambda m: f"{m['decade']}年代")),
        (rf"(?<![\w.,$£€]){_AMOUNT}\b", _amount),
        (r"(?P<share>\d+(?:\.\d+)?)[ -](?:percent|per cent)\b", _as(lambda m: f"{m['share']}%")),
        (r"(?P<sign>[$£€])(?P<sum>\d+(?:[.,]\d+)*)", _as(lambda m: f"{m['sum']}{_CURRENCIES[m['sign']]}")),
        (rf"(?:{_AFTER[:-1]}){_YEAR}(?![\w%]|[.,]\d)", _date),
    )
]


def figures(folded: str) -> list[list[Part]]:
    """The figures of a folded English text from first to last, each as its parts in the order of Chinese.

    >>> [[new for _, _, new in parts] for parts in figures("on june 10, 1826, $2.5 billion in the 19th century")]
    [['1826年', '6月', '10日', '', ''], ['25亿美元'], ['19世纪']]
    """
    found: list[list[Part]] = []
    taken = [False] * len(folded)
    for pattern, parts in _FORMS:
        for match in pattern.finditer(folded):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = [True] * len(match.group())
                found.append(list(parts(match)))
    return sorted(found, key=min)
