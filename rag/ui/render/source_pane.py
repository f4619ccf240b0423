"""The source pane as HTML: contents, sources of a turn, whole article. Pure functions of what they are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from rag.text import clean, language
from rag.types import Answer, Article, Citation, Document, Hit, Paragraph, Passage, Span
from rag.ui.permalink import Place
from rag.ui.render.escape import one_line
from rag.ui.render.plain_text import NEAREST
from rag.ui.render.quotes import Mark, citation_mark, paragraph_html, quote_html, stands
from rag.ui.render.templates import render
from rag.ui.wording import Strings


@dataclass(frozen=True, slots=True)
class Page:
    """A document and the articles that were read from it."""

    document: Document
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What the pane shows, by the name and the key that the browser asks for it with."""

    name: str
    key: str = ""


CONTENTS = View("contents")


@dataclass(frozen=True, slots=True)
class _Headline:
    title: str
    is_caption: bool
    place: Place


@dataclass(frozen=True, slots=True)
class _Card:
    """A citation (with its ``number``) or a nearest passage; without a ``place`` it cannot be opened."""

    key: str
    title: str
    where: Sequence[str]
    paragraphs: Sequence[str]
    lang: str
    active: bool
    number: int | None = None
    stale: bool = False
    place: Place | None = None


def contents_html(articles: Sequence[Article], words: Strings) -> str:
    """The headlines of every page."""
    pages: dict[str, list[_Headline]] = {}
    for article in articles:
        pages.setdefault(article.source, []).append(_headline(article, _whole(article), words))
    return _pane("contents", words.contents, words, CONTENTS, pages=pages)


def sources_html(
    turn: int, answer: Answer, pages: Mapping[str, Page], words: Strings, active: int = 1, *, near: bool = False
) -> str:
    """A card for each citation or candidate of a turn and, where there is no sure answer, each nearest passage.

    ``active`` is the number of the chosen card, 0 for none; with ``near`` it is one of a nearest passage.
    """
    quoted = [_citation_card(turn, c, pages.get(c.source), words, not near and active == c.n) for c in answer.quoted]
    nearest = [
        _passage_card(turn, n, hit, words, near and active == n)
        for n, hit in enumerate(answer.passages[:NEAREST], start=1)
    ]
    if not answer.abstained:
        title, key = words.sources, f"{turn}-{active}"
    elif answer.status == "tentative":
        title, key = words.tentative_title, f"{turn}-{'p' if near else ''}{max(active, 1)}"
    else:
        title, key = words.nearest_title, f"{turn}-p{max(active, 1)}"
    return _pane("sources", title, words, View("sources", key), answer=answer, quoted=quoted, nearest=nearest)


def article_html(
    article: Article,
    document: Document,
    words: Strings,
    view: View,
    *,
    place: Place | None = None,
    marks: Sequence[Mark] = (),
    note: str = "",
) -> str:
    """An article as it is printed, opened from the sources of a turn or from the contents.

    Its link leads to ``place``, by default to the whole article.
    """
    return _pane(
        "article",
        words.sources,
        words,
        view,
        back=View("sources", view.key) if view.name == "article" else CONTENTS,
        running=_title(article.title, words),
        headline=_headline(article, place or _whole(article), words),
        where=[article.source, *([article.date] if article.date else [])],
        url=article.url,
        byline=_byline(article, document),
        note=note,
        paragraphs=[paragraph_html(p, document.text, marks) for p in article.paragraphs],
        lang=language(document.text[article.start : article.end]),
    )


def notice_html(message: str, words: Strings) -> str:
    """One line instead of sources, for example about a turn that the server no longer holds."""
    return _pane("pane_notice", words.sources, words, View("notice"), message=message)


def adding_html(words: Strings, *, below: Markup, **limits: Any) -> str:
    """The view in which articles are added, with a note, the progress or the result ``below``."""
    return _pane("adding", words.add, words, View("add"), below=below, **limits)


def citation_marks(answer: Answer, article: Article, source: str, here: int) -> list[Mark]:
    """The marks of all that ``answer`` quotes of an article; ``here`` is the number of the one that was opened."""
    inside = [c for c in answer.quoted if (c.source, c.article_number) == (article.source, article.number)]
    return [citation_mark(c, source, here=c.n == here) for c in inside if stands(c, source)]


def _pane(template: str, title: str, words: Strings, view: View, *, running: str = "", **values: Any) -> str:
    return render(template, title=title, words=words, view=view, running=running, **values)


def _headline(article: Article, place: Place, words: Strings) -> _Headline:
    return _Headline(_title(article.title, words), article.kind == "caption", place)


def _title(title: str, words: Strings) -> str:
    return one_line(title) or words.untitled


def _whole(article: Article) -> Place:
    return Place(article.source, article.start, article.end)


def _citation_card(turn: int, citation: Citation, page: Page | None, words: Strings, active: bool) -> _Card:
    """The quote in its paragraph; alone where it is a headline, or no longer stands in the document."""
    is_there = page is not None and stands(citation, page.document.text)
    paragraphs = _paragraphs(citation, page) if page and is_there else []
    return _Card(
        f"{turn}-{citation.n}",
        _title(citation.article, words),
        _where(citation, words),
        paragraphs or [quote_html(citation)],
        language(citation.quote),
        active,
        number=citation.n,
        stale=not is_there or (citation.stale and bool(paragraphs)),
        place=Place.of(citation) if is_there else None,
    )


def _paragraphs(citation: Citation, page: Page) -> list[Markup]:
    mark = citation_mark(citation, page.document.text)
    paragraphs = _overlapped(page.articles, citation.article_number, mark.span)
    return [paragraph_html(p, page.document.text, [mark]) for p in paragraphs]


def _overlapped(articles: Sequence[Article], number: int, span: Span) -> list[Paragraph]:
    """The paragraphs of an article a quote stands in: one, or two where a short one was joined to its neighbour."""
    paragraphs = (p for a in articles if a.number == number for p in a.paragraphs)
    return [p for p in paragraphs if span.overlaps(Span(p.start, p.end))]


def _passage_card(turn: int, n: int, hit: Hit, words: Strings, active: bool) -> _Card:
    passage = hit.passage
    text, lang = one_line(passage.text), language(passage.text)
    where = _where(passage, words)
    return _Card(f"{turn}-p{n}", _title(passage.article, words), where, [text], lang, active, place=Place.of(passage))


def _where(cited: Citation | Passage, words: Strings) -> list[str]:
    """File, page where it is known, paragraph and characters."""
    page = [words.page.format(n=cited.page)] if isinstance(cited, Citation) and cited.page else []
    paragraph = words.paragraph.format(n=cited.paragraph)
    return [cited.source, *page, paragraph, words.characters.format(start=cited.start, end=cited.end)]


def _byline(article: Article, document: Document) -> str:
    if article.byline is None:
        return ""
    return clean(document.text[article.byline.start : article.byline.end], noisy=False)
