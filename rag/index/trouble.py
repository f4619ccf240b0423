"""What the disk or SQLite objects to, as errors of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import IndexFolderError
from rag.index.schema import damaged

# Of SQLite's errors those that say nothing of what is in the file.
_OF_THE_DISK = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_PROTOCOL,
}


@contextmanager
def asking(index: Path) -> Iterator[None]:
    """While SQLite is asked: what it objects to is the disk's fault, or the file is damaged."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        # A text that is no UTF-8 has no code. An extended code has the plain one in its last byte.
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_THE_DISK:
            raise _unwritable(index, error) from error
        raise damaged(index, str(error)) from error


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """While nothing is done but to write in the folder: any trouble is that it cannot be written."""
    try:
        yield
    except OSError as error:
        raise _unwritable(index, error) from error


def _unwritable(index: Path, error: Exception) -> IndexFolderError:
    return IndexFolderError(
        f"cannot write the index in {index} ({error}): mend that, or name another folder with --index"
    )
