"""What a writer does to the SQLite file, one statement or few at a time. Nothing here decides anything."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.index.settings import Settings, embedded_sentence
from rag.text import sentences
from rag.types import Article, Document, Passage, Span


@dataclass(frozen=True, slots=True)
class Row:
    """A document in the file, without its text. ``path`` is relative to the folder, as the disk spells it."""

    id: int
    live: bool
    recipe: str
    folder: int
    path: str
    source: str | None
    sha256: str


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, whatever ends it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


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


def file_of(index: Path, connection: sqlite3.Connection, source: str) -> Path | None:
    """Where the file of ``source`` is, or was."""
    found = connection.execute("SELECT folder, path FROM documents WHERE live AND source = ?", (source,)).fetchone()
    return folder_paths(index, connection)[found[0]] / found[1] if found else None


def document_rows(connection: sqlite3.Connection, *, live: bool) -> list[Row]:
    query = "SELECT id, live, recipe, folder, path, source, sha256 FROM documents WHERE live = ? ORDER BY folder, path"
    return [Row(*values) for values in connection.execute(query, (live,))]


def stage_document(connection: sqlite3.Connection, recipe: str, folder: int, path: str, document: Document) -> Row:
    """Put a document beside the live ones, not yet split."""
    connection.execute("DELETE FROM documents WHERE live = 0 AND folder = ? AND path = ?", (folder, path))
    added = connection.execute(
        "INSERT INTO documents (recipe, folder, path, sha256, encoding, text) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (recipe, folder, path, document.sha256, document.encoding, document.text),
    ).fetchone()
    return Row(int(added[0]), False, recipe, folder, path, None, document.sha256)


def read_text(connection: sqlite3.Connection, row: int, source: str) -> Document:
    text, encoding, sha256 = connection.execute(
        "SELECT text, encoding, sha256 FROM documents WHERE id = ?", (row,)
    ).fetchone()
    return Document(source=source, text=text, encoding=encoding, sha256=sha256)


@dataclass(frozen=True, slots=True)
class Split:
    """What a document was split into under the name ``source``."""

    source: str
    articles: Sequence[Article]
    passages: Sequence[Passage]


def write_split(connection: sqlite3.Connection, row: int, split: Split, settings: Settings) -> None:
    """Put down what a staged document was split into, in place of what was there of it."""
    connection.execute("DELETE FROM articles WHERE document = ?", (row,))
    connection.execute("DELETE FROM passages WHERE document = ?", (row,))
    connection.execute("UPDATE documents SET source = ? WHERE id = ?", (split.source, row))
    connection.executemany(
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [(row, *_article_columns(a)) for a in split.articles]
    )
    for passage in split.passages:
        _write_passage(connection, row, passage, settings)


def _article_columns(article: Article) -> tuple[object, ...]:
    byline = (article.byline.start, article.byline.end) if article.byline else (None, None)
    paragraphs = json.dumps([asdict(paragraph) for paragraph in article.paragraphs], ensure_ascii=False)
    return (article.number, article.title, article.kind, *byline, article.start, article.end, paragraphs)


def _write_passage(connection: sqlite3.Connection, document: int, passage: Passage, settings: Settings) -> None:
    spans = sentences(passage.text) or [Span(0, len(passage.text))]
    vector = _vector(connection, passage.embedded_text, settings)
    columns = (document, passage.passage_id, passage.article, passage.article_number, passage.paragraph)
    added = connection.execute(
        "INSERT INTO passages (document, passage_id, article, article_number, paragraph, text, start, end, sentences, "
        "vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (*columns, passage.text, passage.start, passage.end, len(spans), vector),
    ).fetchone()
    for span in spans:
        # The vector of a passage of one sentence serves for the sentence too.
        own = _vector(connection, embedded_sentence(passage, span), settings) if len(spans) > 1 else vector
        connection.execute("INSERT INTO sentences VALUES (?, ?, ?, ?)", (added[0], span.start, span.end, own))


def _vector(connection: sqlite3.Connection, text: str, settings: Settings) -> int:
    """The number of the vector of ``text``, which waits to be embedded if it is new."""
    key = settings.key(text)
    known = connection.execute("SELECT id FROM vectors WHERE key = ?", (key,)).fetchone()
    if known:
        return int(known[0])
    added = connection.execute("INSERT INTO vectors (key) VALUES (?) RETURNING id", (key,)).fetchone()
    connection.execute("INSERT INTO pending VALUES (?, ?, ?)", (len(text), added[0], text))
    return int(added[0])


def pending_count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM pending").fetchone()[0])


def pending_texts(connection: sqlite3.Connection, limit: int) -> list[tuple[int, str]]:
    """Texts that wait to be embedded, longest first: of similar length, because a batch is as slow as its longest."""
    query = "SELECT vector, text FROM pending ORDER BY length DESC, vector DESC LIMIT ?"
    return connection.execute(query, (limit,)).fetchall()


def write_vectors(connection: sqlite3.Connection, texts: Sequence[tuple[int, str]], vectors: Sequence[bytes]) -> None:
    """Keep the vectors of pending texts, which then wait no longer."""
    rows = [(vector, number) for (number, _), vector in zip(texts, vectors, strict=True)]
    connection.executemany("UPDATE vectors SET vector = ? WHERE id = ?", rows)
    done = [(len(text), number) for number, text in texts]
    connection.executemany("DELETE FROM pending WHERE length = ? AND vector = ?", done)


def drop_staged(connection: sqlite3.Connection, keep: Sequence[int]) -> None:
    """Drop the unfinished work of an earlier run that this one has no use for."""
    unwanted = {row.id for row in document_rows(connection, live=False)} - set(keep)
    connection.executemany("DELETE FROM documents WHERE id = ?", [(number,) for number in sorted(unwanted)])
    if unwanted:
        drop_unused_vectors(connection)


def make_live(connection: sqlite3.Connection, keep: Sequence[int]) -> None:
    """Make ``keep`` the documents of the index, drop all others and all that only they used, and number the rows."""
    connection.execute("CREATE TEMP TABLE kept (id INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO kept VALUES (?)", [(number,) for number in keep])
    connection.execute("DELETE FROM documents WHERE id NOT IN kept")
    connection.execute("DROP TABLE kept")
    connection.execute("UPDATE documents SET live = 1 WHERE NOT live")
    connection.execute("DELETE FROM folders WHERE id NOT IN (SELECT folder FROM documents)")
    drop_unused_vectors(connection)
    connection.execute("UPDATE passages SET row = NULL WHERE row IS NOT NULL")
    connection.execute(
        "UPDATE passages SET row = place FROM "
        "(SELECT id AS passage, row_number() OVER (ORDER BY passage_id) - 1 AS place FROM passages) "
        "WHERE id = passage"
    )


def drop_unused_vectors(connection: sqlite3.Connection) -> None:
    connection.execute(
        "DELETE FROM vectors WHERE id NOT IN (SELECT vector FROM passages UNION SELECT vector FROM sentences)"
    )
    connection.execute("DELETE FROM pending WHERE vector NOT IN (SELECT id FROM vectors)")


def fingerprint(connection: sqlite3.Connection) -> str:
    """A hash of what can be cited: documents and passages, in the order of their names."""
    total = hashlib.sha256()
    for query in (
        "SELECT source, sha256, text FROM documents WHERE live ORDER BY source",
        "SELECT passage_id, article, start, end, text FROM passages WHERE row IS NOT NULL ORDER BY row",
    ):
        for row in connection.execute(query):
            total.update(json.dumps(row, ensure_ascii=False).encode())
    return total.hexdigest()[:16]


def passage_count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM passages WHERE row IS NOT NULL").fetchone()[0])


def has_bad_vector(connection: sqlite3.Connection, dimension: int) -> bool:
    """Whether a passage or sentence of the live state lacks a vector of the right size."""
    bad = connection.execute(
        "SELECT 1 FROM passages p JOIN sentences s ON s.passage = p.id "
        "LEFT JOIN vectors a ON a.id = p.vector LEFT JOIN vectors b ON b.id = s.vector WHERE p.row IS NOT NULL "
        "AND (coalesce(length(a.vector), 0) != ?1 OR coalesce(length(b.vector), 0) != ?1) LIMIT 1",
        (4 * dimension,),
    )
    return bad.fetchone() is not None
