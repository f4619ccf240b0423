"""Decode the source of a web page, reduce its markup to what is read, and parse it.

The parser (libxml2) takes quadratic time for many attributes of one element. Counting them beforehand would not be
safe, because a hostile page can make two parsers disagree about where a tag ends. So this module takes the page apart
by the rules of the HTML standard and writes it anew: every ``<`` in a text is escaped, a tag keeps only the attributes
that are read, and scripts, style sheets and comments are removed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.corpus.decode import decode
from rag.errors import ReadError

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def words(line: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(line.split())


_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
#: The encodings of the Encoding Standard, by their Python names. Python knows more names, and some of them are no
#: encodings of text (base64, undefined, unicode_escape).
_ENCODINGS = (
    words(
        "big5hkscs cp866 cp874 cp932 cp949 euc_jp euc_kr gb18030 iso2022_jp koi8-r koi8-u mac-cyrillic mac-roman "
        "shift_jis tis-620"
    )
    | {f"cp125{n}" for n in range(9)}
    | {f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
)
#: Browsers read these encodings as larger ones that include them.
_READ_AS = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252", "big5": "big5hkscs"}

_MARK = re.compile(r"<(?=[A-Za-z/!?])")
_NAME = re.compile(r"/?([A-Za-z][^\s/>]*)")
_ATTRIBUTE = re.compile(r"[\s/]*+(?:(>)|(=?[^\s/>=]*+)(?:\s*+=\s*+(?:([\"'])|([^\s>]*+)))?)")
_COMMENT_END = re.compile(r"--!?>")
#: Elements whose content is not markup; only their own end tag ends it.
_RAW = words("script style textarea title xmp iframe noembed noframes")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
_READ_NAME = re.compile(r"[A-Za-z][A-Za-z0-9:-]{0,30}")
_READ_ATTRIBUTES = words(
    "aria-hidden class close colspan content datetime hidden href id itemprop lang linethickness name open property "
    "pubdate rel role rowspan separators src style type"
)
_MAX_VALUE = 4000


@dataclass(slots=True)
class Source:
    """The reduced markup of a page, its scripts (type and text) and its style sheets."""

    markup: str = ""
    scripts: list[tuple[str, str]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)


def decode_page(data: bytes) -> tuple[str, str]:
    """Decode a page: as UTF-8 if it is valid, then by the encoding that it declares, then by its bytes."""
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        declared = _DECLARED.search(data[:4096])
    name = _encoding(declared[1].decode()) if declared else ""
    try:
        return (data.decode(name), name) if name else decode(data)
    except UnicodeDecodeError:
        return decode(data)  # the declaration is wrong


def _encoding(label: str) -> str:
    """Python's name of a declared encoding; ``""`` for UTF-8, which was tried before, and for unknown encodings."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return ""
    name = _READ_AS.get(name, name)
    return name if name in _ENCODINGS else ""


def parse_page(source: Source) -> HtmlElement:
    """The tree of a page. Raises ``ReadError`` if it is empty or nested too deep."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
    try:
        root = html.document_fromstring(source.markup.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ReadError("it is empty, or no HTML") from error
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise ReadError("its elements are nested too deep to be an article: save its text as .txt")
    return root


def take_apart(page: str) -> Source:
    """The parts of a page; the time is linear in its length.

    >>> take_apart("<P Class=a onclick='x'>1 < 2<!-- <b> --><script>if (a<b)</script>").markup
    '<p class="a">1 &lt; 2'
    """
    source = Source()
    source.markup = "".join(_pieces(page.replace("\0", " "), source))
    return source


def read_attributes(tag: str) -> dict[str, str]:
    """The attributes of one tag, as far as they are read.

    >>> read_attributes('<span STYLE="display:none" onclick=x>')
    {'style': 'display:none'}
    """
    name = _NAME.match(tag, 1)
    return _attributes(tag, name.end())[1] if name else {}


def _pieces(page: str, source: Source) -> Iterator[str]:
    at = 0
    while mark := _MARK.search(page, at):
        yield _escaped(page[at : mark.start()])
        name = _NAME.match(page, mark.end())
        if name is None:
            at = _end_of_comment(page, mark.start())
            continue
        tag, closes = name[1].lower(), page[mark.end()] == "/"
        at, attributes = _attributes(page, name.end())
        if not closes and tag in _RAW:
            end = _RAW_END[tag].search(page, at)
            content, at = page[at : end.start() if end else None], end.start() if end else len(page)
            yield from _raw(source, tag, attributes, content)
        elif _READ_NAME.fullmatch(tag) and tag not in _RAW:
            yield f"</{tag}>" if closes else f"<{tag}{_written(attributes)}>"
    yield _escaped(page[at:])


def _raw(source: Source, tag: str, attributes: dict[str, str], content: str) -> Iterator[str]:
    if tag == "script" and attributes.get("type", "").lower().startswith("math/"):
        yield f"<math>{_escaped(content)}</math>"  # the source of a formula that MathJax draws
    elif tag == "script":
        source.scripts.append((attributes.get("type", "").strip().lower(), content))
    elif tag == "style":
        source.styles.append(content)
    elif tag == "title":
        yield f"<title>{_escaped(content)}</title>"
    elif tag == "iframe":
        yield f"<iframe{_written(attributes)}></iframe>"
    elif tag == "xmp":
        yield f"<pre>{_escaped(content)}</pre>"


def _end_of_comment(page: str, at: int) -> int:
    """The end of the comment, declaration or instruction that begins at ``at``."""
    if not page.startswith("<!--", at):
        end = page.find(">", at)
        return len(page) if end < 0 else end + 1
    if page.startswith((">", "->"), at + 4):
        return page.index(">", at) + 1
    closed = _COMMENT_END.search(page, at + 4)
    return closed.end() if closed else len(page)


def _attributes(page: str, at: int) -> tuple[int, dict[str, str]]:
    """Where a tag ends, and those of its attributes that are read; of two with the same name, the first."""
    attributes: dict[str, str] = {}
    while at < len(page):
        match = _ATTRIBUTE.match(page, at)
        assert match is not None
        at = match.end()
        if match[1]:
            break
        value = match[4] or ""
        if match[3]:
            end = page.find(match[3], at)
            end = len(page) if end < 0 else end
            value, at = page[at:end], end + 1
        name = match[2].lower()
        if name in _READ_ATTRIBUTES:
            attributes.setdefault(name, value[:_MAX_VALUE])
    return at, attributes


def _written(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{_escaped(value).replace(chr(34), "&quot;")}"' for name, value in attributes.items())


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;")
