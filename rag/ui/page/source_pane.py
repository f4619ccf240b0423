"""Which view of the source pane the browser asks for, made from what the bot knows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.chatbot.answerer import Answerer
from rag.errors import InputError
from rag.types import Answer, Article, Citation, Passage, Span
from rag.ui.conversation import Conversation
from rag.ui.permalink import Place
from rag.ui.render import source_pane as render
from rag.ui.render.adding import adding_html
from rag.ui.render.plain_text import NEAREST
from rag.ui.render.quotes import Mark
from rag.ui.wording import Strings

#: Articles that are listed, and looked through for their dates, at most.
MAX_CONTENTS = 300

_KEY = re.compile(r"([0-9]{1,6})-(p?)([0-9]{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Key:
    """``3-1``: the first citation of turn 3; ``3-p1``: its first nearest passage."""

    turn: int
    near: bool
    number: int


@dataclass(frozen=True, slots=True)
class SourcePane:
    """The source pane over ``bot``; every view and key may come from anyone."""

    bot: Answerer
    adding: bool = False

    def view(self, name: object, key: object, talk: Conversation, words: Strings) -> str:
        """``sources`` or ``article`` of a turn, the ``contents``, ``add``, or a ``place``, whose key is its link."""
        if name == "contents":
            return self.contents(words)
        if name == "add":
            return adding_html(words) if self.adding else render.notice_html(words.add_off, words)
        if name == "place":
            return self._place(Place.parse(key) if isinstance(key, str) else None, words)
        card = _key(key)
        answer = talk.answers.get(card.turn) if card else None
        if card is None or answer is None or name not in ("sources", "article"):
            return render.notice_html(words.gone, words)
        if name == "sources":
            return self.sources(card, answer, words)
        return self._article(answer, card, words)

    def latest(self, talk: Conversation, words: Strings) -> str:
        """The sources of the last turn, before the first one the contents."""
        if not talk.answers:
            return self.contents(words)
        answer = talk.answers[talk.last]
        # Of what is no sure answer no card is the active one.
        return self.sources(Key(talk.last, answer.status == "none", 0 if answer.abstained else 1), answer, words)

    def contents(self, words: Strings) -> str:
        """A large corpus has none, since nobody reads thousands of headlines."""
        listed = self.bot.articles() if self.bot.info().articles <= MAX_CONTENTS else ()
        return render.contents_html(listed, words)

    def sources(self, key: Key, answer: Answer, words: Strings) -> str:
        """The sources of a turn with the card of ``key`` as the active one."""
        if answer.kind == "small_talk":
            return self.contents(words)
        pages = {source: self._page(source) for source in {c.source for c in answer.quoted}}
        known = {source: page for source, page in pages.items() if page}
        return render.sources_html(key.turn, answer, known, words, key.number, near=key.near)

    def _page(self, source: str) -> render.Page | None:
        try:
            return render.Page(self.bot.document(source), self.bot.articles(source))
        except InputError:  # removed from the index since the answer was given
            return None

    def _place(self, place: Place | None, words: Strings) -> str:
        if place is None:
            return render.notice_html(words.link_wrong, words)
        page = self._page(place.source)
        if page is None:
            return render.notice_html(words.link_gone, words)
        span = Span(place.start, place.end)
        article = next((a for a in page.articles if span.overlaps(Span(a.start, a.end))), None)
        stands = place.stands_in(page.document.text)
        if article is None:
            return render.notice_html(words.link_wrong if place.check is None else words.link_stale, words)
        whole = place.start <= article.start and article.end <= place.end
        marks = [Mark(span, here=True)] if stands and not whole else []
        view = render.View("place", place.query)
        note = "" if stands else words.link_stale
        linked = place if marks else None
        return render.article_html(article, page.document, words, view, place=linked, marks=marks, note=note)

    def _article(self, answer: Answer, key: Key, words: Strings) -> str:
        """The article a citation or a nearest passage stands in."""
        opened = _opened(answer, key)
        page = opened and self._page(opened.source)
        article = page and opened and next((a for a in page.articles if a.number == opened.article_number), None)
        if not (opened and page and article):
            return render.notice_html(words.source_gone, words)
        view = render.View("article", f"{key.turn}-{'p' if key.near else ''}{key.number}")
        marks = _marks(answer, opened, article, page.document.text)
        note = words.stale if isinstance(opened, Citation) and opened.stale else ""
        place = Place.of(opened)
        return render.article_html(article, page.document, words, view, place=place, marks=marks, note=note)


def _key(key: object) -> Key | None:
    match = _KEY.fullmatch(key) if isinstance(key, str) else None
    return Key(int(match[1]), match[2] == "p", int(match[3])) if match else None


def _opened(answer: Answer, key: Key) -> Citation | Passage | None:
    cited: tuple[Citation | Passage, ...] = answer.quoted
    if key.near:
        cited = tuple(hit.passage for hit in answer.passages[:NEAREST])
    return cited[key.number - 1] if 1 <= key.number <= len(cited) else None


def _marks(answer: Answer, opened: Citation | Passage, article: Article, text: str) -> list[Mark]:
    if isinstance(opened, Citation):
        return render.citation_marks(answer, article, text, here=opened.n)
    return [Mark(Span(opened.start, opened.end), here=True)]
