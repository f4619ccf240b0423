"""Arguments of calls may be texts, numbers, lists and null, but no objects.

Gradio takes a JSON object with a path for a file and fetches it, from the disk or from the web, before a handler sees
it. Gradio's check of the path does nothing in a mounted app (``has_launched`` is never set), so objects are refused.
"""

from __future__ import annotations

from typing import Any

OBJECT_REFUSED = "an argument holds an object or a file: send texts, numbers and lists"


def holds_object(value: Any) -> bool:
    """Whether a JSON value is or contains an object, however deeply it is nested.

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
