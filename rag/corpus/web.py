"""Web pages: what is the article, and what is around it.

Compared on a short Chinese article and on hostile pages: trafilatura (sixty megabytes in fourteen packages; kept the
menus), readability-lxml (dropped lists and tables), resiliparse (did not come back from deep nesting).
So lxml parses, and a few rules choose: what the page itself marks as its article or main part, less what it marks as
navigation, and less blocks that are mostly links. Nothing of that kind is left out that holds a third of the page's
running text; what is hidden or struck out always is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from rag.corpus.html_source import Source, decode_page, names, parse_page, take_apart
from rag.corpus.html_styles import Styles
from rag.corpus.html_text import NEVER, STRUCK, Block, Walk
from rag.corpus.page_data import PageData, page_data
from rag.corpus.read import Read
from rag.corpus.records import Record, join
from rag.errors import ReadError
from rag.text.script import CJK

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_AROUND = frozenset(("nav", "aside", "footer", "form"))
_AROUND_ROLES = names("navigation banner contentinfo complementary search menu")
_AROUND_NAMES = names(
    "nav navbar navigation menu breadcrumb breadcrumbs crumbs footer sidebar comment comments related recommend "
    "recommended share sharing social ad ads advert advertisement copyright pagination pager toolbar"
)
_WORD = re.compile(r"[A-Za-z][a-z]*")
_RUNNING = re.compile(r"[，。！？；,.!?;]")
#: A part that holds less of the page's running text than this may be left out.
_SMALL = 1 / 3
#: Text that is there but not seen is the article, which a script unveils, if it holds so much of the running text.
_MOST = 1 / 2
#: Several articles on one page have a heading each and so many characters of running text.
_MIN_ARTICLE = 40
#: A page that is put together by scripts may say so much before they have run (加载中…), and twice as much in letters.
_WAITING = 12
_FOOT = 150


def read_html(data: bytes) -> Read:
    """Raises ``ReadError`` with the reason."""
    text, encoding = decode_page(data)
    source = take_apart(text)
    page = _Page(parse_page(source), source)
    records = join(page.records())
    undated = " ".join(page.data.undated.split())[:40]
    notes = (f"its date ({undated}) tells no certain day: it has none",) if undated else ()
    return Read(records, f"html/{encoding}", notes)


class _Page:
    def __init__(self, root: HtmlElement, source: Source) -> None:
        self._root, self._source = root, source
        self._styles = Styles(source.styles)
        body = root.find("body")
        self._body: HtmlElement = root if body is None else body

    @cached_property
    def data(self) -> PageData:
        return page_data(self._root, self._source.scripts)

    def records(self) -> Iterator[Record]:
        data = self.data
        articles = self._articles()
        if len(articles) > 1:
            for number, article in enumerate(articles, 1):
                own = self._heading(article)
                yield Record(number, self._text(article, own), title=own, date=data.date, url=data.url)
            return
        main = articles[0] if articles else self._main()
        title = self._heading(main, "h1") or data.title or self._heading(self._root, "h1")
        text = self._text(main, title)
        if 2 * len(text) < len(data.body):
            text = data.body  # what a script would show
        if self._says_nothing(text, title, data):
            raise ReadError(self._why_empty())
        yield Record(1, text, title, author=data.author, date=data.date, url=data.url)

    def _says_nothing(self, text: str, title: str, data: PageData) -> bool:
        if not self._source.scripts or text is data.body:
            return not text.strip()
        shown = self._text(self._body, title, around=False)
        return not text.strip() or len(shown) < (_WAITING if CJK.search(shown) else 2 * _WAITING)

    def _why_empty(self) -> str:
        frames = [frame.get("src", "") for frame in self._root.iter("frame", "iframe") if frame.get("src")]
        if frames:
            return f"it has no text, only frames for other pages ({', '.join(frames)[:80]}): save those"
        if self._source.scripts:
            return "it has no text before its scripts run: open it in a browser and save its text as .txt"
        return "it has no text: save its text as .txt if a browser shows any"

    @cached_property
    def _mass(self) -> dict[HtmlElement, int]:
        """How many characters of running text stand in each element, links and what is never read aside."""
        elements = [element for element in self._body.iter() if isinstance(element.tag, str)]
        out: set[HtmlElement] = set()
        mass: dict[HtmlElement, int] = {}
        for element in elements:
            parent = element.getparent()
            if element.tag == "a" or self._is_gone(element) or parent in out:
                out.add(element)
            mass[element] = 0 if element in out else _running(element.text)
            if parent is not None and parent in mass and parent not in out:
                mass[parent] += _running(element.tail)
        for element in reversed(elements):
            parent = element.getparent()
            if parent is not None and parent in mass:
                mass[parent] += mass[element]
        return mass

    def _articles(self) -> list[HtmlElement]:
        """The articles that the page marks as such, if they hold at least half of its running text."""
        found = [e for e in self._body.iter("article") if next(e.iterancestors("article"), None) is None]
        found = [e for e in found if self._mass[e] >= _MIN_ARTICLE and (len(found) == 1 or self._heading(e))]
        return found if 2 * sum(self._mass[e] for e in found) >= self._mass[self._body] else []

    def _main(self) -> HtmlElement:
        marks = "//*[@itemprop='articleBody'] | //main | //*[@role='main' or @role='article']"
        marked = max(self._root.xpath(marks), key=lambda e: self._mass.get(e, 0), default=self._body)
        return marked if 2 * self._mass.get(marked, 0) >= self._mass[self._body] else self._body

    def _heading(self, part: HtmlElement, *tags: str) -> str:
        """The first heading in a part of the page."""
        shown = (
            element for element in part.iter(*(tags or ("h1", "h2", "h3"))) if not self._is_in_what_is_gone(element)
        )
        return next((text for element in shown if (text := Walk(element, self._styles, self._is_gone).line())), "")

    def _text(self, part: HtmlElement, title: str, *, around: bool = True) -> str:
        """``around``: with what stands around the article, where it holds much of the page's running text."""
        kept: list[Block] = []
        left_out = self._is_left_out if around else self._is_gone_or_foot
        for block in Walk(part, self._styles, left_out).blocks():
            if not block.text:
                continue
            if block.is_links:
                if kept and kept[-1].level:  # the heading of a list of links
                    kept.pop()
            elif block.text != title:
                kept.append(block)
        return "\n\n".join("#" * block.level + " " * (block.level > 0) + block.text for block in kept)

    def _is_left_out(self, element: HtmlElement) -> bool:
        """Whether an element is not part of what is read: gone, or small and marked as standing around it."""
        if self._is_gone(element):
            return True
        whole, mass = max(1, self._mass[self._body]), self._mass.get(element, 0)
        if self._styles.look(element).veiled and mass < _MOST * whole:
            return True
        return self._is_around(element) and mass < _SMALL * whole

    def _is_around(self, element: HtmlElement) -> bool:
        """Whether the page marks an element as standing around its article."""
        return (
            element.tag in _AROUND
            or element.get("role", "") in _AROUND_ROLES
            or element.get("aria-hidden") == "true"
            or bool(_AROUND_NAMES & _words(element))
        )

    def _is_gone_or_foot(self, element: HtmlElement) -> bool:
        """A foot or a menu may hold all the text of a page that is not there yet; a form may hold the whole page."""
        small = element.tag != "form" and self._mass.get(element, 0) < _FOOT
        return self._is_gone(element) or (small and self._is_around(element))

    def _is_gone(self, element: HtmlElement) -> bool:
        """Whether nobody who sees the page reads an element: no text, hidden, or struck out.

        Some pages hide their whole body until a script has run.
        """
        if element.tag in NEVER or element.tag in STRUCK:
            return True
        look = self._styles.look(element)
        return look.struck or (look.gone and element is not self._body and element is not self._root)

    def _is_in_what_is_gone(self, element: HtmlElement) -> bool:
        return any(self._is_gone(outer) for outer in (element, *element.iterancestors()))


def _running(text: str | None) -> int:
    """The length of a text that reads like sentences; a label or a menu has no marks."""
    return len(text) if text and _RUNNING.search(text) else 0


def _words(element: HtmlElement) -> set[str]:
    names = f"{element.get('class', '')} {element.get('id', '')}"[:200]
    return {word.lower() for word in _WORD.findall(names)}
