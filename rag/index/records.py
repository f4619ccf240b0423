"""From the rows of the SQLite file back to the nouns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.types import Article, Document, Paragraph, Passage, Span


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document without its text."""

    source: str
    sha256: str
    articles: int
    passages: int


def read_document(connection: sqlite3.Connection, source: str) -> Document | None:
    found = connection.execute(
        "SELECT source, text, encoding, sha256 FROM documents WHERE live AND source = ?", (source,)
    ).fetchone()
    return Document(*found) if found else None


def list_documents(connection: sqlite3.Connection) -> list[DocumentInfo]:
    rows = connection.execute(
        "SELECT source, sha256, (SELECT count(*) FROM articles a WHERE a.document = d.id), "
        "(SELECT count(*) FROM passages p WHERE p.document = d.id) FROM documents d WHERE live ORDER BY source"
    )
    return [DocumentInfo(*row) for row in rows]


def read_articles(connection: sqlite3.Connection, source: str | None) -> Iterator[Article]:
    query = (
        "SELECT source, number, title, kind, byline_start, byline_end, start, end, paragraphs "
        "FROM articles JOIN documents ON documents.id = document WHERE live AND (source = ?1 OR ?1 IS NULL) "
        "ORDER BY source, number"
    )
    for name, number, title, kind, first, last, start, end, paragraphs in connection.execute(query, (source,)):
        byline = Span(first, last) if first is not None else None
        parts = tuple(Paragraph(**values) for values in json.loads(paragraphs))
        yield Article(name, number, title, kind, byline, start, end, parts)


def read_passages(connection: sqlite3.Connection, rows: Sequence[int]) -> list[Passage]:
    """The passages of ``rows``, in that order. ``KeyError`` for a row there is not."""
    query = (
        "SELECT row, passage_id, source, article, article_number, paragraph, p.text, start, end "
        "FROM passages p JOIN documents d ON d.id = document WHERE row IN (SELECT value FROM json_each(?))"
    )
    found = {row: Passage(*values) for row, *values in connection.execute(query, (json.dumps(list(rows)),))}
    return [found[row] for row in rows]


def read_sentences(connection: sqlite3.Connection, row: int) -> list[Span]:
    query = "SELECT s.start, s.end FROM passages p JOIN sentences s ON s.passage = p.id WHERE row = ? ORDER BY s.start"
    return [Span(*values) for values in connection.execute(query, (row,))]


def read_rows(connection: sqlite3.Connection, source: str, article_number: int) -> list[tuple[str, int]]:
    """The passages of an article in reading order, each as (passage_id, row)."""
    query = (
        "SELECT passage_id, row FROM passages p JOIN documents d ON d.id = document "
        "WHERE live AND source = ? AND article_number = ? ORDER BY p.start"
    )
    return [(passage_id, row) for passage_id, row in connection.execute(query, (source, article_number))]
