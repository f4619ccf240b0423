"""What a writer does to the SQLite file, one statement or few at a time. Nothing here decides anything."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.index.local import checksums
from rag.index.local.records import article_columns, more_of_document, passage_columns
from rag.types import Article, Document, Passage, Span


@dataclass(frozen=True, slots=True)
class Row:
    """A document in the file, without its text. ``path`` is relative to the folder, as the disk spells it.

    ``done`` says that all of its passages and vectors are written.
    """

    id: int
    live: bool
    recipe: str
    folder: int
    path: str
    source: str | None
    sha256: str
    done: bool


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, whatever ends it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def kept_if_stopped(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that keeps what was done so far when Ctrl-C ends it."""
    with transaction(connection):
        try:
            yield
        except KeyboardInterrupt:
            connection.execute("COMMIT")
            raise


@contextmanager
def _whole(connection: sqlite3.Connection) -> Iterator[None]:
    """What is all done or not at all within a transaction."""
    connection.execute("SAVEPOINT whole")
    with ExitStack() as undo:
        undo.callback(connection.execute, "ROLLBACK TO whole")
        yield
        undo.pop_all()
    connection.execute("RELEASE whole")


def folder_paths(index: Path, connection: sqlite3.Connection) -> dict[int, Path]:
    """The indexed folders as absolute paths."""
    rows = connection.execute("SELECT id, path FROM folders")
    return {number: Path(os.path.normpath(index.resolve() / path)) for number, path in rows}


def add_folder(index: Path, connection: sqlite3.Connection, folder: Path) -> int:
    """A folder beside the index is kept relative to it, so that both can be moved together."""
    home = index.resolve()
    near = folder.is_relative_to(home.parent)
    path = Path(os.path.relpath(folder, home)).as_posix() if near else str(folder)
    added = connection.execute("INSERT INTO folders (path) VALUES (?) RETURNING id", (path,)).fetchone()
    return int(added[0])


def added_home(index: Path) -> Path:
    """The folder, inside the index, of documents that were not read from files; it is never on the disk."""
    return (index / "added").resolve()


def file_of(index: Path, connection: sqlite3.Connection, source: str) -> Path | None:
    """Where the file of ``source`` is, or was."""
    found = connection.execute("SELECT folder, path FROM documents WHERE live AND source = ?", (source,)).fetchone()
    return folder_paths(index, connection)[found[0]] / found[1] if found else None


def document_rows(connection: sqlite3.Connection, *, live: bool) -> list[Row]:
    query = (
        "SELECT id, live, recipe, folder, path, source, sha256, content IS NOT NULL FROM documents "
        "WHERE live = ? ORDER BY folder, path"
    )
    return [
        Row(number, bool(there), recipe, folder, path, source, sha256, bool(done))
        for number, there, recipe, folder, path, source, sha256, done in connection.execute(query, (live,))
    ]


def stage_document(connection: sqlite3.Connection, recipe: str, folder: int, path: str, document: Document) -> Row:
    """Put a document beside the live ones, not yet split: whole, or not at all."""
    with _whole(connection):
        return _stage(connection, recipe, folder, path, document)


def _stage(connection: sqlite3.Connection, recipe: str, folder: int, path: str, document: Document) -> Row:
    for (number,) in connection.execute(
        "SELECT id FROM documents WHERE live = 0 AND folder = ? AND path = ?", (folder, path)
    ).fetchall():
        drop_documents(connection, [number])
    added = connection.execute(
        "INSERT INTO documents (recipe, folder, path, sha256, encoding, text, more) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "RETURNING id",
        (recipe, folder, path, document.sha256, document.encoding, document.text, more_of_document(document)),
    ).fetchone()
    row = int(added[0])
    connection.execute("UPDATE documents SET digest = ? WHERE id = ?", (checksums.read_digest(connection, row), row))
    return Row(row, False, recipe, folder, path, None, document.sha256, False)


def read_text(connection: sqlite3.Connection, row: int, source: str) -> Document:
    text, encoding, sha256, more = connection.execute(
        "SELECT text, encoding, sha256, more FROM documents WHERE id = ?", (row,)
    ).fetchone()
    return Document(source=source, text=text, encoding=encoding, sha256=sha256, **(json.loads(more) if more else {}))


def text_lengths(connection: sqlite3.Connection, rows: Iterable[int]) -> int:
    """How many characters the documents have together."""
    query = "SELECT length(text) FROM documents WHERE id = ?"
    return sum(connection.execute(query, (row,)).fetchone()[0] for row in rows)


def begin_split(connection: sqlite3.Connection, row: int, source: str, articles: Sequence[Article]) -> None:
    """Name a staged document and put down its articles; passages of another name or an earlier run go."""
    drop_passages(connection, [row])
    connection.execute("DELETE FROM articles WHERE document = ?", (row,))
    connection.execute("UPDATE documents SET source = ?, content = NULL WHERE id = ?", (source, row))
    connection.executemany(
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [(row, *article_columns(a)) for a in articles]
    )


def written_passages(connection: sqlite3.Connection, row: int) -> int:
    return int(connection.execute("SELECT count(*) FROM passages WHERE document = ?", (row,)).fetchone()[0])


def write_passage(
    connection: sqlite3.Connection, document: int, passage: Passage, vector: int, sentences: Sequence[tuple[Span, int]]
) -> None:
    """Put down a passage and its sentences with the numbers of their vectors."""
    added = connection.execute(
        "INSERT INTO passages (document, sentences, vector, passage_id, article, article_number, paragraph, text, "
        "start, end, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (document, len(sentences), vector, *passage_columns(passage)),
    ).lastrowid
    rows = [(added, span.start, span.end, number) for span, number in sentences]
    connection.executemany("INSERT INTO sentences VALUES (?, ?, ?, ?)", rows)


def finish_split(connection: sqlite3.Connection, row: int) -> None:
    """Say that all passages of a document are written."""
    connection.execute("UPDATE documents SET content = ? WHERE id = ?", (content_hash(connection, row), row))
    digest = checksums.split_digest(connection, row)
    connection.execute("UPDATE documents SET split_digest = ? WHERE id = ?", (digest, row))


def content_hash(connection: sqlite3.Connection, row: int) -> str:
    """A hash of what can be cited from a document."""
    total = hashlib.sha256()
    for query in (
        "SELECT source, sha256, text, more FROM documents WHERE id = ?",
        "SELECT passage_id, article, start, end, text, more FROM passages WHERE document = ? ORDER BY passage_id",
    ):
        for values in connection.execute(query, (row,)):
            total.update(json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return total.hexdigest()[:32]


def find_vector(connection: sqlite3.Connection, key: bytes) -> int | None:
    found = connection.execute("SELECT id FROM vectors WHERE key = ?", (key,)).fetchone()
    return int(found[0]) if found else None


def add_vector(connection: sqlite3.Connection, key: bytes, codes: bytes) -> int:
    query = "INSERT INTO vectors (key, vector, digest) VALUES (?, ?, ?)"
    return int(connection.execute(query, (key, codes, checksums.vector_digest(key, codes))).lastrowid or 0)


def drop_staged(connection: sqlite3.Connection, keep: Iterable[int]) -> None:
    """Drop the unfinished work of an earlier run that this one has no use for."""
    unwanted = {row.id for row in document_rows(connection, live=False)} - set(keep)
    drop_documents(connection, sorted(unwanted))


def make_live(connection: sqlite3.Connection, keep: Iterable[int]) -> list[int]:
    """Make ``keep`` the documents of the index and drop all others. Returns the passages that were live and went."""
    kept = set(keep)
    gone = [row.id for row in document_rows(connection, live=True) if row.id not in kept]
    dropped = drop_documents(connection, gone)
    drop_staged(connection, kept)
    connection.execute("UPDATE documents SET live = 1 WHERE live = 0")
    connection.execute("DELETE FROM folders WHERE id NOT IN (SELECT folder FROM documents)")
    return dropped


def drop_documents(connection: sqlite3.Connection, rows: Sequence[int]) -> list[int]:
    """Drop documents with all that only they used. Returns the numbers of their passages."""
    passages = drop_passages(connection, rows)
    connection.executemany("DELETE FROM documents WHERE id = ?", [(row,) for row in rows])
    return passages


def drop_passages(connection: sqlite3.Connection, rows: Sequence[int]) -> list[int]:
    """Drop the passages of documents, and the vectors that only they used. Returns the passages' numbers."""
    if not rows:
        return []
    query = "SELECT id, vector FROM passages WHERE document IN (SELECT value FROM json_each(?))"
    found = connection.execute(query, (json.dumps(list(rows)),)).fetchall()
    passages, used = [number for number, _ in found], {vector for _, vector in found}
    query = "SELECT vector FROM sentences WHERE passage IN (SELECT value FROM json_each(?))"
    used.update(vector for (vector,) in connection.execute(query, (json.dumps(passages),)))
    connection.executemany("DELETE FROM passages WHERE id = ?", [(number,) for number in passages])
    drop_unused(connection, used)
    return passages


def forget_keys(connection: sqlite3.Connection, vectors: Collection[int]) -> None:
    """Let no text find these vectors any more: it is embedded again."""
    connection.executemany("UPDATE vectors SET key = randomblob(16) WHERE id = ?", [(vector,) for vector in vectors])


def drop_unused(connection: sqlite3.Connection, vectors: Collection[int]) -> int:
    """Drop those of ``vectors`` that no passage and no sentence has. Returns how many these are."""
    return connection.executemany(
        "DELETE FROM vectors WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM passages WHERE vector = ?1) "
        "AND NOT EXISTS (SELECT 1 FROM sentences WHERE vector = ?1)",
        [(vector,) for vector in sorted(vectors)],
    ).rowcount


def fingerprint(connection: sqlite3.Connection) -> str:
    """A hash of what can be cited: the contents of the documents, in the order of their names."""
    total = hashlib.sha256()
    for values in connection.execute("SELECT source, content FROM documents WHERE live ORDER BY source"):
        total.update(json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return total.hexdigest()[:16]


def numbers_in_order(connection: sqlite3.Connection) -> Iterator[int]:
    """All passages by number, also those of documents that are not live, in the order of their names."""
    return (number for (number,) in connection.execute("SELECT id FROM passages ORDER BY passage_id"))
