"""Turns a panic of native code into an ordinary error, which the callers of a handler report."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rag.errors import is_panic

_log = logging.getLogger(__name__)


@contextmanager
def contained_panic() -> Iterator[None]:
    """Raises ``RuntimeError`` in the place of a panic.

    A panic is no ``Exception``: it would end the task of Gradio or the MCP server, and the client would wait for ever.
    """
    try:
        yield
    except BaseException as error:
        if is_panic(error):
            _log.error("a native library gave up: %s", error)
            raise RuntimeError("a native library gave up") from error
        raise
