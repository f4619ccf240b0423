"""What a web page says about itself: title, author, day of publication, address."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.corpus.dates import day_of_field
from rag.corpus.html_field import field_line, field_text
from rag.corpus.tables import web_address

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: The names under which pages give it in ``<meta>``, the surest first; in small letters.
_DATES = (
    "article:published_time", "datepublished", "og:release_date", "publishdate", "publish_date", "publish-date",
    "publishtime", "publish_time", "published_time", "published", "published_at", "og:published_time",
    "og:article:published_time", "bytedance:published_time", "weibo:article:create_at", "parsely-pub-date",
    "sailthru.date", "pubdate", "dcterms.issued", "dcterms.date", "dc.date.issued", "dc.date", "date",
    "dcterms.created", "datecreated", "created", "created_at",
)  # fmt: skip
_TITLES = ("og:title", "twitter:title", "articletitle")
_AUTHORS = ("author", "article:author")
#: Where JSON-LD holds the object that is about the page, if not at the top.
_HOLDS_ARTICLE = ("@graph", "mainEntity", "mainEntityOfPage")
_ABOUT_OTHERS = frozenset(("Comment", "Review", "ImageObject", "VideoObject"))


@dataclass(frozen=True, slots=True)
class PageData:
    """What is not said is empty; ``date`` is in ISO form, ``body`` the text that a page gives beside what it shows.

    ``undated`` is what the page gives as its date if that tells no certain day.
    """

    title: str
    author: str
    date: str
    url: str
    body: str = ""
    undated: str = ""


def page_data(root: HtmlElement, scripts: Sequence[tuple[str, str]] = ()) -> PageData:
    """``scripts`` are the types and texts of its scripts."""
    meta = _meta(root)
    linked = [item for kind, script in scripts for item in _json_ld(kind, script)]
    described = [item for item in linked if not _ABOUT_OTHERS & {str(item.get("@type", ""))}]
    address = next((e.get("href", "") for e in root.iter("link") if e.get("rel", "").lower() == "canonical"), "")
    dates = [*(_text(item, "datePublished") for item in described), *(meta.get(name, "") for name in _DATES)]
    dates += [e.get("datetime", "") for e in root.iter("time") if "pubdate" in e.attrib or e.get("itemprop")]
    date = next((found for value in dates if (found := day_of_field(value))), "")
    author = next((meta[name] for name in _AUTHORS if meta.get(name)), "")
    return PageData(
        title=next((meta[name] for name in _TITLES if meta.get(name)), "")
        or _own_title(root)
        or next((title for item in described if (title := field_line(_text(item, "headline")))), ""),
        author="" if web_address(author) else author,
        date=date,
        url=web_address(address) or web_address(meta.get("og:url", "")),
        body=field_text(max((_text(item, "articleBody") for item in described), key=len, default="")),
        undated="" if date else next((value for value in dates if value.strip()), ""),
    )


def _meta(root: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        value = " ".join(element.get("content", "").split())
        if name and value:
            found.setdefault(name.lower(), value)
    return found


def _own_title(root: HtmlElement) -> str:
    """The page's title without the site's name behind it (标题_武进新闻网, Title | The Times, Title - The Times)."""
    whole = " ".join((root.findtext(".//title") or "").split())
    for mark in ("_", "|", "｜", " - ", " – ", " — "):
        whole = whole.partition(mark)[0].strip() or whole
    return whole


def _json_ld(kind: str, script: str) -> list[dict[str, Any]]:
    """The objects of a JSON-LD script that may be about the page; a broken one says nothing."""
    if kind != "application/ld+json":
        return []
    try:
        waiting = [json.loads(script.strip().removesuffix(";"), strict=False)]
    except (ValueError, RecursionError):
        return []
    found = []
    for item in waiting:  # which grows meanwhile
        if isinstance(item, dict):
            found.append(item)
            waiting += (item[name] for name in _HOLDS_ARTICLE if name in item)
        elif isinstance(item, list):
            waiting += item
    return found


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return str(value) if isinstance(value, str | int) else ""
