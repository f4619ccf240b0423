"""The lock that allows one writer at a time. It ends with its process, however that ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import IndexBusyError

FILE = ".lock"


@contextmanager
def write_lock(index: Path) -> Iterator[None]:
    """Hold the lock of ``index``, or raise ``IndexBusyError`` at once."""
    from filelock import FileLock, Timeout

    lock = FileLock(index / FILE, timeout=0)
    try:
        with lock:
            yield
    except Timeout as error:
        raise IndexBusyError(
            f"another process is writing to the index in {index}: try again when it has finished"
        ) from error
