"""Text of others on a terminal."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# These turn the order of what follows, or break the line: a name could show as another one.
_MISLEADING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    """``text`` without what a terminal would obey.

    >>> visible("a\\x1b[31mb")
    'a\ufffd[31mb'
    """
    return _CONTROL.sub("\ufffd", text)


def escaped(text: str) -> str:
    """``text``, such as the name of a source, with what a terminal would obey, or show in another order, as escapes.

    >>> escaped("a\\x1b[31m\\u202etxt.b")
    'a\\\\x1b[31m\\\\u202etxt.b'
    """
    return _MISLEADING.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def one_line(text: str, most: int) -> str:
    """``text`` on one line of at most ``most`` characters.

    >>> one_line("武进区\\n开会", 6), one_line("武进区\\n开会", 5)
    ('武进区 开会', '武进区…')
    """
    line = visible(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
