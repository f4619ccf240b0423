"""Read what a web page states about itself in its source: title, author, date of publication and address."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.corpus.dates import day_of_field
from rag.corpus.formats.html.fragments import field_line, field_text
from rag.corpus.rows import web_address

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: The names of the date in ``<meta>``, in lower case, the most reliable first.
_DATES = (
    "article:published_time", "datepublished", "og:release_date", "publishdate", "publish_date", "publish-date",
    "publishtime", "publish_time", "published_time", "published", "published_at", "og:published_time",
    "og:article:published_time", "bytedance:published_time", "weibo:article:create_at", "parsely-pub-date",
    "sailthru.date", "pubdate", "dcterms.issued", "dcterms.date", "dc.date.issued", "dc.date", "date",
    "dcterms.created", "datecreated", "created", "created_at",
)  # fmt: skip
_TITLES = ("og:title", "twitter:title", "articletitle")
_AUTHORS = ("author", "article:author")
#: The keys under which JSON-LD may hold the object that describes the page.
_KEYS_OF_ARTICLE = ("@graph", "mainEntity", "mainEntityOfPage")
_ABOUT_OTHERS = frozenset(("Comment", "Review", "ImageObject", "VideoObject"))


@dataclass(frozen=True, slots=True)
class EmbeddedMetadata:
    """The metadata of a page; what is not given is empty.

    ``date`` is in ISO form. ``body`` is the text of the article in the metadata. ``unclear_date`` is what the page
    gives as its date, if that does not name a day.
    """

    title: str
    author: str
    date: str
    url: str
    body: str = ""
    unclear_date: str = ""


def embedded_metadata(root: HtmlElement, scripts: Sequence[tuple[str, str]] = ()) -> EmbeddedMetadata:
    """The metadata of a page; ``scripts`` are the types and texts of its scripts."""
    meta = _meta(root)
    json_ld = [item for kind, script in scripts for item in _json_ld(kind, script)]
    about_page = [item for item in json_ld if not _ABOUT_OTHERS & {str(item.get("@type", ""))}]
    address = next((e.get("href", "") for e in root.iter("link") if e.get("rel", "").lower() == "canonical"), "")
    dates = [*(_text(item, "datePublished") for item in about_page), *(meta.get(name, "") for name in _DATES)]
    dates += [e.get("datetime", "") for e in root.iter("time") if "pubdate" in e.attrib or e.get("itemprop")]
    date = next((day for value in dates if (day := day_of_field(value))), "")
    author = next((meta[name] for name in _AUTHORS if meta.get(name)), "")
    return EmbeddedMetadata(
        title=next((meta[name] for name in _TITLES if meta.get(name)), "")
        or _title_element(root)
        or next((title for item in about_page if (title := field_line(_text(item, "headline")))), ""),
        author="" if web_address(author) else author,
        date=date,
        url=web_address(address) or web_address(meta.get("og:url", "")),
        body=field_text(max((_text(item, "articleBody") for item in about_page), key=len, default="")),
        unclear_date="" if date else next((value for value in dates if value.strip()), ""),
    )


def _meta(root: HtmlElement) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        value = " ".join(element.get("content", "").split())
        if name and value:
            values.setdefault(name.lower(), value)
    return values


def _title_element(root: HtmlElement) -> str:
    """The page's ``<title>`` without the site's name (标题_武进新闻网, Title | The Times, Title - The Times)."""
    title = " ".join((root.findtext(".//title") or "").split())
    for mark in ("_", "|", "｜", " - ", " – ", " — "):
        title = title.partition(mark)[0].strip() or title
    return title


def _json_ld(kind: str, script: str) -> list[dict[str, Any]]:
    """The objects of a JSON-LD script that may describe the page; a broken script is ignored."""
    if kind != "application/ld+json":
        return []
    try:
        queue = [json.loads(script.strip().removesuffix(";"), strict=False)]
    except (ValueError, RecursionError):
        return []
    objects = []
    for item in queue:  # the loop itself adds to the queue
        if isinstance(item, dict):
            objects.append(item)
            queue += (item[key] for key in _KEYS_OF_ARTICLE if key in item)
        elif isinstance(item, list):
            queue += item
    return objects


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return str(value) if isinstance(value, str | int) else ""
