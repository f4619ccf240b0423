"""Turns errors of the disk, SQLite and native libraries into errors of ours, with one line that says what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import IndexFolderError, is_panic
from rag.index.command import command
from rag.index.local.schema import damaged, is_of_the_disk, unreadable, unsound

# tantivy reports errors of the system as text.
_NO_ROOM = os.strerror(errno.ENOSPC)


@contextmanager
def asking(index: Path) -> Iterator[None]:
    """While SQLite is used: an error means that the disk has a problem, or that the file is damaged."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if is_of_the_disk(error):
            raise _unwritable(index, error) from error
        raise damaged(index, str(error)) from error


@contextmanager
def reading(index: Path) -> Iterator[None]:
    """While an open index is read. Raises ``IndexFolderError``.

    Rows and parts were checked when they were written. So a row that makes no sense is damaged, and so is a part that a
    native library cannot read, even if the library panics.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise unsound(index, error) from error
    except FileNotFoundError as error:
        raise damaged(index, f"{error.filename or error} is missing", mend="--repair") from error
    except OSError as error:
        raise unreadable(index, error) from error
    except (RuntimeError, ValueError, TypeError, LookupError) as error:
        if _NO_ROOM in str(error):
            raise unreadable(index, error) from error
        raise damaged(index, "a part or a row cannot be read", mend="--repair") from error
    except MemoryError as error:
        mend = command(index, "index", "--repair")
        raise IndexFolderError(
            f"the index in {index} needs more memory than there is, or is damaged: free some, or run {mend}"
        ) from error
    except BaseException as error:
        if is_panic(error):
            raise damaged(index, "a part cannot be read", mend="--repair") from error
        raise


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """While only files of the folder are written: any error of the system means that it cannot be written."""
    try:
        yield
    except OSError as error:
        raise _unwritable(index, error) from error


def _unwritable(index: Path, error: Exception) -> IndexFolderError:
    return IndexFolderError(
        f"cannot write the index in {index} ({error}): mend that, or name another folder with --index"
    )
