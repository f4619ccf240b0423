"""Text of others on a terminal."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def visible(text: str) -> str:
    """``text`` without what a terminal would obey.

    >>> visible("a\\x1b[31mb")
    'a\ufffd[31mb'
    """
    return _CONTROL.sub("\ufffd", text)


def one_line(text: str, most: int) -> str:
    """``text`` on one line of at most ``most`` characters.

    >>> one_line("武进区\\n开会", 6), one_line("武进区\\n开会", 5)
    ('武进区 开会', '武进区…')
    """
    line = visible(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
