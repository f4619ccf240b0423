"""Recognise the columns of tables and the fields of front matter by their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from rag.text import simplify

#: The names of each field, the likeliest first. Case, white space and signs between words are ignored.
NAMES: Mapping[str, Sequence[str]] = {
    "text": (
        "text", "body", "content", "正文", "内容", "全文", "article", "article body", "article text", "body text",
        "full text", "main text", "content text", "content html", "content encoded", "post content", "contents",
        "文章内容", "新闻内容", "正文内容", "文章正文", "新闻正文",
    ),
    "title": ("title", "headline", "标题", "题目", "文章标题", "新闻标题", "post title", "article title"),
    "author": ("author", "authors", "byline", "作者", "记者"),
    "date": ("date", "day", "datetime", "date time", "timestamp", "time", "ctime", "日期", "时间"),
    "url": ("url", "link", "source_url", "source", "网址", "链接", "来源"),
}  # fmt: skip
#: publishedAt, pub_date, date_created, post_time, 发布时间, 刊登日期; but not the day of a change.
_DATE_NAME = re.compile(
    r"(?:first|originally)?(?:published|posted|issued|released|created|uploaded)"
    r"|(?:article|news|first|original)?"
    r"(?:publish(?:ed|ing)?|publication|pub|post(?:ed)?|issued?|released?|created?|creation|upload(?:ed)?)"
    r"(?:date|time|datetime|timestamp|day|at|on|ts|utc|gmt)+"
    r"|(?:date|time|day)(?:of)?(?:published|posted|issued|released|created|publication|creation)"
    r"|(?:article|news)(?:date|time)"
    r"|(?:文章|新闻|稿件)?(?:发布|发表|刊登|刊发|刊载|见报|出版|发稿|发文|公开|上线|创建|上传)(?:日期|时间|日|于)"
)
_SIGNS = re.compile(r"[\W_]+")


def normal_name(name: str) -> str:
    """A name in the form in which names are compared.

    >>> normal_name(" publishedAt"), normal_name("Publish_Time"), normal_name("發佈時間")
    ('publishedat', 'publishtime', '发布时间')
    """
    return simplify(_SIGNS.sub("", unicodedata.normalize("NFKC", name)).lower()).replace("发佈", "发布")


@cache
def _normal_names(field: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normal_name(name) for name in NAMES[field]))


def names_of_field(field: str, names: Iterable[str]) -> list[str]:
    """Those of ``names`` that may name this field, the likeliest first."""
    by_normal_name = {normal_name(name): name for name in names}
    known = [by_normal_name[name] for name in _normal_names(field) if name in by_normal_name]
    if field != "date":
        return known
    others = (name for normal, name in by_normal_name.items() if name not in known and _DATE_NAME.fullmatch(normal))
    return [*known, *others]
