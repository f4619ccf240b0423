"""The SQLite file that everything else in an index is built from: its tables, and how it is opened."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from rag.errors import IndexFolderError, IndexFormatError, IndexMissingError
from rag.index.command import command

FILE = "corpus.sqlite"
#: Raised whenever the tables or the files beside them change their meaning.
FORMAT = 4
# Errors of SQLite that say nothing about the contents of the file.
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
#: Bytes that even a reader may have to write.
_ROOM = 64 << 10
# "WenB" in ASCII: tells our file from any other program's.
APPLICATION_ID = 0x57656E42
#: A file up to this size is compacted after every deletion; a larger one when this share of it is free.
_SOON_COMPACT, _MUCH_FREE = 256 << 20, 0.25

# Documents with live = 0 are staged: work in progress that is not committed yet. ``content`` is a hash of what can be
# cited from a document, and is set when all of it is written. ``digest`` and ``split_digest`` are hashes of what was
# read from its file, and of what was made from that (rag.index.local.checksums).
# The ``id`` of a passage is never used again (AUTOINCREMENT), and new passages have higher ones than old passages: a
# segment is a range of them.
# ``more`` is JSON of the fields that have no column (rag.index.local.records).
# Each text is embedded once: ``vectors.key`` is a hash of the text and the model, ``vector`` its codes
# (rag.index.codes), ``digest`` a hash of both.
# The table ``nearby`` records the approximate index (rag.index.local.ann).
TABLES = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE parts (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, first INTEGER NOT NULL, last INTEGER NOT NULL, passages INTEGER NOT NULL
);
CREATE TABLE nearby (
    name TEXT PRIMARY KEY, last INTEGER NOT NULL, vectors INTEGER NOT NULL, trained INTEGER NOT NULL,
    probes INTEGER NOT NULL, recall REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE folders (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, live INTEGER NOT NULL DEFAULT 0, recipe TEXT NOT NULL,
    folder INTEGER NOT NULL REFERENCES folders, path TEXT NOT NULL, source TEXT, content TEXT,
    sha256 TEXT NOT NULL, encoding TEXT NOT NULL, text TEXT NOT NULL, more TEXT, digest TEXT, split_digest TEXT,
    UNIQUE (live, folder, path)
);
CREATE UNIQUE INDEX documents_by_source ON documents (source) WHERE live;
CREATE TABLE articles (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, number INTEGER NOT NULL,
    title TEXT NOT NULL, kind TEXT NOT NULL, byline_start INTEGER, byline_end INTEGER,
    start INTEGER NOT NULL, end INTEGER NOT NULL, paragraphs TEXT NOT NULL, date TEXT, more TEXT,
    PRIMARY KEY (document, number)
) WITHOUT ROWID;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    passage_id TEXT NOT NULL, article TEXT NOT NULL, article_number INTEGER NOT NULL, paragraph INTEGER NOT NULL,
    text TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    sentences INTEGER NOT NULL, vector INTEGER NOT NULL, more TEXT
);
CREATE INDEX passages_by_name ON passages (passage_id);
CREATE INDEX passages_by_document ON passages (document);
CREATE INDEX passages_by_vector ON passages (vector);
CREATE TABLE sentences (
    passage INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, vector INTEGER NOT NULL,
    PRIMARY KEY (passage, start)
) WITHOUT ROWID;
CREATE INDEX sentences_by_vector ON sentences (vector);
CREATE TABLE vectors (
    id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, vector BLOB NOT NULL, digest BLOB NOT NULL
);
"""


class ForeignFileError(IndexFormatError):
    """Another program's database: never to be replaced."""


def connect_to_write(index: Path) -> sqlite3.Connection:
    """Open the file for the one writer, and make it if it is missing.

    ``IndexFormatError`` if it is not ours or is damaged.
    """
    connection = sqlite3.connect(index / FILE, isolation_level=None)
    try:
        if _is_blank(connection):
            _create(connection)
        check_format(index, connection)
        # WAL lets readers keep the state they opened.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        # Overwrite what is deleted: not every SQLite does so by default.
        connection.execute("PRAGMA secure_delete = ON")
    except (sqlite3.OperationalError, IndexFormatError):  # a disk that is full, or a file of another kind
        connection.close()
        raise
    except sqlite3.DatabaseError as error:
        connection.close()
        raise damaged(index, str(error)) from error
    return connection


def _is_blank(connection: sqlite3.Connection) -> bool:
    """Whether the file is empty: this process made it, or one that died before it wrote anything."""
    return connection.execute("PRAGMA application_id").fetchone()[0] == 0 and not _has_tables(connection)


def _has_tables(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    # Paragraphs and vectors have some hundred bytes, and fill a page of this size better than one of the usual 4096.
    connection.execute("PRAGMA page_size = 8192")
    connection.executescript(
        f"BEGIN; {TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
    )


def compact(connection: sqlite3.Connection) -> None:
    """Write the file again without what was deleted, if that takes only seconds or much of the file is free.

    Deleted values are overwritten at once, but SQLite may have moved them within the file before, and leaves copies.
    The state does not depend on this: if there is no room for it now, a later run does it.
    """
    size, pages, free = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
    )
    if size * pages <= _SOON_COMPACT or free > pages * _MUCH_FREE:
        with suppress(sqlite3.OperationalError):
            connection.execute("VACUUM")


def connect_to_read(index: Path) -> sqlite3.Connection:
    """Open the file as it is now. The connection keeps seeing this state, whatever a writer does.

    ``IndexMissingError`` or ``IndexFormatError`` if there is nothing to read.
    """
    require(index)
    try:
        connection = snapshot(index)
    except sqlite3.DatabaseError as error:
        raise unsound(index, error) from error
    try:
        if _is_blank(connection):
            raise unfinished(index)
        check_format(index, connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise unsound(index, error) from error
    except IndexFolderError:
        connection.close()
        raise
    return connection


def snapshot(index: Path) -> sqlite3.Connection:
    """The file as it is now, whatever it holds. ``sqlite3.DatabaseError`` if it is missing or no SQLite file."""
    # In a read-only folder SQLite cannot make its shared memory file. If there is one, another process may be writing;
    # if there is none, nobody is.
    shared = os.access(index, os.W_OK) or (index / f"{FILE}-shm").exists()
    mode = "mode=ro" if shared else "mode=ro&immutable=1"
    uri = f"file:{quote(str((index / FILE).absolute()))}?{mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN")
        _has_tables(connection)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def check_format(index: Path, connection: sqlite3.Connection) -> None:
    """``IndexFormatError`` unless the file is ours and has the current format."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise ForeignFileError(f"{index / FILE} was not written by rag: name another folder with --index")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > FORMAT:
        raise IndexFormatError(f"the index in {index} is of a newer format ({version}, not {FORMAT}): update wenbao")
    if version < FORMAT:
        raise IndexFormatError(
            f"the index in {index} is of an older format ({version}, not {FORMAT}): "
            f"run {command(index, 'index', '--rebuild')}"
        )


def has_our_tables(connection: sqlite3.Connection) -> bool:
    """Whether the tables are those of a new file."""
    query = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(TABLES)
        return connection.execute(query).fetchall() == fresh.execute(query).fetchall()


def unfinished(index: Path) -> IndexMissingError:
    return IndexMissingError(f"the index in {index} was never finished: run {command(index, 'index')}")


def damaged(index: Path, reason: str, *, mend: str = "--rebuild") -> IndexFormatError:
    return IndexFormatError(f"the index in {index} is damaged ({reason}): run {command(index, 'index', mend)}")


def is_of_the_disk(error: sqlite3.DatabaseError) -> bool:
    """Whether the error is about the disk and not about the contents of the file."""
    # The lowest byte of an extended error code is the plain one.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_THE_DISK


def unsound(index: Path, error: sqlite3.DatabaseError) -> IndexFolderError:
    """The error to raise when SQLite cannot read: the disk has a problem, or the file or one row is damaged."""
    if is_of_the_disk(error):
        return unreadable(index, error)
    # Text that is not UTF-8 has no code: one row is damaged, not the file.
    has_code = getattr(error, "sqlite_errorcode", None) is not None
    return damaged(index, str(error), mend="--rebuild" if has_code else "--repair")


def unreadable(index: Path, error: Exception) -> IndexFolderError:
    """The error to raise when the disk cannot be read.

    SQLite also reports "disk I/O error" if there is no room for the memory that readers and a writer share.
    """
    try:
        is_full = shutil.disk_usage(index).free < _ROOM
    except OSError:  # the folder cannot be reached, as ``error`` says
        is_full = False
    if is_full:
        return IndexFolderError(f"the disk of the index in {index} is full ({error}): free some space, then ask again")
    return IndexFolderError(f"the index in {index} cannot be read ({error}): mend that")


def require(index: Path) -> None:
    """``IndexMissingError`` or ``IndexFormatError`` if there is no such file."""
    if not (index / FILE).is_file():
        raise _missing(index)


def _missing(index: Path) -> IndexMissingError | IndexFormatError:
    if any(index.glob("segment-*")):
        return damaged(index, f"{FILE} is missing")
    if index.exists() and not index.is_dir():
        return IndexMissingError(f"{index} is a file, not an index folder: name a folder with --index")
    wanted = command(index, "index", "FOLDER")
    return IndexMissingError(f"there is no index in {index}: run {wanted} first, or name its folder with --index")
