"""A panic of native code as an error like any other, which the callers of a handler tell of."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rag.errors import is_panic

_log = logging.getLogger(__name__)


@contextmanager
def contained_panic() -> Iterator[None]:
    """Raises ``RuntimeError`` in the place of a panic.

    A panic is no ``Exception``: Gradio and the MCP server let it end their task, and who called waits for ever.
    """
    try:
        yield
    except BaseException as error:
        if is_panic(error):
            _log.error("a native library gave up: %s", error)
            raise RuntimeError("a native library gave up") from error
        raise
