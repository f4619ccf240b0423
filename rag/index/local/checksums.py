"""Checksums of the rows of the SQLite file: SQLite itself does not notice when a value changes on the disk.

Each document has a hash of what was read from its file, and one of everything that was made from that (articles,
passages, sentences). Each vector has a hash. ``rag index --repair`` compares them; opening an index does not.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from rag.index.engine import DamagedDocument

_READ = "SELECT recipe, folder, path, sha256, encoding, text, more FROM documents WHERE id = ?"
_SPLIT = (
    "SELECT source, content FROM documents WHERE id = ?",
    "SELECT number, title, kind, byline_start, byline_end, start, end, paragraphs, date, more FROM articles "
    "WHERE document = ? ORDER BY number",
    "SELECT id, passage_id, article, article_number, paragraph, text, start, end, sentences, vector, more "
    "FROM passages WHERE document = ? ORDER BY id",
    "SELECT passage, s.start, s.end, s.vector FROM passages p JOIN sentences s ON s.passage = p.id "
    "WHERE document = ? ORDER BY passage, s.start",
)
_USERS = (
    "SELECT document FROM passages WHERE vector IN (SELECT value FROM json_each(?1)) "
    "OR vector NOT IN (SELECT id FROM vectors)",
    "SELECT document FROM sentences s JOIN passages p ON p.id = s.passage "
    "WHERE s.vector IN (SELECT value FROM json_each(?1)) OR s.vector NOT IN (SELECT id FROM vectors)",
)
_ORPHANS = (
    ("sentences", "passage NOT IN (SELECT id FROM passages)"),
    ("passages", "document NOT IN (SELECT id FROM documents)"),
    ("articles", "document NOT IN (SELECT id FROM documents)"),
)


def read_digest(connection: sqlite3.Connection, row: int) -> str:
    """The hash of what was read from the file of a document."""
    return _digest(connection, (_READ,), row)


def split_digest(connection: sqlite3.Connection, row: int) -> str:
    """The hash of the articles, passages and sentences of a document."""
    return _digest(connection, _SPLIT, row)


def vector_digest(key: bytes, codes: bytes) -> bytes:
    return hashlib.blake2b(key + codes, digest_size=8).digest()


def _digest(connection: sqlite3.Connection, queries: Collection[str], row: int) -> str:
    total = hashlib.blake2b(digest_size=16)
    with _undecoded(connection):
        for query in queries:
            for values in connection.execute(query, (row,)):
                for value in values:
                    data = value if isinstance(value, (bytes, bytearray)) else repr(value).encode()
                    total.update(f"{type(value).__name__} {len(data)} ".encode())
                    total.update(data)
    return total.hexdigest()


@contextmanager
def _undecoded(connection: sqlite3.Connection) -> Iterator[None]:
    """Read text as ``bytearray``: damaged text may not be UTF-8, or may have become a blob."""
    before = connection.text_factory
    connection.text_factory = bytearray
    try:
        yield
    finally:
        connection.text_factory = before


def mended_by_sorting(connection: sqlite3.Connection) -> bool:
    """Check the pages of the file, and build its indexes again if only they are wrong. Returns whether they were.

    ``sqlite3.DatabaseError`` if anything else is wrong with the pages.
    """
    if _integrity(connection) == "ok":
        return False
    connection.execute("REINDEX")
    if (line := _integrity(connection)) != "ok":
        raise sqlite3.DatabaseError(line)
    return True


def _integrity(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])


def drop_orphans(connection: sqlite3.Connection) -> Iterator[str]:
    """Drop rows that belong to nothing. One line for each table says how many there were.

    ``sqlite3.DatabaseError`` for documents whose folder is gone: their files can no longer be found.
    """
    if not connection.execute("PRAGMA foreign_key_check").fetchone():
        return
    for table, lost in _ORPHANS:
        dropped = connection.execute(f"DELETE FROM {table} WHERE {lost}").rowcount  # noqa: S608 - no word is foreign
        if dropped:
            yield f"{dropped} of the {table} in it belonged to nothing"
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise sqlite3.DatabaseError("a row of documents refers to nothing")


def bad_vectors(connection: sqlite3.Connection, dimension: int) -> list[int]:
    """The vectors that are not what was written."""
    with _undecoded(connection):
        return [
            number
            for number, key, codes, digest in connection.execute("SELECT id, key, vector, digest FROM vectors")
            if not (isinstance(key, bytes) and isinstance(codes, bytes) and len(codes) == dimension)
            or vector_digest(key, codes) != digest
        ]


def damaged_documents(connection: sqlite3.Connection, bad: Collection[int]) -> list[DamagedDocument]:
    """The documents that are not what was written, or that use one of the ``bad`` vectors.

    For a document that an update has not finished, only the text and the vectors can be checked.
    """
    with_bad_vectors = {row for query in _USERS for (row,) in connection.execute(query, (json.dumps(list(bad)),))}
    rows = "SELECT id, digest, split_digest, live FROM documents ORDER BY folder, path"
    damaged: list[DamagedDocument] = []
    with _undecoded(connection):
        known = connection.execute(rows).fetchall()
    for row, digest, split, live in known:
        if digest != read_digest(connection, row).encode():
            damaged.append(DamagedDocument(row, "text"))
        elif (live or split is not None) and split != split_digest(connection, row).encode():
            damaged.append(DamagedDocument(row, "passages"))
        elif row in with_bad_vectors:
            damaged.append(DamagedDocument(row, "vectors"))
    return damaged
