"""The local engine: an index is a folder with a SQLite file and the parts that are built from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from rag.errors import IndexFormatError, InputError
from rag.index.command import command
from rag.index.local import parts, records, schema
from rag.index.local.lock import write_lock
from rag.index.local.sqlite_errors import asking, reading, writing
from rag.index.local.state import LocalState
from rag.index.local.writer import LocalWriter, added_folder, document_rows
from rag.lexical import TOKENS_VERSION

# If a writer commits twice while an index is being opened, its files may be gone. Another try finds the new ones.
_TRIES = 5


class LocalEngine:
    """Implements ``rag.index.engine.Engine``, which documents the public methods."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.added = added_folder(folder)

    def open(self) -> LocalState:
        for _ in range(_TRIES):
            with ExitStack() as unless_opened:
                connection = schema.connect_to_read(self._folder)
                unless_opened.callback(connection.close)
                try:
                    with reading(self._folder):
                        state = self._open(connection)
                except IndexFormatError as error:
                    # A writer may be removing the files that it has just replaced.
                    if not self._has_changed(connection):
                        raise
                    last_error = error
                    continue
                unless_opened.pop_all()
                return state
        raise last_error

    def _open(self, connection: sqlite3.Connection) -> LocalState:
        settings = records.read_settings(connection)
        if settings is None:
            raise schema.unfinished(self._folder)
        if settings.tokens != TOKENS_VERSION:
            wanted = command(self._folder, "index")
            raise IndexFormatError(f"the index in {self._folder} was built with another tokenizer: run {wanted}")
        parts.check(self._folder, connection)
        return LocalState(self._folder, connection, settings)

    def _has_changed(self, connection: sqlite3.Connection) -> bool:
        """Whether the live state is no longer the one that ``connection`` sees."""
        with closing(schema.connect_to_read(self._folder)) as newer:
            return records.read_settings(newer) != records.read_settings(connection)

    @contextmanager
    def write(self, *, rebuild: bool, create: bool) -> Iterator[LocalWriter]:
        if not create:
            schema.require(self._folder)
        with asking(self._folder), ExitStack() as held:
            with writing(self._folder):
                self._make_folder()
                held.enter_context(write_lock(self._folder))
                connection = held.enter_context(closing(self._connect(rebuild=rebuild)))
                writer = LocalWriter(self._folder, connection)
            yield writer

    @contextmanager
    def repair(self) -> Iterator[LocalWriter]:
        index = self._folder
        schema.require(index)
        with asking(index), writing(index), write_lock(index), closing(schema.connect_to_write(index)) as connection:
            writer = LocalWriter(index, connection)
            if writer.settings is None:
                raise schema.unfinished(index)
            yield writer

    def _make_folder(self) -> None:
        """``InputError`` for a folder of something else: a writer overwrites and removes files in it."""
        index = self._folder
        if index.exists() and not index.is_dir():
            raise InputError(f"{index} is a file, not a folder: name a folder with --index")
        index.mkdir(parents=True, exist_ok=True)
        if not (index / schema.FILE).exists():
            others = sorted(path.name for path in index.iterdir() if not _may_be_there(path.name))
            if others:
                raise InputError(
                    f"{index} holds files that are no index ({others[0]}): name a new or an empty folder with --index"
                )

    def _connect(self, *, rebuild: bool) -> sqlite3.Connection:
        """A rebuild starts from an empty file if the old one cannot be read. Other programs' files are left alone."""
        try:
            connection = schema.connect_to_write(self._folder)
        except schema.ForeignFileError:
            raise
        except IndexFormatError:
            if not rebuild:
                raise
        else:
            if not rebuild or _is_sound(connection):
                return connection
            connection.close()
        for file in self._folder.glob(f"{schema.FILE}*"):
            file.unlink()
        return schema.connect_to_write(self._folder)

    def source_folders(self, *, salvage: bool) -> list[Path]:
        index = self._folder
        try:
            with closing(self._connect_to_salvage() if salvage else schema.connect_to_read(index)) as connection:
                return _source_folders(index, connection)
        except sqlite3.DatabaseError as error:
            if salvage and not (schema.is_of_the_disk(error) and (index / schema.FILE).exists()):
                wanted = command(index, "index", "FOLDER", "--rebuild")
                raise IndexFormatError(
                    f"the index in {index} is too damaged to tell its folders: name each of them, as in {wanted}"
                ) from error
            raise schema.unsound(index, error) from error

    def _connect_to_salvage(self) -> sqlite3.Connection:
        try:
            return schema.connect_to_read(self._folder)
        except schema.ForeignFileError:
            raise
        except IndexFormatError:
            # All formats so far store the folders in the same way.
            return schema.snapshot(self._folder)


def _may_be_there(name: str) -> bool:
    return name.startswith((".", f"{schema.FILE}-")) or name == "README.md" or parts.is_ours(name)


def _is_sound(connection: sqlite3.Connection) -> bool:
    """Whether everything that a rebuild keeps can be read: the settings, and documents of folders it does not read."""
    try:
        records.read_settings(connection)
        for live in (True, False):
            document_rows(connection, live=live)
        orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
        return (
            schema.has_our_tables(connection)
            and orphan is None
            and bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        )
    except sqlite3.DatabaseError:
        return False


def _source_folders(index: Path, connection: sqlite3.Connection) -> list[Path]:
    """The folders of the live documents. For an index that was never finished, the folders it was begun with."""
    finished = connection.execute("SELECT 1 FROM settings").fetchone()
    live = {number for (number,) in connection.execute("SELECT DISTINCT folder FROM documents WHERE live")}
    paths = sorted(records.folder_paths(index, connection).items())
    return [path for number, path in paths if number in live or not finished]
