"""Read the day on which something was published from text that names exactly one day."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_YEAR = r"(?:1[89]|20)\d\d"
_DAY = re.compile(
    rf"""(?<!\d)(?P<y1>{_YEAR})\s?(?P<sep>[-./年])\s?(?P<m1>\d\d?)\s?(?:(?P=sep)|月)\s?(?P<d1>\d\d?)(?!\d)
       | (?<!\d)(?P<y2>{_YEAR})(?P<m2>\d\d)(?P<d2>\d\d)(?:\d{{4}}|\d{{6}})?(?!\d)
       | (?<![a-z])(?P<m3>{_MONTH})\ (?P<d3>\d\d?)(?:st|nd|rd|th)?,?\ (?P<y3>{_YEAR})(?!\d)
       | (?<!\d)(?P<d4>\d\d?)(?:st|nd|rd|th)?[\ -](?P<m4>{_MONTH}),?[\ -](?P<y4>{_YEAR})(?!\d)
       | (?<!\d)(?P<y5>{_YEAR})[\ -](?P<m5>{_MONTH})[\ -](?P<d5>\d\d?)(?!\d)""",
    re.VERBOSE | re.IGNORECASE,
)
#: 二〇二四年五月一日, and 民國113年5月1日 by Taiwan's years.
_DIGITS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "0": "0"}
_IN_CHINESE = re.compile(
    r"([〇○零0一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十廿卅]{1,3})[日号號]"
)
_OF_TAIWAN = re.compile(r"民[国國]\s?(\d{2,3})\s?年\s?(\d\d?)\s?月\s?(\d\d?)\s?日")
#: Seconds since 1970, or milliseconds, microseconds or nanoseconds.
_SECONDS = re.compile(r"(?:/Date\()?(?P<whole>\d{9,10}?)(?P<parts>(?:\d{3}){0,3})(?:\.\d+)?(?:[+-]\d{4})?(?:\)/)?")
_FIRST_SECOND, _LAST_SECOND = 631_152_000, 4_102_444_800  # 1990 to 2099
_HOUR = re.compile(rf"(?P<y>{_YEAR})(?P<m>\d\d)(?P<d>\d\d)(?:[01]\d|2[0-3])")
_DAY_SECONDS, _CHINA = 86_400, 28_800
_NUMBERS = re.compile(rf"(?<![\d./-])(?P<a>\d\d?)(?P<sep>[-/.])(?P<b>\d\d?)(?P=sep)(?P<y>{_YEAR})(?!\d)")
#: 2025-08-01, 2025_8_1, 2025-08/01 and 2025年8月1日; also 20250801, even directly behind letters. Not inside a code of
#: letters and digits, which may be a hash.
_IN_PATH = re.compile(
    rf"""(?<![0-9A-Za-z])(?P<y1>{_YEAR})[-_./年](?P<m1>\d\d?)[-_./月](?P<d1>\d\d?)(?![0-9A-Za-z])
       | (?<![0-9A-Za-z])[A-Za-z]{{0,12}}(?P<y2>{_YEAR})(?P<m2>\d\d)(?P<d2>\d\d)(?![0-9A-Za-z])""",
    re.VERBOSE,
)


def day(text: str) -> str | None:
    """The one day that a field or a line names in full, in ISO form; ``None`` if it names none, or several.

    >>> day("2025年8月1日 星期五"), day("2025-08-01T09:12:00+08:00"), day("Fri, 1 Aug 2025"), day("01/08/2025")
    ('2025-08-01', '2025-08-01', '2025-08-01', None)
    """
    plain = _IN_CHINESE.sub(_in_digits, _OF_TAIWAN.sub(_in_common_era, unicodedata.normalize("NFKC", text)))
    return _only_day(_DAY, plain)


def day_of_field(text: str, *, day_first: bool | None = None) -> str | None:
    """The day that a date field names. It may also hold seconds since 1970, or day, month and year in another order.

    ``day_first`` says how to read 01/05/2024; without it such a date names no day. Seconds are read in UTC, or in
    China's time zone if it was midnight there.

    >>> day_of_field("1714521600"), day_of_field("1714521600000"), day_of_field("2024-05-01T08:00:00Z")
    ('2024-05-01', '2024-05-01', '2024-05-01')
    >>> day_of_field("13/05/2024"), day_of_field("01/05/2024"), day_of_field("01/05/2024", day_first=True)
    ('2024-05-13', None, '2024-05-01')
    """
    text = text.strip()
    return day(text) or _day_of_seconds(text) or _day_of_numbers(unicodedata.normalize("NFKC", text), day_first)


def is_day_first(fields: Iterable[str]) -> bool | None:
    """Whether the day comes first in dates such as 01/05/2024, judged by those among them that have only one reading.

    >>> is_day_first(["01/05/2024", "13/05/2024"]), is_day_first(["05/13/2024"]), is_day_first(["01/05/2024"])
    (True, False, None)
    """
    orders = {
        int(match["a"]) > 12
        for text in fields
        if (match := _NUMBERS.search(text)) and (int(match["a"]) > 12) != (int(match["b"]) > 12)
    }
    return orders.pop() if len(orders) == 1 else None


def _day_of_seconds(text: str) -> str | None:
    hour, match = _HOUR.fullmatch(text), _SECONDS.fullmatch(text)
    if hour:
        return _day_of_match(hour)
    if match is None or not _FIRST_SECOND <= int(match["whole"]) < _LAST_SECOND:
        return None
    seconds = int(match["whole"])
    if not match["parts"].strip("0") and (seconds + _CHINA) % _DAY_SECONDS == 0:
        seconds += _CHINA
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _day_of_numbers(text: str, day_first: bool | None) -> str | None:
    match = _NUMBERS.search(text)
    if match is None:
        return None
    first, second = int(match["a"]), int(match["b"])
    if match["sep"] == "." or first == second or (first > 12) != (second > 12):
        day_first = match["sep"] == "." or first > 12
    if day_first is None:
        return None
    day_number, month = (first, second) if day_first else (second, first)
    return _iso(int(match["y"]), month, day_number)


def _in_digits(match: re.Match[str]) -> str:
    year = "".join(_DIGITS[c] for c in match[1])
    return f"{year}年{_number(match[2])}月{_number(match[3])}日"


def _number(text: str) -> int:
    """A number below forty: 五, 十二, 二十一, 廿三, 三一."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(_DIGITS[c] for c in text))
    return 10 * (int(_DIGITS[tens]) if tens in _DIGITS else 1) + (int(_DIGITS[ones]) if ones in _DIGITS else 0)


def _in_common_era(match: re.Match[str]) -> str:
    return f"{int(match[1]) + 1911}年{match[2]}月{match[3]}日"


def day_of_path(path: str) -> str | None:
    """The one day that a file's name contains, or else the one that its whole path contains.

    >>> day_of_path("wjrb/2025-08/01/A01.pdf"), day_of_path("rmrb20250801.txt"), day_of_path("ab15541a20250801ff.txt")
    ('2025-08-01', '2025-08-01', None)
    """
    stem = unicodedata.normalize("NFKC", path).rpartition(".")[0] or path
    return _only_day(_IN_PATH, stem.rpartition("/")[2]) or _only_day(_IN_PATH, stem)


def _only_day(pattern: re.Pattern[str], text: str) -> str | None:
    days = {_day_of_match(match) for match in pattern.finditer(text)}
    return days.pop() if len(days) == 1 else None


def _day_of_match(match: re.Match[str]) -> str | None:
    parts = {name[0]: value for name, value in match.groupdict().items() if value and name != "sep"}
    month = parts["m"]
    month_number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    return _iso(int(parts["y"]), month_number, int(parts["d"]))


def _iso(year: int, month: int, day_number: int) -> str | None:
    try:
        return date(year, month, day_number).isoformat()
    except ValueError:
        return None
