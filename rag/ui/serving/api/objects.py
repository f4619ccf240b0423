"""What a call may bring as its arguments: texts, numbers, lists and null.

Gradio takes a JSON object with a path for a file and fetches it, from the disk or from the web, before a handler sees
it. Its own check of the path does nothing in a mounted app (``has_launched`` is never set), so no object is let in.
"""

from __future__ import annotations

from typing import Any

OBJECT_REFUSED = "an argument holds an object or a file: send texts, numbers and lists"


def holds_object(value: Any) -> bool:
    """Whether a JSON value is an object or has one anywhere in it; it may be nested as deeply as JSON can be.

    >>> holds_object(["a", [1, None]]), holds_object([[{"path": "/etc/passwd"}]])
    (False, True)
    """
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            return True
        if isinstance(value, list | tuple):
            waiting.extend(value)
    return False
