"""Reads rows of the SQLite file as our types, and turns our types into rows."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, get_type_hints

from rag.index.engine import DocumentInfo
from rag.index.settings import Settings
from rag.types import Article, Document, Kind, Paragraph, Passage, Span

_DOCUMENT = ("source", "text", "encoding", "sha256", "notes")
_ARTICLE = ("source", "number", "title", "kind", "byline", "start", "end", "paragraphs")
_PASSAGE = ("passage_id", "source", "article", "article_number", "paragraph", "text", "start", "end")

_Noun = TypeVar("_Noun", Document, Article, Paragraph, Passage, Span)
_KINDS: dict[Any, tuple[type, ...]] = {
    str: (str,),
    Kind: (str,),
    int: (int,),
    str | None: (str, NoneType),
    int | None: (int, NoneType),
}
#: The fields that hold text or whole numbers, with the types that their annotations allow.
_PLAIN = {
    noun: [(name, _KINDS[kind]) for name, kind in get_type_hints(noun).items() if kind in _KINDS]
    for noun in (Document, Article, Paragraph, Passage, Span)
}


def read_settings(connection: sqlite3.Connection) -> Settings | None:
    """``None`` before the first state of an index is finished. ``sqlite3.DatabaseError`` if they make no sense."""
    stored = dict(connection.execute("SELECT name, value FROM settings"))
    if not stored:
        return None
    try:
        values: dict[str, Any] = {
            f.name: stored[f.name] if f.type == "str" else int(stored[f.name]) for f in fields(Settings)
        }
    except (KeyError, ValueError) as error:
        raise sqlite3.DatabaseError(f"its settings make no sense: {error}") from error
    return Settings(**values)


def write_settings(connection: sqlite3.Connection, settings: Settings) -> None:
    rows = [(name, str(value)) for name, value in asdict(settings).items()]
    connection.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", rows)


def fingerprint(connection: sqlite3.Connection) -> str:
    """A hash of what can be cited: the contents of the live documents, in the order of their names."""
    total = hashlib.sha256()
    for values in connection.execute("SELECT source, content FROM documents WHERE live ORDER BY source"):
        total.update(json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return total.hexdigest()[:16]


def folder_paths(index: Path, connection: sqlite3.Connection) -> dict[int, Path]:
    """The indexed folders as absolute paths."""
    rows = connection.execute("SELECT id, path FROM folders")
    return {number: Path(os.path.normpath(index.resolve() / path)) for number, path in rows}


def numbers_in_order(connection: sqlite3.Connection) -> Iterator[int]:
    """The numbers of all passages, staged ones included, in the order of their passage ids."""
    return (number for (number,) in connection.execute("SELECT id FROM passages ORDER BY passage_id"))


def document_columns(document: Document) -> tuple[object, ...]:
    """sha256, encoding, text, more"""
    return (document.sha256, document.encoding, document.text, _more(document, _DOCUMENT))


def article_columns(article: Article) -> tuple[object, ...]:
    """number, title, kind, byline_start, byline_end, start, end, paragraphs, date, more"""
    byline = (article.byline.start, article.byline.end) if article.byline else (None, None)
    paragraphs = json.dumps([_slim(asdict(paragraph)) for paragraph in article.paragraphs], ensure_ascii=False)
    rest = (article.start, article.end, paragraphs, article.date, _more(article, _ARTICLE))
    return (article.number, article.title, article.kind, *byline, *rest)


def passage_columns(passage: Passage) -> tuple[object, ...]:
    """passage_id, article, article_number, paragraph, text, start, end, more"""
    name = (passage.passage_id, passage.article, passage.article_number, passage.paragraph)
    return (*name, passage.text, passage.start, passage.end, _more(passage, _PASSAGE))


def _more(noun: Document | Article | Passage, known: Sequence[str]) -> str | None:
    """The fields without a column, as JSON, if any is set. ``TypeError`` for a value that JSON does not have."""
    others = _slim({f.name: getattr(noun, f.name) for f in fields(noun) if f.name not in known})
    return json.dumps(others, ensure_ascii=False) if others else None


def _slim(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _other(more: str | None) -> dict[str, Any]:
    return dict(json.loads(more)) if more else {}


def _checked(noun: _Noun) -> _Noun:
    """``TypeError`` for a value of a wrong type: SQLite accepts any value in any column."""
    for name, kinds in _PLAIN[type(noun)]:
        if not isinstance(getattr(noun, name), kinds):
            raise TypeError(f"{name} is {getattr(noun, name)!r}")
    return noun


def read_document(connection: sqlite3.Connection, source: str) -> Document | None:
    row = connection.execute(
        "SELECT source, text, encoding, sha256, more FROM documents WHERE live AND source = ?", (source,)
    ).fetchone()
    return _checked(Document(*row[:-1], **_other(row[-1]))) if row else None


def read_stored_document(connection: sqlite3.Connection, number: int, source: str) -> Document:
    """A live or staged document by its number, as one of that source."""
    query = "SELECT text, encoding, sha256, more FROM documents WHERE id = ?"
    text, encoding, sha256, more = connection.execute(query, (number,)).fetchone()
    return Document(source=source, text=text, encoding=encoding, sha256=sha256, **_other(more))


def read_file(index: Path, connection: sqlite3.Connection, source: str) -> Path | None:
    """Where the file of ``source`` is, or was."""
    row = connection.execute("SELECT folder, path FROM documents WHERE live AND source = ?", (source,)).fetchone()
    return folder_paths(index, connection)[row[0]] / row[1] if row else None


def read_sha256(connection: sqlite3.Connection, source: str) -> str:
    """The hash of the bytes of a source's file. ``TypeError`` if there is no such source."""
    (sha256,) = connection.execute("SELECT sha256 FROM documents WHERE live AND source = ?", (source,)).fetchone()
    return str(sha256)


def list_documents(connection: sqlite3.Connection) -> list[DocumentInfo]:
    rows = connection.execute(
        "SELECT source, sha256, (SELECT count(*) FROM articles a WHERE a.document = d.id), "
        "(SELECT count(*) FROM passages p WHERE p.document = d.id) FROM documents d WHERE live ORDER BY source"
    )
    return [DocumentInfo(*row) for row in rows]


_ARTICLES = (
    "SELECT source, number, title, kind, byline_start, byline_end, start, end, paragraphs, articles.more "
    "FROM articles JOIN documents ON documents.id = document WHERE live "
)


def read_articles(connection: sqlite3.Connection, source: str | None) -> Iterator[Article]:
    query = _ARTICLES + "AND (source = ?1 OR ?1 IS NULL) ORDER BY source, number"
    yield from map(_article, connection.execute(query, (source,)))


def read_newest(connection: sqlite3.Connection, most: int) -> Iterator[Article]:
    """Articles before captions; those with a date first, the newest of them first."""
    query = _ARTICLES + "ORDER BY kind = 'caption', articles.date IS NULL, articles.date DESC, source, number LIMIT ?"
    yield from map(_article, connection.execute(query, (most,)))


def _article(row: Sequence[Any]) -> Article:
    name, number, title, kind, first, last, start, end, paragraphs, more = row
    byline = Span(first, last) if first is not None else None
    parts = tuple(_checked(Paragraph(**values)) for values in json.loads(paragraphs))
    return _checked(Article(name, number, title, kind, byline, start, end, parts, **_other(more)))


def read_date(connection: sqlite3.Connection, source: str, article_number: int) -> str | None:
    row = connection.execute(
        "SELECT date FROM articles JOIN documents ON documents.id = document WHERE live AND source = ? AND number = ?",
        (source, article_number),
    ).fetchone()
    return row[0] if row else None


def read_allowed(connection: sqlite3.Connection, admits: Callable[[str, str, str | None], bool]) -> Iterator[int]:
    """The numbers of the passages of all articles whose source, title and date are admitted."""
    query = (
        "SELECT document, number, source, title, date FROM articles "
        "JOIN documents ON documents.id = document WHERE live"
    )
    admitted: dict[int, set[int]] = {}
    for document, number, source, title, day in connection.execute(query):
        if admits(source, title, day):
            admitted.setdefault(document, set()).add(number)
    query = "SELECT id, article_number FROM passages WHERE document = ?"
    for document, articles in admitted.items():
        rows = connection.execute(query, (document,))
        yield from (number for number, article in rows if article in articles)


def read_passages(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Passage]:
    """The passages of ``numbers``, in that order. ``KeyError`` for one that is not there."""
    query = (
        "SELECT p.id, passage_id, source, article, article_number, paragraph, p.text, start, end, p.more "
        "FROM passages p JOIN documents d ON d.id = document WHERE live AND p.id IN (SELECT value FROM json_each(?))"
    )
    passages = {
        number: _checked(Passage(*values, **_other(more)))
        for number, *values, more in connection.execute(query, (json.dumps(list(numbers)),))
    }
    return [passages[number] for number in numbers]


def read_sentences(connection: sqlite3.Connection, number: int) -> list[Span]:
    rows = connection.execute("SELECT start, end FROM sentences WHERE passage = ? ORDER BY start", (number,))
    return [_checked(Span(*values)) for values in rows]


def read_numbers(connection: sqlite3.Connection, source: str, article_number: int) -> list[tuple[str, int]]:
    """The passages of an article in reading order, as pairs of passage id and number."""
    query = (
        "SELECT passage_id, p.id FROM passages p JOIN documents d ON d.id = document "
        "WHERE live AND source = ? AND article_number = ? ORDER BY p.start"
    )
    return [(passage_id, number) for passage_id, number in connection.execute(query, (source, article_number))]
