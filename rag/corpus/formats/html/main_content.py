"""Read web pages: separate the article from what is around it.

lxml parses the page. The article is what the page marks as its article or main part, without what it marks as
navigation and without blocks that are mostly links. Parts that hold a third of the page's running text are kept even
if they are marked so. Text that is hidden or struck out is always left out.

We tried libraries on a short Chinese article and on hostile pages: trafilatura (sixty megabytes in fourteen packages)
kept the menus, readability-lxml dropped lists and tables, and resiliparse never finished on deeply nested elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from rag.corpus.formats.file_text import FileText
from rag.corpus.formats.html.css import Styles
from rag.corpus.formats.html.elements import NEVER_TEXT, STRUCK, Block, Walk, joined
from rag.corpus.formats.html.embedded_metadata import EmbeddedMetadata, embedded_metadata
from rag.corpus.formats.html.markup import Source, decode_page, parse_page, take_apart, words
from rag.corpus.rows import Row, join_rows
from rag.errors import ReadError
from rag.text.script import CJK

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_AROUND = frozenset(("nav", "aside", "footer", "form"))
_AROUND_ROLES = words("navigation banner contentinfo complementary search menu")
_AROUND_NAMES = words(
    "nav navbar navigation menu breadcrumb breadcrumbs crumbs footer sidebar comment comments related recommend "
    "recommended share sharing social ad ads advert advertisement copyright pagination pager toolbar"
)
_WORD = re.compile(r"[A-Za-z][a-z]*")
_PUNCTUATION = re.compile(r"[，。！？；,.!?;]")
#: Only parts that hold a smaller share of the page's running text than this may be left out.
_SMALL = 1 / 3
#: An invisible part is the article, which a script shows later, if it holds this share of the running text.
_MOST = 1 / 2
#: Each of several articles on one page has a heading and at least this many characters of running text.
_MIN_ARTICLE = 40
#: A page that a script fills shows fewer characters than this before the script has run, if they are Chinese (加载中…),
#: and fewer than twice as many if they are not (Loading…).
_LOADING_TEXT = 12
#: The head and the foot around such a text hold less running text than this.
_FOOT = 150


def read_html(data: bytes) -> FileText:
    """Read a web page: a row for each article on it. Raises ``ReadError`` with the reason."""
    text, encoding = decode_page(data)
    source = take_apart(text)
    page = _Page(parse_page(source), source)
    rows = join_rows(page.rows())
    unclear_date = " ".join(page.metadata.unclear_date.split())[:40]
    notes = (f"its date ({unclear_date}) tells no certain day: it has none",) if unclear_date else ()
    return FileText(rows, f"html/{encoding}", notes)


class _Page:
    """A parsed web page."""

    def __init__(self, root: HtmlElement, source: Source) -> None:
        self._root, self._source = root, source
        self._styles = Styles(source.styles)
        body = root.find("body")
        self._body: HtmlElement = root if body is None else body

    @cached_property
    def metadata(self) -> EmbeddedMetadata:
        return embedded_metadata(self._root, self._source.scripts)

    def rows(self) -> Iterator[Row]:
        """A row for each article on the page. Raises ``ReadError`` if it has no text."""
        metadata = self.metadata
        articles = self._articles()
        if len(articles) > 1:
            for number, article in enumerate(articles, 1):
                heading = self._heading(article)
                yield Row(number, self._text(article, heading), heading, date=metadata.date, url=metadata.url)
            return
        main = articles[0] if articles else self._main_part()
        title = self._heading(main, "h1") or metadata.title or self._heading(self._root, "h1")
        text = self._text(main, title)
        if 2 * len(text) < len(metadata.body):
            text = metadata.body  # a script would show it
        elif self._source.scripts and self._shows_only_loading(title):
            text = ""
        if not text.strip():
            raise ReadError(self._why_empty())
        yield Row(1, text, title, author=metadata.author, date=metadata.date, url=metadata.url)

    def _shows_only_loading(self, title: str) -> bool:
        """Whether the page shows next to nothing but its title and what stands around an article."""
        shown = self._text(self._body, title, is_left_out=self._is_hidden_or_foot)
        return len(shown) < (_LOADING_TEXT if CJK.search(shown) else 2 * _LOADING_TEXT)

    def _why_empty(self) -> str:
        frames = [frame.get("src", "") for frame in self._root.iter("frame", "iframe") if frame.get("src")]
        if frames:
            return f"it has no text, only frames for other pages ({', '.join(frames)[:80]}): save those"
        if self._source.scripts:
            return "it has no text before its scripts run: open it in a browser and save its text as .txt"
        return "it has no text: save its text as .txt if a browser shows any"

    @cached_property
    def _running_text(self) -> dict[HtmlElement, int]:
        """How many characters of running text stand in each element, without links and hidden text."""
        elements = [element for element in self._body.iter() if isinstance(element.tag, str)]
        excluded: set[HtmlElement] = set()
        amounts: dict[HtmlElement, int] = {}
        for element in elements:
            parent = element.getparent()
            if element.tag == "a" or self._is_hidden(element) or parent in excluded:
                excluded.add(element)
            amounts[element] = 0 if element in excluded else _running_length(element.text)
            if parent is not None and parent in amounts and parent not in excluded:
                amounts[parent] += _running_length(element.tail)
        for element in reversed(elements):
            parent = element.getparent()
            if parent is not None and parent in amounts:
                amounts[parent] += amounts[element]
        return amounts

    def _articles(self) -> list[HtmlElement]:
        """The elements that the page marks as articles, if they hold at least half of its running text."""
        amounts = self._running_text
        marked = [e for e in self._body.iter("article") if next(e.iterancestors("article"), None) is None]
        articles = [e for e in marked if amounts[e] >= _MIN_ARTICLE and (len(marked) == 1 or self._heading(e))]
        return articles if 2 * sum(amounts[e] for e in articles) >= amounts[self._body] else []

    def _main_part(self) -> HtmlElement:
        """The part that the page marks as its main one, if it holds at least half of its text; else the body."""
        amounts = self._running_text
        marks = "//*[@itemprop='articleBody'] | //main | //*[@role='main' or @role='article']"
        marked = max(self._root.xpath(marks), key=lambda e: amounts.get(e, 0), default=self._body)
        return marked if 2 * amounts.get(marked, 0) >= amounts[self._body] else self._body

    def _heading(self, part: HtmlElement, *tags: str) -> str:
        """The first heading in a part of the page that is not hidden."""
        for element in part.iter(*(tags or ("h1", "h2", "h3"))):
            if any(self._is_hidden(outer) for outer in (element, *element.iterancestors())):
                continue
            if text := Walk(element, self._styles, self._is_hidden).line():
                return text
        return ""

    def _text(self, part: HtmlElement, title: str, *, is_left_out: Callable[[HtmlElement], bool] | None = None) -> str:
        """The text of a part of the page, without its title and without blocks of links."""
        kept: list[Block] = []
        for block in Walk(part, self._styles, is_left_out or self._is_left_out).blocks():
            if not block.text:
                continue
            if block.is_links:
                if kept and kept[-1].level:  # the heading of a list of links
                    kept.pop()
            elif block.text != title:
                kept.append(block)
        return joined(kept)

    def _is_left_out(self, element: HtmlElement) -> bool:
        """Whether an element is not read: it is hidden, or small and marked as something around the article."""
        if self._is_hidden(element):
            return True
        total, amount = max(1, self._running_text[self._body]), self._running_text.get(element, 0)
        if self._styles.look(element).invisible and amount < _MOST * total:
            return True
        return _is_around(element) and amount < _SMALL * total

    def _is_hidden_or_foot(self, element: HtmlElement) -> bool:
        """Whether an element is hidden, or small and around the article, however little text the whole page has.

        Forms do not count as around it, because some pages consist of one.
        """
        small = element.tag != "form" and self._running_text.get(element, 0) < _FOOT
        return self._is_hidden(element) or (small and _is_around(element))

    def _is_hidden(self, element: HtmlElement) -> bool:
        """Whether an element is hidden, struck out, or of a kind that holds no text.

        The body itself never counts as hidden: some pages hide it until a script has run.
        """
        if element.tag in NEVER_TEXT or element.tag in STRUCK:
            return True
        look = self._styles.look(element)
        return look.struck or (look.hidden and element is not self._body and element is not self._root)


def _is_around(element: HtmlElement) -> bool:
    """Whether the page marks an element as something around its article."""
    return (
        element.tag in _AROUND
        or element.get("role", "") in _AROUND_ROLES
        or element.get("aria-hidden") == "true"
        or bool(_AROUND_NAMES & _name_words(element))
    )


def _running_length(text: str | None) -> int:
    """The length of a text that has punctuation, as sentences have; labels and menus have none and count 0."""
    return len(text) if text and _PUNCTUATION.search(text) else 0


def _name_words(element: HtmlElement) -> set[str]:
    names = f"{element.get('class', '')} {element.get('id', '')}"[:200]
    return {word.lower() for word in _WORD.findall(names)}
