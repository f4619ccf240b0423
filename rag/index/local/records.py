"""From the nouns to the rows of the SQLite file and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from types import NoneType
from typing import Any, TypeVar

from rag.types import Article, Document, Paragraph, Passage, Span

_DOCUMENT = ("source", "text", "encoding", "sha256", "notes")
_ARTICLE = ("source", "number", "title", "kind", "byline", "start", "end", "paragraphs")
_PASSAGE = ("passage_id", "source", "article", "article_number", "paragraph", "text", "start", "end")

_Noun = TypeVar("_Noun", Document, Article, Paragraph, Passage, Span)
_KINDS: dict[Any, tuple[type, ...]] = {
    "str": (str,),
    "Kind": (str,),
    "int": (int,),
    "str | None": (str, NoneType),
    "int | None": (int, NoneType),
}
#: The fields of text and of whole numbers, by their annotations.
_PLAIN = {
    noun: [(f.name, _KINDS[f.type]) for f in fields(noun) if f.type in _KINDS]
    for noun in (Document, Article, Paragraph, Passage, Span)
}


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document without its text."""

    source: str
    sha256: str
    articles: int
    passages: int


def more_of_document(document: Document) -> str | None:
    return _more(document, _DOCUMENT)


def article_columns(article: Article) -> tuple[object, ...]:
    """number, title, kind, byline_start, byline_end, start, end, paragraphs, date, more"""
    byline = (article.byline.start, article.byline.end) if article.byline else (None, None)
    paragraphs = json.dumps([_slim(asdict(paragraph)) for paragraph in article.paragraphs], ensure_ascii=False)
    place = (article.start, article.end, paragraphs, article.date, _more(article, _ARTICLE))
    return (article.number, article.title, article.kind, *byline, *place)


def passage_columns(passage: Passage) -> tuple[object, ...]:
    """passage_id, article, article_number, paragraph, text, start, end, more"""
    name = (passage.passage_id, passage.article, passage.article_number, passage.paragraph)
    return (*name, passage.text, passage.start, passage.end, _more(passage, _PASSAGE))


def _more(noun: Document | Article | Passage, known: Sequence[str]) -> str | None:
    """The other fields as JSON, if any is set. ``TypeError`` for one that is no plain value."""
    others = _slim({f.name: getattr(noun, f.name) for f in fields(noun) if f.name not in known})
    return json.dumps(others, ensure_ascii=False) if others else None


def _slim(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _other(more: str | None) -> dict[str, Any]:
    return dict(json.loads(more)) if more else {}


def _checked(noun: _Noun) -> _Noun:
    """``TypeError`` for a value of another kind than was written: SQLite takes any value into any column."""
    for name, kinds in _PLAIN[type(noun)]:
        if not isinstance(getattr(noun, name), kinds):
            raise TypeError(f"{name} is {getattr(noun, name)!r}")
    return noun


def read_document(connection: sqlite3.Connection, source: str) -> Document | None:
    found = connection.execute(
        "SELECT source, text, encoding, sha256, more FROM documents WHERE live AND source = ?", (source,)
    ).fetchone()
    return _checked(Document(*found[:-1], **_other(found[-1]))) if found else None


def read_sha256(connection: sqlite3.Connection, source: str) -> str:
    """Of the bytes of the file that a source was. ``TypeError`` if there is none of that name."""
    (found,) = connection.execute("SELECT sha256 FROM documents WHERE live AND source = ?", (source,)).fetchone()
    return str(found)


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
    found = connection.execute(
        "SELECT date FROM articles JOIN documents ON documents.id = document WHERE live AND source = ? AND number = ?",
        (source, article_number),
    ).fetchone()
    return found[0] if found else None


def read_passages(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Passage]:
    """The passages of ``numbers``, in that order. ``KeyError`` for one that is not there."""
    query = (
        "SELECT p.id, passage_id, source, article, article_number, paragraph, p.text, start, end, p.more "
        "FROM passages p JOIN documents d ON d.id = document WHERE live AND p.id IN (SELECT value FROM json_each(?))"
    )
    found = {
        number: _checked(Passage(*values, **_other(more)))
        for number, *values, more in connection.execute(query, (json.dumps(list(numbers)),))
    }
    return [found[number] for number in numbers]


def read_sentences(connection: sqlite3.Connection, number: int) -> list[Span]:
    rows = connection.execute("SELECT start, end FROM sentences WHERE passage = ? ORDER BY start", (number,))
    return [_checked(Span(*values)) for values in rows]


def read_numbers(connection: sqlite3.Connection, source: str, article_number: int) -> list[tuple[str, int]]:
    """The passages of an article in reading order, each as (passage_id, number)."""
    query = (
        "SELECT passage_id, p.id FROM passages p JOIN documents d ON d.id = document "
        "WHERE live AND source = ? AND article_number = ? ORDER BY p.start"
    )
    return [(passage_id, number) for passage_id, number in connection.execute(query, (source, article_number))]
