"""The calls of plain REST under ``/api/``: the named endpoints, search under the fields of REST, and the articles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from rag.types import Article
from rag.ui.serving.api.endpoints import MAX_FILTERS, Endpoints
from rag.ui.serving.api.json_schema import (
    ARTICLE_KEYS,
    AnswerJson,
    ArticleJson,
    ArticlesJson,
    ErrorJson,
    HitJson,
    SourceJson,
)
from rag.ui.serving.api.values import text, texts, whole

MAX_ARTICLES = 1000
#: More than any corpus has.
_LAST = 2**31

Queue = Literal["answers", "batches", "texts"]


@dataclass(frozen=True, slots=True)
class RestCall:
    """``function`` takes the endpoints and then the fields of a request; ``returns`` is the type of its JSON.

    Calls that share a ``queue`` wait for one another.
    """

    method: Literal["GET", "POST"]
    function: Callable[..., Any]
    returns: Any
    queue: Queue


def search(  # noqa: PLR0917 - the fields of a request
    endpoints: Endpoints,
    query: str,
    k: int = 10,
    leg: str = "fused",
    source: str | list[str] | None = None,
    article: str | list[str] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> list[HitJson]:
    """The passages nearest to a query, best first, with their scores.

    Args:
        query: the question or words, in any language
        k: how many passages, 1 to 100
        leg: which ranking: fused, dense or lexical
        source: only this file, or a list of files, by name or by pattern such as 2024/*
        article: only articles with this in the headline, or with one of a list
        since: only articles dated on this day (2024-06-01) or later
        until: only articles dated on this day or earlier
    """
    sources, articles = _listed(source, "source"), _listed(article, "article")
    return endpoints.search(text(query, "query"), k, leg, sources, articles, since, until)


def articles(endpoints: Endpoints, source: str | None = None, offset: int = 0, limit: int = 100) -> ArticlesJson:
    """The articles of the corpus, or of one file, in order, a page at a time.

    Args:
        source: the file's name as in a citation; left out, all files
        offset: how many articles to leave out at the beginning
        limit: how many articles to give, 1 to 1000
    """
    first = whole(offset, "offset", 0, _LAST)
    most = whole(limit, "limit", 1, MAX_ARTICLES)
    known = endpoints.bot.articles(None if source is None else text(source, "source"))
    return {
        "total": len(known),
        "offset": first,
        "limit": most,
        "articles": [_article(article) for article in known[first : first + most]],
    }


CALLS = {
    "ask": RestCall("POST", Endpoints.ask, AnswerJson, "answers"),
    "ask_batch": RestCall("POST", Endpoints.ask_batch, list[AnswerJson | ErrorJson], "batches"),
    "search": RestCall("POST", search, list[HitJson], "answers"),
    "source": RestCall("GET", Endpoints.source, SourceJson, "texts"),
    "articles": RestCall("GET", articles, ArticlesJson, "texts"),
}


def _listed(value: Any, name: str) -> list[str]:
    if value is None:
        return []
    return list(texts([value] if isinstance(value, str) else value, name, MAX_FILTERS))


def _article(article: Article) -> ArticleJson:
    return {key: getattr(article, key) for key in ARTICLE_KEYS}
