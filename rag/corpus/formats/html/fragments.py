"""Recognise and read HTML where it is not expected: in fields of tables, and in files with another suffix."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from rag.corpus.decode import HALF_CHARACTER
from rag.corpus.formats.html.css import Styles
from rag.corpus.formats.html.elements import NEVER_TEXT, STRUCK, Walk, joined
from rag.corpus.formats.html.markup import parse_page, take_apart, words
from rag.errors import ReadError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BLOCKS = words(
    "address article aside blockquote body br center dd details div dl dt fieldset figcaption figure footer "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td th thead tr ul"
)
_IN_LINES = words(
    "a abbr b big cite code del em font i ins kbd label mark q s small span strike strong sub sup time tt u var"
)
VOID = frozenset(("br", "hr", "img"))
KNOWN = BLOCKS | _IN_LINES | VOID | words("caption figure head iframe math meta ruby script style svg title")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*|/)?>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|([A-Za-z][A-Za-z0-9]{1,30}));")
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.DOTALL)
_BEGINS_PAGE = re.compile(
    r"(?:\s|<\?[^>]{0,500}>|<!--[^>]{0,2000}-->)*<(?:!doctype\s+html|html|head|body|meta|title)[\s>/]", re.IGNORECASE
)
_BEGINS_TAG = re.compile(r"\s*</?([A-Za-z][A-Za-z0-9]*)[\s>/]")
_ENDS_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)\s*/?>\s*\Z")
_PAGE_SHARE = 0.5


def begins_page(text: str) -> bool:
    """Whether a text begins as a whole web page does."""
    return _BEGINS_PAGE.match(text) is not None


def is_page(text: str) -> bool:
    """Whether a text is a web page or a part of one: it begins like one, or most of its lines begin with a tag.

    >>> is_page("<!DOCTYPE html><p>会议召开。"), is_page("会议\\n<p>他说好。</p>\\n<p>结束。</p>"), is_page("用<p>")
    (True, True, False)
    >>> is_page("船票<s>五元</s>四元。<br>\\n老人免票。<br>"), is_page("换行用<br>。\\n分段用<p>。")
    (True, False)
    """
    if begins_page(text):
        return True
    lines = [line for line in text.splitlines() if line.strip()]
    tags = ((line, _BEGINS_TAG.match(line) or _ENDS_TAG.search(line)) for line in lines)
    tagged = sum(len(line) for line, tag in tags if tag and tag[1].lower() in BLOCKS)
    return tagged > _PAGE_SHARE * sum(map(len, lines)) and bool(_elements(text) & BLOCKS)


def field_text(text: str) -> str:
    """A field as plain text: HTML is read like a page; if there are only entities, they are decoded.

    >>> field_text("<p>日处理<b>三千吨</b>，服务&nbsp;一万人。</p><p>县里承担&lt;一半&gt;。</p>")
    '日处理三千吨，服务\\xa0一万人。\\n\\n县里承担<一半>。'
    >>> field_text("A&amp;B"), field_text("a < b, x &lt; y"), field_text("用<p>表示")
    ('A&B', 'a < b, x < y', '用<p>表示')
    """
    if ("<" not in text and "&" not in text) or HALF_CHARACTER.search(text):
        return text
    if wrapped := _CDATA.fullmatch(text):
        text = wrapped[1]
    elements = _elements(text)
    if not elements and _ENTITY.search(text):
        text = _ENTITY.sub(_character, text)
        elements = _elements(text)  # a page that was escaped as a whole
    return _read(text, keep_lines=not elements & BLOCKS) if elements else text


def field_line(text: str) -> str:
    """A field of one line, such as a title, as plain text.

    >>> field_line("<b>水厂</b>&amp;电厂")
    '水厂&电厂'
    """
    return " ".join(field_text(text).lstrip("# ").split()) if "<" in text or "&" in text else text


def _elements(text: str) -> set[str]:
    """The HTML elements in a text: those that are closed somewhere, and those that need no end tag."""
    opened: set[str] = set()
    closed: set[str] = set()
    for match in _TAG.finditer(text):
        (closed if match[1] else opened).add(match[2].lower())
    return (opened & (closed | VOID)) & KNOWN


def _character(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def _read(text: str, *, keep_lines: bool) -> str:
    """The text of HTML; ``keep_lines`` keeps its line ends, which matter if it has no block elements."""
    source = take_apart(re.sub(r"\r\n?|\n", "<br>", text) if keep_lines else text)
    try:
        root = parse_page(source)
    except ReadError:
        if not source.markup.strip():
            return ""
        raise
    styles = Styles(source.styles)

    def is_left_out(element: HtmlElement) -> bool:
        look = styles.look(element)
        return element.tag in NEVER_TEXT or element.tag in STRUCK or look.hidden or look.invisible or look.struck

    return joined(block for block in Walk(root, styles, is_left_out).blocks() if block.text)
