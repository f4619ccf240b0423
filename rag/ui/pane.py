"""The source pane as HTML: contents, sources of a turn, whole article. Pure functions of what they are given.

Everything that comes from documents or questions goes through ``html_text``, and the result is the value of a
``gr.HTML`` with its default template: Gradio evaluates any other template as JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.text import clean, language
from rag.types import Answer, Article, Citation, Document, Hit, Paragraph, Span
from rag.ui.chat import NEAREST
from rag.ui.escape import html_text, one_line
from rag.ui.passage import Mark, citation_mark, paragraph_html, stands
from rag.ui.strings import Strings


@dataclass(frozen=True, slots=True)
class Page:
    """A document with what was read from it."""

    document: Document
    articles: tuple[Article, ...]


def contents_html(articles: Sequence[Article], words: Strings) -> str:
    """The headlines of every page; ``data-key`` is the article's place in ``articles``."""
    if not articles:
        return _pane(words.contents, f'<p class="wb-note">{words.no_contents}</p>', words)
    pages: dict[str, list[str]] = {}
    for place, article in enumerate(articles):
        pages.setdefault(article.source, []).append(_headline(place, article, words))
    body = "".join(
        f'<section class="wb-page"><h3>{html_text(source)}</h3><ol>{"".join(lines)}</ol></section>'
        for source, lines in pages.items()
    )
    return _pane(words.contents, body, words)


def _headline(place: int, article: Article, words: Strings) -> str:
    return f'<li><button type="button" data-view="read" data-key="{place}">{_title(article, words)}</button></li>'


def _title(article: Article, words: Strings) -> str:
    title = html_text(one_line(article.title) or words.untitled)
    return f'{title} <span class="wb-kind">{words.caption}</span>' if article.kind == "caption" else title


def sources_html(turn: int, answer: Answer, pages: Mapping[str, Page], words: Strings, active: int = 1) -> str:
    """A card for each citation of a turn, or for each nearest passage of an abstention."""
    question = f'<p class="wb-asked">{html_text(answer.question)}</p>'
    if not answer.abstained:
        cards = [_citation_card(turn, c, pages.get(c.source), words, active == c.n) for c in answer.citations]
        return _pane(words.sources, question + "".join(cards), words)
    near = [_near_card(turn, n, hit, words) for n, hit in enumerate(answer.passages[:NEAREST], start=1)]
    note = words.nearest_note if near else words.nothing_near
    return _pane(words.nearest_title, f'{question}<p class="wb-note">{note}</p>{"".join(near)}', words)


def _citation_card(turn: int, citation: Citation, page: Page | None, words: Strings, active: bool) -> str:
    key = f"{turn}-{citation.n}"
    number = f'<span class="wb-number">{citation.n}</span>'
    place = _place(citation.source, citation.paragraph, Span(citation.start, citation.end), words)
    head = _head(number + _name(citation.article, words), place)
    if page is None or not stands(citation, page.document.text):
        return _card(key, f"{head}{_stale(words)}{_quote_alone(citation)}", "", active)
    mark = citation_mark(citation, page.document.text)
    paragraphs = _overlapped(page.articles, citation.article_number, mark.span)
    text = "".join(f"<p>{paragraph_html(p, page.document.text, [mark])}</p>" for p in paragraphs)
    note = _stale(words) if citation.stale else ""
    return _card(key, f"{head}{note}{_text(text, language(citation.quote))}", words.whole_article, active)


def _quote_alone(citation: Citation) -> str:
    """The quote without the text around it, which is another one by now."""
    quote, start, end = citation.quote, citation.answer_start, citation.answer_end
    before, inside, after = (html_text(t) for t in (quote[:start], quote[start:end], quote[end:]))
    return _text(f"<p><mark>{before}<strong>{inside}</strong>{after}</mark></p>", language(quote))


def _text(paragraphs: str, lang: str) -> str:
    return f'<div class="wb-text" lang="{lang}">{paragraphs}</div>'


def _near_card(turn: int, n: int, hit: Hit, words: Strings) -> str:
    passage = hit.passage
    place = _place(passage.source, passage.paragraph, Span(passage.start, passage.end), words)
    text = _text(f"<p>{html_text(one_line(passage.text))}</p>", language(passage.text))
    return _card(f"{turn}-p{n}", _head(_name(passage.article, words), place) + text, words.whole_article, False)


def _overlapped(articles: Sequence[Article], number: int, span: Span) -> list[Paragraph]:
    """The paragraphs of an article a quote stands in: one, or two where a short one was joined to its neighbour."""
    found = [p for a in articles if a.number == number for p in a.paragraphs]
    return [p for p in found if span.overlaps(Span(p.start, p.end))]


def _name(title: str, words: Strings) -> str:
    return html_text(one_line(title) or words.untitled)


def _place(source: str, paragraph: int, span: Span, words: Strings) -> str:
    parts = (
        source,
        words.paragraph.format(n=paragraph),
        words.characters.format(start=span.start, end=span.end),
    )
    return "".join(f"<span>{html_text(part)}</span>" for part in parts)


def _head(name: str, place: str) -> str:
    return f'<h3>{name}</h3><p class="wb-place">{place}</p>'


def _stale(words: Strings) -> str:
    return f'<p class="wb-stale">{words.stale}</p>'


def _card(key: str, body: str, more: str, active: bool) -> str:
    name = "wb-card wb-active" if active else "wb-card"
    button = (
        f'<button type="button" class="wb-more" data-view="article" data-key="{key}">{more}</button>' if more else ""
    )
    return f'<article class="{name}" id="wb-card-{key}" tabindex="-1">{body}{button}</article>'


def article_html(
    article: Article,
    document: Document,
    words: Strings,
    *,
    marks: Sequence[Mark] = (),
    back: str = "",
    stale: bool = False,
) -> str:
    """An article as it is printed. ``back`` is the key of the sources it was opened from; without one, the contents."""
    view, label = ("sources", words.back) if back else ("contents", words.back_to_contents)
    button = f'<button type="button" class="wb-back" data-view="{view}" data-key="{html_text(back)}">{label}</button>'
    head = _head(_title(article, words), f"<span>{html_text(article.source)}</span>")
    note = _stale(words) if stale else ""
    text = "".join(f"<p>{paragraph_html(p, document.text, marks)}</p>" for p in article.paragraphs)
    lang = language(document.text[article.start : article.end])
    body = f"{head}{_byline(article, document)}{note}{_text(text, lang)}"
    return _pane(words.sources, f'{button}<article class="wb-article">{body}</article>', words)


def _byline(article: Article, document: Document) -> str:
    if article.byline is None:
        return ""
    text = clean(document.text[article.byline.start : article.byline.end], noisy=False)
    return f'<p class="wb-byline">{html_text(text)}</p>'


def notice_html(message: str, words: Strings) -> str:
    """One line instead of sources, such as for a turn the server no longer holds."""
    return _pane(words.sources, f'<p class="wb-note" role="status">{html_text(message)}</p>', words)


def _pane(title: str, body: str, words: Strings) -> str:
    close = f'<button type="button" class="wb-close" data-view="close" aria-label="{words.close}">×</button>'
    return (
        f'<aside class="wb-sheet" lang="{words.html_lang}" aria-label="{title}">'
        f'<div class="wb-bar"><h2 tabindex="-1">{title}</h2>{close}</div>{body}</aside>'
    )


def citation_marks(answer: Answer, article: Article, source: str, here: int) -> list[Mark]:
    """The marks of all citations of ``answer`` in an article; ``here`` is the number of the one that was opened."""
    inside = [c for c in answer.citations if (c.source, c.article_number) == (article.source, article.number)]
    return [citation_mark(c, source, here=c.n == here) for c in inside if stands(c, source)]
