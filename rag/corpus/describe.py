"""Describe what was read from a file: one object of ``rag inspect --json``."""

from __future__ import annotations

from typing import Any

from rag.corpus.segmentation import articles
from rag.text import clean
from rag.types import Article, Document, Paragraph


def describe(document: Document) -> dict[str, Any]:
    """The document's articles and paragraphs; offsets are code points of ``document.text``.

    Dates, web addresses and pages are included where they are known.
    """
    return {
        "source": document.source,
        "encoding": document.encoding,
        "articles": [_article(article, document) for article in articles(document)],
    }


def _article(article: Article, document: Document) -> dict[str, Any]:
    byline = article.byline
    known = {"date": article.date, "url": article.url}
    return {
        "title": article.title,
        "byline": clean(document.text[byline.start : byline.end], noisy=False) if byline else None,
        "kind": article.kind,
        **{name: value for name, value in known.items() if value},
        "start": article.start,
        "end": article.end,
        "paragraphs": [_paragraph(paragraph, document) for paragraph in article.paragraphs],
    }


def _paragraph(paragraph: Paragraph, document: Document) -> dict[str, Any]:
    page = document.page_at(paragraph.start)
    place = {"start": paragraph.start, "end": paragraph.end}
    return {"text": paragraph.text, **place, **({"page": page} if page else {})}
