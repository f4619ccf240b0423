"""The log of a server, with bounded lines and a bounded number of them a minute, whatever clients send."""

from __future__ import annotations

import copy
import logging
import time
import traceback
from collections.abc import Callable
from typing import Any

#: Lines a minute; the first line of the next minute says how many were left out.
LINES = 60
_LONGEST = 1000
#: Characters kept of a traceback: its end, which names the error.
_LONGEST_TRACE = 3000


class Bounded(logging.Filter):
    """Lets ``LINES`` records a minute through, each shortened; control characters are written as escapes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._begun = clock()
        self._written = self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        now = self._clock()
        if now - self._begun >= 60:
            self._begun, self._written = now, 0
        if self._written >= LINES:
            self._left_out += 1
            return False
        self._written += 1
        record.msg, record.args = self._shortened(record), None
        if record.exc_info and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).strip()[-_LONGEST_TRACE:]
        return True

    def _shortened(self, record: logging.LogRecord) -> str:
        line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in record.getMessage())
        line = line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
        if self._left_out:
            line += f" ({self._left_out} lines were left out before this one)"
            self._left_out = 0
        return line


def log_config() -> dict[str, Any]:
    """uvicorn's logging configuration, bounded, and for the messages of asyncio and Wenbao as well."""
    from uvicorn.config import LOGGING_CONFIG

    config: dict[str, Any] = copy.deepcopy(LOGGING_CONFIG)
    config["filters"] = {"bounded": {"()": Bounded}}
    for handler in config["handlers"].values():
        handler["filters"] = ["bounded"]
    for name in ("asyncio", "rag"):
        config["loggers"][name] = {"handlers": ["default"], "level": "WARNING"}
    return config
