"""The folders that an index was made of, for an update that names none."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from glob import escape
from pathlib import Path

from rag.errors import IndexFormatError, IndexMissingError, InputError
from rag.index.command import command
from rag.index.local import schema, store


def source_folders(index: Path, *, rebuild: bool = False) -> list[Path] | None:
    """Absolute paths, as long as documents of a folder are in the index; ``None`` if no index was begun there.

    ``rebuild`` looks into an index of an older format too, and into a damaged one as far as it can be read.
    Raises ``InputError`` for a folder that is gone, ``IndexMissingError`` for an index that holds nothing any more,
    ``IndexFormatError`` for one that cannot tell.
    """
    try:
        with closing(_opened(index, rebuild=rebuild)) as connection:
            found = _read(index, connection)
    except IndexMissingError:
        return None
    except sqlite3.DatabaseError as error:
        untold = rebuild and not (schema.is_of_the_disk(error) and (index / schema.FILE).exists())
        raise (_untold(index) if untold else schema.unsound(index, error)) from error
    if not found:
        wanted = command(index, "index", "FOLDER")
        raise IndexMissingError(f"the index in {index} is empty: run {wanted} with a folder of articles")
    return _present(index, [path for path in found if path != store.added_home(index)])


def _opened(index: Path, *, rebuild: bool) -> sqlite3.Connection:
    try:
        return schema.connect_to_read(index)
    except schema.ForeignFileError:
        raise
    except IndexFormatError:
        if not rebuild:
            raise
        # Every format so far has kept the folders alike.
        return schema.snapshot(index)


def _read(index: Path, connection: sqlite3.Connection) -> list[Path]:
    """The folders of the live documents; of an index that was never finished those it was begun with."""
    finished = connection.execute("SELECT 1 FROM settings").fetchone()
    live = {number for (number,) in connection.execute("SELECT DISTINCT folder FROM documents WHERE live")}
    paths = sorted(store.folder_paths(index, connection).items())
    return [path for number, path in paths if number in live or not finished]


def _untold(index: Path) -> IndexFormatError:
    wanted = command(index, "index", "FOLDER", "--rebuild")
    return IndexFormatError(
        f"the index in {index} is too damaged to tell its folders: name each of them, as in {wanted}"
    )


def _present(index: Path, folders: Sequence[Path]) -> list[Path]:
    for folder in folders:
        if not folder.is_dir():
            out = command(index, "remove", f"{escape(folder.as_posix())}/*")
            raise InputError(
                f"{folder}, which the index in {index} was made of, is gone: "
                f"take it out with {out}, or name the folders that are there"
            )
    return list(folders)
