"""Web pages: what is the article, and what is around it.

Compared on a short Chinese article and on hostile pages: trafilatura (sixty megabytes in fourteen packages; kept the
menus), readability-lxml (dropped lists and tables), resiliparse (did not come back from deep nesting).
So lxml parses, and a few rules choose: what the page itself marks as its article or main part, less what it marks as
navigation, and less blocks that are mostly links. Nothing that holds a third of the page's running text is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from rag.corpus.decode import decode
from rag.corpus.page_data import page_data
from rag.corpus.records import Record, join
from rag.errors import ReadError
from rag.text.script import UNSPACED_OR_PUNCTUATION

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def _words_of(line: str) -> frozenset[str]:
    return frozenset(line.split())


_NEVER = _words_of(
    "script style noscript template head svg math canvas object embed iframe audio video map select textarea button "
    "input rt rp dialog"
)
_AROUND = _words_of("nav aside footer form")
_AROUND_ROLES = _words_of("navigation banner contentinfo complementary search menu")
_AROUND_NAMES = _words_of(
    "nav navbar navigation menu breadcrumb breadcrumbs crumbs footer sidebar comment comments related recommend "
    "recommended share sharing social ad ads advert advertisement copyright pagination pager toolbar"
)
_INLINE = _words_of(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q ruby rb s samp small span "
    "strike strong sub sup time tt u var wbr"
)
_CELLS = frozenset(("td", "th"))
_WORD = re.compile(r"[A-Za-z][a-z]*")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BROKEN_LINE = re.compile(
    rf"(?<={UNSPACED_OR_PUNCTUATION.pattern})[ \t\r]*\n[ \t\r\n]*(?={UNSPACED_OR_PUNCTUATION.pattern})"
)
_RUNNING = re.compile(r"[，。！？；,.!?;]")
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z][^<>]{4000,}")
#: libxml2 takes quadratic time for the attributes of an element.
_MAX_ATTRIBUTES = 1000
_SENTENCE_ENDS = ("。", "！", "？", ".", "!", "?", "”")
#: A part that holds less of the page's running text than this may be left out.
_SMALL = 1 / 3
#: Several articles on one page have a heading each and so many characters of running text.
_MIN_ARTICLE = 40


def read_html(data: bytes) -> tuple[str, str]:
    """The text of the document, and how its bytes were read. Raises ``ReadError`` with the reason."""
    text, encoding = _decoded(data)
    page = _Page(_parsed(text))
    return join(page.records()), f"html/{encoding}"


def _decoded(data: bytes) -> tuple[str, str]:
    """As UTF-8 if it is that; otherwise as the page declares, if that fits; otherwise by its bytes."""
    declared = _DECLARED.search(data[:4096])
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        name = declared[1].decode().lower() if declared else ""
    name = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "big5": "big5hkscs"}.get(name, name)
    if name and not name.startswith("utf"):
        try:
            return data.decode(name), name
        except (UnicodeDecodeError, LookupError):
            pass  # it declares what it is not, or nothing we know: the bytes decide
    return decode(data)


def _parsed(text: str) -> HtmlElement:
    from lxml import etree, html

    if any(len(tag.split()) > _MAX_ATTRIBUTES for tag in _TAG.findall(text)):
        raise ReadError("an element has too many attributes to be of an article: save its text as .txt")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.replace("\0", " ").encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ReadError("it is empty, or no HTML") from error
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise ReadError("its elements are nested too deep to be an article: save its text as .txt")
    return root


@dataclass(slots=True)
class _Block:
    """A paragraph, heading or row of a table. ``level`` is that of a heading, or 0; ``linked`` counts characters."""

    level: int = 0
    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    text: str = ""

    def ended(self) -> _Block:
        lines = "".join(self.pieces).split("\n")
        self.text = "\n".join(line.strip(" ") for line in lines).strip("\n\t ")
        return self

    @property
    def is_links(self) -> bool:
        return (
            not self.level
            and 2 * self.linked > len(self.text.replace(" ", ""))
            and not self.text.endswith(_SENTENCE_ENDS)
        )


class _Page:
    def __init__(self, root: HtmlElement) -> None:
        self._root = root
        body = root.find("body")
        self._body: HtmlElement = root if body is None else body

    def records(self) -> Iterator[Record]:
        data = page_data(self._root)
        articles = self._articles()
        if len(articles) > 1:
            for number, article in enumerate(articles, 1):
                own = next(iter(_headings(article)), "")
                yield Record(number, self._text(article, own), title=own, date=data.date, url=data.url)
            return
        main = articles[0] if articles else self._main()
        title = next(iter(_headings(main, "h1")), "") or data.title or next(iter(_headings(self._root, "h1")), "")
        yield Record(1, self._text(main, title), title, author=data.author, date=data.date, url=data.url)

    @cached_property
    def _mass(self) -> dict[HtmlElement, int]:
        """How many characters of running text stand in each element, links aside."""
        elements = [element for element in self._body.iter() if isinstance(element.tag, str)]
        linked: set[HtmlElement] = set()
        mass: dict[HtmlElement, int] = {}
        for element in elements:
            parent = element.getparent()
            if element.tag == "a" or element.tag in _NEVER or parent in linked:
                linked.add(element)
            mass[element] = 0 if element in linked else _running(element.text)
            if parent is not None and parent in mass and parent not in linked:
                mass[parent] += _running(element.tail)
        for element in reversed(elements):
            parent = element.getparent()
            if parent is not None and parent in mass:
                mass[parent] += mass[element]
        return mass

    def _articles(self) -> list[HtmlElement]:
        """The articles that the page marks as such, if they hold at least half of its running text."""
        found = [e for e in self._body.iter("article") if next(e.iterancestors("article"), None) is None]
        found = [e for e in found if self._mass[e] >= _MIN_ARTICLE and (len(found) == 1 or any(_headings(e)))]
        return found if 2 * sum(self._mass[e] for e in found) >= self._mass[self._body] else []

    def _main(self) -> HtmlElement:
        marks = "//*[@itemprop='articleBody'] | //main | //*[@role='main' or @role='article']"
        marked = max(self._root.xpath(marks), key=lambda e: self._mass.get(e, 0), default=self._body)
        return marked if 2 * self._mass.get(marked, 0) >= self._mass[self._body] else self._body

    def _text(self, part: HtmlElement, title: str) -> str:
        kept: list[_Block] = []
        for block in self._blocks(part):
            if not block.text:
                continue
            if block.is_links:
                if kept and kept[-1].level:  # the heading of a list of links
                    kept.pop()
            elif block.text != title:
                kept.append(block)
        return "\n\n".join("#" * block.level + " " * (block.level > 0) + block.text for block in kept)

    def _blocks(self, part: HtmlElement) -> Iterator[_Block]:
        """One pass over the tree; a block ends where an element that is no part of a line begins or ends."""
        from lxml import etree

        block = _Block()
        links = preformatted = 0
        walk = etree.iterwalk(part, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start" and element is not part and self._is_around(element):
                walk.skip_subtree()
                continue
            skipped = event == "end" and element is not part and self._is_around(element)
            if tag == "br":
                block.pieces.append("\n" if event == "start" else "")
            elif tag in _CELLS:
                block.pieces.append("\t" if event == "end" else "")
            elif tag not in _INLINE and not skipped:
                yield block.ended()
                block = _Block(level=int(tag[1]) if event == "start" and re.fullmatch("h[1-6]", tag) else 0)
            step = 1 if event == "start" else -1
            links += step * (tag == "a")
            preformatted += step * (tag == "pre")
            text = element.text if event == "start" else (element.tail if element is not part else None)
            if text:
                piece = text if preformatted else _plain(text)
                block.pieces.append(piece)
                block.linked += len(piece.replace(" ", "")) if links > 0 else 0
        yield block.ended()

    def _is_around(self, element: HtmlElement) -> bool:
        """Whether an element is not part of what is read: never shown, or small and marked as standing around it."""
        if element.tag in _NEVER:
            return True
        marked = (
            element.tag in _AROUND
            or element.get("role", "") in _AROUND_ROLES
            or element.get("aria-hidden") == "true"
            or "hidden" in element.attrib
            or "display:none" in element.get("style", "").replace(" ", "")
            or bool(_AROUND_NAMES & _words(element))
        )
        return marked and self._mass.get(element, 0) < _SMALL * max(1, self._mass[self._body])


def _plain(text: str) -> str:
    """Text as a page shows it; a line break between Chinese characters is the editor's, not the writer's."""
    return _SPACE.sub(" ", _BROKEN_LINE.sub("", text))


def _running(text: str | None) -> int:
    """The length of a text that reads like sentences; a label or a menu has no marks."""
    return len(text) if text and _RUNNING.search(text) else 0


def _headings(part: HtmlElement, *tags: str) -> list[str]:
    found = (_plain(element.text_content()).strip() for element in part.iter(*(tags or ("h1", "h2", "h3"))))
    return [text for text in found if text]


def _words(element: HtmlElement) -> set[str]:
    names = f"{element.get('class', '')} {element.get('id', '')}"[:200]
    return {word.lower() for word in _WORD.findall(names)}
