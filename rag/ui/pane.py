"""The source pane as HTML: contents, sources of a turn, whole article. Pure functions of what they are given.

Everything that comes from documents or questions goes through ``html_text``, and the result is the value of a
``gr.HTML`` with its default template: Gradio evaluates any other template as JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.text import clean, language
from rag.types import Answer, Article, Citation, Document, Hit, Paragraph, Passage, Span
from rag.ui.escape import html_text, one_line
from rag.ui.passage import Mark, citation_mark, paragraph_html, stands
from rag.ui.permalink import Place
from rag.ui.plain import NEAREST
from rag.ui.strings import Strings


@dataclass(frozen=True, slots=True)
class Page:
    """A document with what was read from it."""

    document: Document
    articles: tuple[Article, ...]


def contents_html(articles: Sequence[Article], words: Strings) -> str:
    """The headlines of every page."""
    if not articles:
        return pane_html(words.contents, f'<p class="wb-note">{words.no_contents}</p>', words, CONTENTS)
    pages: dict[str, list[str]] = {}
    for article in articles:
        pages.setdefault(article.source, []).append(_headline(article, words))
    body = "".join(
        f'<section class="wb-page"><h3>{html_text(source)}</h3><ol>{"".join(lines)}</ol></section>'
        for source, lines in pages.items()
    )
    return pane_html(words.contents, body, words, CONTENTS)


def _headline(article: Article, words: Strings) -> str:
    key = html_text(Place(article.source, article.start, article.end).query)
    return f'<li><button type="button" data-view="place" data-key="{key}">{_title(article, words)}</button></li>'


def _title(article: Article, words: Strings) -> str:
    title = html_text(one_line(article.title) or words.untitled)
    return f'{title} <span class="wb-kind">{words.caption}</span>' if article.kind == "caption" else title


def sources_html(
    turn: int, answer: Answer, pages: Mapping[str, Page], words: Strings, active: int = 1, *, near: bool = False
) -> str:
    """A card for each citation or candidate of a turn, and where it is not answered for each nearest passage.

    ``active`` is the number of the chosen card, 0 for none; with ``near`` it is one of a nearest passage.
    """
    cards = "".join(
        _citation_card(turn, c, pages.get(c.source), words, not near and active == c.n) for c in answer.quoted
    )
    body = f'<p class="wb-asked">{html_text(answer.question)}</p>'
    if not answer.abstained:
        return pane_html(words.sources, body + cards, words, View("sources", f"{turn}-{active}"))
    passages = "".join(
        _near_card(turn, n, hit, words, near and active == n)
        for n, hit in enumerate(answer.passages[:NEAREST], start=1)
    )
    if answer.status == "tentative":
        body += f'<p class="wb-note">{words.tentative_note}</p><div class="wb-possible">{cards}</div>'
    if passages or not cards:
        body += f'<p class="wb-note">{words.nearest_note if passages else words.nothing_near}</p>{passages}'
    title = words.tentative_title if answer.status == "tentative" else words.nearest_title
    first = "" if answer.status == "tentative" and not near else "p"
    return pane_html(title, body, words, View("sources", f"{turn}-{first}{max(active, 1)}"))


def _citation_card(turn: int, citation: Citation, page: Page | None, words: Strings, active: bool) -> str:
    key = f"{turn}-{citation.n}"
    number = f'<span class="wb-number">{citation.n}</span>'
    head = _head(number + _name(citation.article, words), _place(citation, words))
    if page is None or not stands(citation, page.document.text):
        return _card(key, f"{head}{_stale(words)}{_quote_alone(citation)}", "", active)
    mark = citation_mark(citation, page.document.text)
    paragraphs = _overlapped(page.articles, citation.article_number, mark.span)
    if not paragraphs:  # a headline
        return _card(key, head + _quote_alone(citation), _onward(key, Place.of(citation), words), active)
    text = "".join(f"<p>{paragraph_html(p, page.document.text, [mark])}</p>" for p in paragraphs)
    note = _stale(words) if citation.stale else ""
    body = f"{head}{note}{_text(text, language(citation.quote))}"
    return _card(key, body, _onward(key, Place.of(citation), words), active)


def _quote_alone(citation: Citation) -> str:
    """The quote without the text around it, which is another one by now."""
    quote, start, end = citation.quote, citation.answer_start, citation.answer_end
    before, inside, after = (html_text(t) for t in (quote[:start], quote[start:end], quote[end:]))
    return _text(f"<p><mark>{before}<strong>{inside}</strong>{after}</mark></p>", language(quote))


def _text(paragraphs: str, lang: str) -> str:
    return f'<div class="wb-text" lang="{lang}">{paragraphs}</div>'


def _near_card(turn: int, n: int, hit: Hit, words: Strings, active: bool) -> str:
    passage, key = hit.passage, f"{turn}-p{n}"
    text = _text(f"<p>{html_text(one_line(passage.text))}</p>", language(passage.text))
    body = _head(_name(passage.article, words), _place(passage, words)) + text
    return _card(key, body, _onward(key, Place.of(passage), words), active)


def _overlapped(articles: Sequence[Article], number: int, span: Span) -> list[Paragraph]:
    """The paragraphs of an article a quote stands in: one, or two where a short one was joined to its neighbour."""
    found = [p for a in articles if a.number == number for p in a.paragraphs]
    return [p for p in found if span.overlaps(Span(p.start, p.end))]


def _name(title: str, words: Strings) -> str:
    return html_text(one_line(title) or words.untitled)


def _place(cited: Citation | Passage, words: Strings) -> str:
    page = [words.page.format(n=cited.page)] if isinstance(cited, Citation) and cited.page else []
    parts = (
        cited.source,
        *page,
        words.paragraph.format(n=cited.paragraph),
        words.characters.format(start=cited.start, end=cited.end),
    )
    return "".join(f"<span>{html_text(part)}</span>" for part in parts)


def _head(name: str, place: str) -> str:
    return f'<h3>{name}</h3><p class="wb-place">{place}</p>'


def _stale(words: Strings) -> str:
    return f'<p class="wb-stale">{words.stale}</p>'


def _onward(key: str, place: Place, words: Strings) -> str:
    """Where one can go from a card: to the whole article, or away with a link to the place."""
    article = (
        f'<button type="button" class="wb-more" data-view="article" data-key="{key}">{words.whole_article}</button>'
    )
    return f'<p class="wb-onward">{article}{_link(place, words)}</p>'


def _link(place: Place, words: Strings) -> str:
    return f'<a class="wb-link" href="{html_text(place.query)}" title="{words.link_title}">{words.link}</a>'


def _card(key: str, body: str, onward: str, active: bool) -> str:
    name = "wb-card wb-active" if active else "wb-card"
    return f'<article class="{name}" id="wb-card-{key}" tabindex="-1">{body}{onward}</article>'


@dataclass(frozen=True, slots=True)
class View:
    """What the pane shows, by the name and key that it is asked for with."""

    name: str
    key: str = ""


CONTENTS = View("contents")


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

    ``place`` is what its link leads to, by default all of it.
    """
    back = View("sources", view.key) if view.name == "article" else CONTENTS
    label = words.back if back.name == "sources" else words.back_to_contents
    button = (
        f'<button type="button" class="wb-back" data-view="{back.name}" data-key="{html_text(back.key)}">'
        f"{label}</button>"
    )
    link = _link(place or Place(article.source, article.start, article.end), words)
    head = _head(_title(article, words), _origin(article, words)) + _byline(article, document)
    text = "".join(f"<p>{paragraph_html(p, document.text, marks)}</p>" for p in article.paragraphs)
    lang = language(document.text[article.start : article.end])
    said = f'<p class="wb-stale">{note}</p>' if note else ""
    body = f'<article class="wb-article">{head}{said}{_text(text, lang)}<p class="wb-onward">{link}</p></article>'
    return pane_html(words.sources, body, words, view, button, running=_name(article.title, words))


def _origin(article: Article, words: Strings) -> str:
    """Where an article is from: its file, its day, and its page on the web, where they are known."""
    parts = [article.source, *([article.date] if article.date else [])]
    told = "".join(f"<span>{html_text(part)}</span>" for part in parts)
    if not article.url:
        return told
    # Only addresses that begin with http are ever read.
    link = f'<a href="{html_text(article.url)}" target="_blank" rel="noopener noreferrer">{words.original}</a>'
    return f"{told}<span>{link}</span>"


def _byline(article: Article, document: Document) -> str:
    if article.byline is None:
        return ""
    text = clean(document.text[article.byline.start : article.byline.end], noisy=False)
    return f'<p class="wb-byline">{html_text(text)}</p>'


def notice_html(message: str, words: Strings) -> str:
    """One line instead of sources, such as for a turn the server no longer holds."""
    back = f'<button type="button" class="wb-back" data-view="contents">{words.back_to_contents}</button>'
    return pane_html(
        words.sources, f'<p class="wb-note" role="status">{html_text(message)}</p>', words, View("notice"), back
    )


def pane_html(title: str, body: str, words: Strings, view: View, back: str = "", *, running: str = "") -> str:
    """The pane with its bar, which stays when ``body`` is scrolled and then shows the ``running`` headline."""
    close = f'<button type="button" class="wb-close" data-view="close" aria-label="{words.close}">×</button>'
    headline = f'<span class="wb-running" aria-hidden="true">{running}</span>' if running else ""
    return (
        f'<aside class="wb-sheet" lang="{words.html_lang}" aria-label="{title}" '
        f'data-now="{view.name}" data-at="{html_text(view.key)}">'
        f'<div class="wb-bar"><h2 tabindex="-1">{title}</h2>{back}{headline}{close}</div>{body}</aside>'
    )


def citation_marks(answer: Answer, article: Article, source: str, here: int) -> list[Mark]:
    """The marks of all that ``answer`` quotes of an article; ``here`` is the number of the one that was opened."""
    inside = [c for c in answer.quoted if (c.source, c.article_number) == (article.source, article.number)]
    return [citation_mark(c, source, here=c.n == here) for c in inside if stands(c, source)]
