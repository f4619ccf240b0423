"""The one writer of an index: its lock, its connection, and what it was asked to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rag.embedding import REPLACED, Embedder
from rag.errors import IndexFormatError, IndexModelError, InputError
from rag.index.command import command
from rag.index.local import parts, schema, store
from rag.index.local.lock import write_lock
from rag.index.local.sqlite_errors import asking, writing
from rag.index.local.store import Row
from rag.index.settings import Settings, read_settings, silent
from rag.types import Progress


@dataclass(frozen=True, slots=True)
class Job:
    """One run of the writer. ``old`` is the state found, ``None`` if there is none; ``new`` the one aimed at."""

    index: Path
    connection: sqlite3.Connection
    embedder: Embedder
    old: Settings | None
    new: Settings
    progress: Progress

    def live(self) -> list[Row]:
        return store.document_rows(self.connection, live=True)


@contextmanager
def open_job(index: Path, embedder: Embedder, *, rebuild: bool, progress: Progress | None) -> Iterator[Job]:
    """Become the writer of ``index``, which is made if it is not there, and clear away what a dead writer left."""
    with asking(index), ExitStack() as held:
        with writing(index):
            _prepare(index)
            held.enter_context(write_lock(index))
            connection = held.enter_context(closing(_connect(index, rebuild=rebuild)))
            old = read_settings(connection)
            if old and old.model != embedder.name and not rebuild:
                raise wrong_model(index, old.model, embedder.name)
            parts.remove_others(index, connection)
        new = _settings(old, embedder, rebuild=rebuild)
        with ExitStack() as unless_done:
            unless_done.callback(_clear_away, index, connection)
            yield Job(index, connection, embedder, old, new, progress or silent)
            unless_done.pop_all()


def _clear_away(index: Path, connection: sqlite3.Connection) -> None:
    """Remove what a failed run has written: it would keep a full disk full. What stays, the next writer removes."""
    with suppress(sqlite3.Error, OSError):  # the failure that led here is the one to tell of
        parts.remove_others(index, connection)


def _prepare(index: Path) -> None:
    """Make the folder, unless it is something else: what lies in an index folder is written over and removed."""
    if index.exists() and not index.is_dir():
        raise InputError(f"{index} is a file, not a folder: name a folder with --index")
    index.mkdir(parents=True, exist_ok=True)
    if not (index / schema.FILE).exists():
        others = sorted(path.name for path in index.iterdir() if not _may_lie_there(path.name))
        if others:
            raise InputError(
                f"{index} holds files that are no index ({others[0]}): name a new or an empty folder with --index"
            )


def _may_lie_there(name: str) -> bool:
    return name.startswith((".", f"{schema.FILE}-")) or name == "README.md" or parts.is_ours(name)


def wrong_model(index: Path, built: str, asked: str) -> IndexModelError:
    name, _, revision = built.partition("@")
    wanted = command(index, "index", "--rebuild")
    if revision and (asked.startswith(f"{name}@") or name == REPLACED):
        # An update of Wenbao brought another model or revision; the old one cannot be named any more.
        return IndexModelError(f"the index in {index} was built with {built}, now {asked}: run {wanted}")
    return IndexModelError(
        f"the index in {index} was built with {built}, not {asked}: name that model with --model, or run {wanted}"
    )


def _connect(index: Path, *, rebuild: bool) -> sqlite3.Connection:
    """A rebuild starts from an empty file where the old one cannot be read; another program's file is left alone."""
    try:
        connection = schema.connect_to_write(index)
    except schema.ForeignFileError:
        raise
    except IndexFormatError:
        if not rebuild:
            raise
    else:
        if not rebuild or _is_whole(connection):
            return connection
        connection.close()
    for file in index.glob(f"{schema.FILE}*"):
        file.unlink()
    return schema.connect_to_write(index)


def _is_whole(connection: sqlite3.Connection) -> bool:
    """Whether what a rebuild takes over can be read: documents of folders that it is not about, and the settings."""
    try:
        read_settings(connection)
        for live in (True, False):
            store.document_rows(connection, live=live)
        lost = connection.execute("PRAGMA foreign_key_check").fetchone()
        return (
            schema.has_our_tables(connection)
            and lost is None
            and bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        )
    except sqlite3.DatabaseError:
        return False


def _settings(old: Settings | None, embedder: Embedder, *, rebuild: bool) -> Settings:
    edition, generation = (old.edition, old.generation) if old else (0, 0)
    return Settings(
        model=embedder.name, dimension=embedder.dimension, edition=edition + rebuild, generation=generation + 1
    )
