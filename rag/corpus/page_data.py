"""What a web page says about itself: title, author, day of publication, address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.corpus.dates import day
from rag.corpus.tables import web_address

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: The names under which pages give it in ``<meta>``, the surest first; in small letters.
_DATES = (
    "article:published_time", "datepublished", "og:release_date", "publishdate", "publish_date", "publish-date",
    "publishtime", "pubdate", "dcterms.issued", "dc.date.issued", "dc.date", "date",
)  # fmt: skip
_TITLES = ("og:title", "twitter:title", "articletitle")
_AUTHORS = ("author", "article:author")


@dataclass(frozen=True, slots=True)
class PageData:
    """What is not said is empty; ``date`` is in ISO form."""

    title: str
    author: str
    date: str
    url: str


def page_data(root: HtmlElement) -> PageData:
    meta = _meta(root)
    linked = [item for script in root.iter("script") for item in _json_ld(script)]
    address = next((e.get("href", "") for e in root.iter("link") if e.get("rel", "").lower() == "canonical"), "")
    dates = [*(_text(item, "datePublished") for item in linked), *(meta.get(name, "") for name in _DATES)]
    dates += [e.get("datetime", "") for e in root.iter("time") if "pubdate" in e.attrib or e.get("itemprop")]
    author = next((meta[name] for name in _AUTHORS if meta.get(name)), "")
    return PageData(
        title=next((meta[name] for name in _TITLES if meta.get(name)), "") or _own_title(root),
        author="" if web_address(author) else author,
        date=next((found for value in dates if (found := day(value))), ""),
        url=web_address(address) or web_address(meta.get("og:url", "")),
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


def _json_ld(script: HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD script; a broken one says nothing."""
    if script.get("type", "").strip().lower() != "application/ld+json":
        return
    try:
        found = json.loads(script.text or "")
    except (ValueError, RecursionError):
        return
    items = found.get("@graph", [found]) if isinstance(found, dict) else found
    yield from (item for item in (items if isinstance(items, list) else []) if isinstance(item, dict))


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""
