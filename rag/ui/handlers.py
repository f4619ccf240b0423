"""What happens on every event of the page.

Events can be sent by anyone, by number, with any data: every handler checks what it gets.
The conversation lives on the server (``gr.State``); the chat component is only ever an output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from rag.chatbot import MAX_QUESTION, clean_question
from rag.errors import InputError, RagError
from rag.types import Answer, Article, Citation, Span
from rag.ui import chat, page, pane
from rag.ui.bot import Bot
from rag.ui.passage import Mark
from rag.ui.strings import Lang, Strings, strings

MAX_TURNS = 50
MAX_CONTENTS = 300

_KEY = re.compile(r"([0-9]{1,6})-(p?)([0-9]{1,3})")
_NUMBER = re.compile(r"[0-9]{1,6}")
Turns = dict[int, Answer]


def problem(question: str, words: Strings) -> str | None:
    """Why a question cannot be asked, as one line in the language of the interface."""
    if not question.strip():
        return words.empty_question
    if len(question) > MAX_QUESTION:
        return words.long_question.format(limit=MAX_QUESTION)
    if not any(c.isalnum() for c in question):
        return words.wordless_question
    return None


def payload(event: gr.EventData) -> dict[str, Any]:
    """What the browser sent with a custom event, which may be anything."""
    data = event._data
    return data if isinstance(data, dict) else {}


@dataclass(frozen=True, slots=True)
class Handlers:
    """The event handlers of one app; ``turns`` and ``lang`` are a visitor's state."""

    bot: Bot
    title: str | None
    examples: tuple[str, ...] | None

    def ask(self, typed: str | None, turns: Turns, lang: Lang, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then its answer; yields question box, chat, turns, sources, notice."""
        words, same = strings(lang), gr.skip()
        sent = payload(event).get("question", typed)
        question = sent if isinstance(sent, str) else ""
        trouble = problem(question, words)
        if trouble:
            yield same, same, same, same, page.notice_html(trouble)
            return
        question = clean_question(question)
        yield "", chat.messages(turns, question), same, same, ""
        try:
            answer = self.bot.ask(question)
            turn = max(turns, default=0) + 1
            turns = dict([*turns.items(), (turn, answer)][-MAX_TURNS:])
            yield same, chat.messages(turns), turns, self._sources(turn, answer, words), ""
        except RagError as error:
            yield question, chat.messages(turns), same, same, page.notice_html(str(error))

    def restore(self, turns: Turns, lang: Lang) -> tuple[list[chat.Message], str]:
        """After a mistake of ours: the conversation without the question that was never answered, and a notice."""
        return chat.messages(turns), self.failed(lang)

    def failed(self, lang: Lang) -> str:
        return page.notice_html(strings(lang).failed)

    def clear(self, lang: Lang) -> tuple[Any, ...]:
        """Chat, turns, sources and notice of a new conversation."""
        return [], {}, self._contents(strings(lang)), ""

    def language(self, turns: Turns, event: gr.EventData) -> tuple[Any, ...]:
        """The page in another language: lang, header, chat, question box, send button, sources."""
        words = strings(payload(event).get("lang"))
        last = max(turns, default=0)
        return (
            words.lang,
            self.header(words),
            gr.update(placeholder=self.welcome(words), label=words.conversation),
            gr.update(label=words.question, placeholder=words.hint),
            gr.update(value=words.send),
            self._sources(last, turns[last], words) if turns else self._contents(words),
        )

    def open(self, turns: Turns, lang: Lang, event: gr.EventData) -> str:
        """Another view of the source pane: ``sources`` or ``article`` of a turn, ``contents``, ``read`` from them."""
        words, data = strings(lang), payload(event)
        view, key = data.get("view"), data.get("key")
        try:
            return self._view(view, key if isinstance(key, str) else "", turns, words)
        except RagError as error:
            return pane.notice_html(str(error), words)

    def _view(self, view: Any, key: str, turns: Turns, words: Strings) -> str:
        if view == "contents":
            return self._contents(words)
        if view == "read" and _NUMBER.fullmatch(key):
            return self._read(int(key), words)
        match = _KEY.fullmatch(key)
        if match is None or int(match[1]) not in turns:
            return pane.notice_html(words.gone, words)
        turn, near, number = int(match[1]), bool(match[2]), int(match[3])
        if view == "article":
            return self._article(turns[turn], key, near, number, words)
        return self._sources(turn, turns[turn], words, active=number)

    def _contents(self, words: Strings) -> str:
        return pane.contents_html(self._listed(), words)

    def _listed(self) -> tuple[Article, ...]:
        """The articles for the contents; a large corpus has none, since nobody reads thousands of headlines."""
        return self.bot.articles() if self.bot.info().articles <= MAX_CONTENTS else ()

    def _read(self, place: int, words: Strings) -> str:
        listed = self._listed()
        if place >= len(listed):
            return pane.notice_html(words.source_gone, words)
        return pane.article_html(listed[place], self.bot.document(listed[place].source), words)

    def _sources(self, turn: int, answer: Answer, words: Strings, active: int = 1) -> str:
        pages = {source: self._page(source) for source in {c.source for c in answer.citations}}
        return pane.sources_html(turn, answer, {s: p for s, p in pages.items() if p}, words, active)

    def _page(self, source: str) -> pane.Page | None:
        try:
            return pane.Page(self.bot.document(source), self.bot.articles(source))
        except InputError:  # removed from the index since the answer was given
            return None

    def _article(self, answer: Answer, key: str, near: bool, number: int, words: Strings) -> str:
        """The article a citation or a nearest passage stands in."""
        cited = [h.passage for h in answer.passages[: chat.NEAREST]] if near else answer.citations
        opened = cited[number - 1] if 1 <= number <= len(cited) else None
        page = opened and self._page(opened.source)
        article = page and opened and next((a for a in page.articles if a.number == opened.article_number), None)
        if not (opened and page and article):
            return pane.notice_html(words.source_gone, words)
        text = page.document.text
        if isinstance(opened, Citation):
            marks = pane.citation_marks(answer, article, text, here=number)
        else:
            marks = [Mark(Span(opened.start, opened.end), here=True)]
        stale = isinstance(opened, Citation) and opened.stale
        return pane.article_html(article, page.document, words, marks=marks, back=key, stale=stale)

    def header(self, words: Strings) -> str:
        return page.header_html(self.title or words.title, words)

    def welcome(self, words: Strings) -> str:
        examples = self.examples if self.examples is not None else self.bot.examples(words.lang)
        return page.welcome_html(self.bot.info(), examples, words)
