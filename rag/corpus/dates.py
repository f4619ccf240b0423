"""The day on which something was published, from what says so without doubt."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_YEAR = r"(?:1[89]|20)\d\d"
_DAY = re.compile(
    rf"""(?<!\d)(?P<y1>{_YEAR})\s?(?P<sep>[-./年])\s?(?P<m1>\d\d?)\s?(?:(?P=sep)|月)\s?(?P<d1>\d\d?)(?!\d)
       | (?<!\d)(?P<y2>{_YEAR})(?P<m2>\d\d)(?P<d2>\d\d)(?:\d{{4}}|\d{{6}})?(?!\d)
       | (?<![a-z])(?P<m3>{_MONTH})\ (?P<d3>\d\d?)(?:st|nd|rd|th)?,?\ (?P<y3>{_YEAR})(?!\d)
       | (?<!\d)(?P<d4>\d\d?)(?:st|nd|rd|th)?\ (?P<m4>{_MONTH}),?\ (?P<y4>{_YEAR})(?!\d)""",
    re.VERBOSE | re.IGNORECASE,
)
#: 2025-08-01, 2025_8_1, 2025-08/01 and 2025年8月1日; 20250801, behind letters too, but not inside a code of letters and
#: digits, which may be a hash.
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
    return _only(_DAY, unicodedata.normalize("NFKC", text))


def day_of_path(path: str) -> str | None:
    """The one day that a file's name tells, or else the folders it lies in.

    >>> day_of_path("wjrb/2025-08/01/A01.pdf"), day_of_path("rmrb20250801.txt"), day_of_path("ab15541a20250801ff.txt")
    ('2025-08-01', '2025-08-01', None)
    """
    stem = unicodedata.normalize("NFKC", path).rpartition(".")[0] or path
    return _only(_IN_PATH, stem.rpartition("/")[2]) or _only(_IN_PATH, stem)


def _only(pattern: re.Pattern[str], text: str) -> str | None:
    days = {_iso(match) for match in pattern.finditer(text)}
    return days.pop() if len(days) == 1 else None


def _iso(match: re.Match[str]) -> str | None:
    parts = {name[0]: value for name, value in match.groupdict().items() if value and name != "sep"}
    month = parts["m"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        return date(int(parts["y"]), number, int(parts["d"])).isoformat()
    except ValueError:
        return None
