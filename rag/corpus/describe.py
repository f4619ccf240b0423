"""What is read from a file, as one object of ``rag inspect --json``."""

from __future__ import annotations

from typing import Any

from rag.corpus.segment import articles
from rag.text import clean
from rag.types import Article, Document


def describe(document: Document) -> dict[str, Any]:
    """The document's articles and paragraphs; offsets are code points of the file's text."""
    return {
        "source": document.source,
        "encoding": document.encoding,
        "articles": [_article(article, document.text) for article in articles(document)],
    }


def _article(article: Article, page: str) -> dict[str, Any]:
    byline = article.byline
    return {
        "title": article.title,
        "byline": clean(page[byline.start : byline.end], noisy=False) if byline else None,
        "kind": article.kind,
        "start": article.start,
        "end": article.end,
        "paragraphs": [{"text": p.text, "start": p.start, "end": p.end} for p in article.paragraphs],
    }
