"""The parts of an index: segments, the order of passages, and in a large index the approximate index.

Each part is a file or folder that is built from the SQLite file. It is written under a temporary name, forced to disk,
and renamed. After that it never changes. The table ``parts`` records its name, size and digest; files that are not
recorded there do not count.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from rag.index.local.schema import damaged

_NAME = re.compile(r"(?:segment-\d+|order-\d+\.npy|nearby-\d+\.faiss)(?:\.tmp)?")
#: The names of files of the first format. An index that is rebuilt in its folder does not need them.
_FORMER = re.compile(r"(?:(?:vectors|sentences)-\d+\.faiss|lexical-\d+)(?:\.tmp)?")

#: Bytes that are compared when an index is opened, which takes some 20 ms.
_COMPARED = 32 << 20


def segment_name(number: int) -> str:
    return f"segment-{number}"


def order_name(generation: int) -> str:
    return f"order-{generation}.npy"


def ann_name(generation: int) -> str:
    return f"nearby-{generation}.faiss"


def is_ours(name: str) -> bool:
    """Whether a file or folder with this name belongs to an index."""
    return bool(_NAME.fullmatch(name) or _FORMER.fullmatch(name))


def write_part(index: Path, connection: sqlite3.Connection, name: str, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a part at the path that it is given, and record it. It replaces a part of the same name."""
    temporary = index / f"{name}.tmp"
    remove(temporary)
    try:
        write(temporary)
    except (RuntimeError, ValueError) as error:  # what FAISS and tantivy raise when a disk is full
        raise OSError(str(error)) from error
    for file in _files(temporary):
        _sync(file)
    for folder in _folders(temporary):
        _sync(folder)
    part = index / name
    remove(part)
    temporary.replace(part)
    connection.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", (name, size(part), digest(part)))


def forget(connection: sqlite3.Connection, name: str) -> None:
    """Delete the record of a part. Its file goes with ``remove_others``."""
    connection.execute("DELETE FROM parts WHERE name = ?", (name,))


def recorded(connection: sqlite3.Connection) -> dict[str, int]:
    """The recorded size of each part, in bytes, by name."""
    return dict(connection.execute("SELECT name, bytes FROM parts ORDER BY name"))


def sync_names(index: Path) -> None:
    """Force the names of the parts to disk."""
    _sync(index)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _folders(part: Path) -> list[Path]:
    return [part, *(path for path in part.rglob("*") if path.is_dir())] if part.is_dir() else []


def _files(part: Path) -> list[Path]:
    """The files of a part, without tantivy's lock files, which come and go."""
    if part.is_file():
        return [part]
    return sorted(file for file in part.rglob("*") if file.is_file() and file.suffix != ".lock")


def size(part: Path) -> int:
    """The size of a part in bytes, 0 if there is none."""
    return sum(file.stat().st_size for file in _files(part))


def digest(part: Path) -> str:
    """A hash of all bytes of a part."""
    total = hashlib.sha256()
    for file in _files(part):
        with file.open("rb") as handle:
            total.update(hashlib.file_digest(handle, "sha256").digest())
    return total.hexdigest()


def broken(index: Path, connection: sqlite3.Connection) -> list[str]:
    """The parts that are missing or have another size than they were written with."""
    return [name for name, bytes_ in recorded(connection).items() if size(index / name) != bytes_]


def check(index: Path, connection: sqlite3.Connection) -> None:
    """``FileNotFoundError`` for a part that is missing, ``IndexFormatError`` for one that is not what was written.

    The sizes of all parts are compared, and the bytes of the smallest ones. A library that reads a damaged file may end
    the process, but reading all of a large index would take too long.
    """
    for name in broken(index, connection):
        if not (index / name).exists():
            raise FileNotFoundError(name)
        raise damaged(index, f"{name} has not the size it was written with", mend="--repair")
    left = _COMPARED
    for name, bytes_, expected in connection.execute("SELECT name, bytes, digest FROM parts ORDER BY bytes"):
        left -= bytes_
        if left < 0:
            break
        if digest(index / name) != expected:
            raise damaged(index, f"{name} is not what was written", mend="--repair")


def problems(index: Path, connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Each part whose bytes differ from its record, and what is wrong with it."""
    for name, expected in connection.execute("SELECT name, digest FROM parts ORDER BY name").fetchall():
        if not (index / name).exists():
            yield name, f"{name} is missing"
        elif digest(index / name) != expected:
            yield name, f"{name} is damaged"


def remove_others(index: Path, connection: sqlite3.Connection) -> None:
    """Remove the files that dead writers left, and those that the live state no longer needs.

    A reader that has opened its files keeps them. One that is about to open them looks again and finds the new ones.
    """
    kept = recorded(connection)
    for path in index.iterdir():
        if path.name not in kept and is_ours(path.name):
            try:
                remove(path)
            except PermissionError:
                # Windows cannot remove files that a reader has open. The next writer removes them.
                continue


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
