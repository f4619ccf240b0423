"""The handlers of the conversation's events.

Anyone can send an event, by its number and with any data, so every handler checks what it gets.
The conversation is kept on the server (``gr.State``); the chat component is only an output.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from rag.chatbot import clean_question
from rag.chatbot.answerer import Answerer
from rag.errors import RagError
from rag.types import Answer
from rag.ui.conversation import Conversation
from rag.ui.feedback import MAX_WORD, Feedback
from rag.ui.page.events import error_line, payload, problem, text_of, turn_of
from rag.ui.page.source_pane import MAX_CONTENTS, SourcePane
from rag.ui.render import chat_markdown, masthead
from rag.ui.render.plain_text import conversation_markdown
from rag.ui.render.search_tab import search_html
from rag.ui.render.templates import render
from rag.ui.wording import Lang, Strings, strings

_SUGGESTED = 2


@dataclass(frozen=True, slots=True)
class Handlers:
    """The event handlers of one app; ``talk`` and ``lang`` are a visitor's state."""

    bot: Answerer
    title: str | None = None
    examples: tuple[str, ...] | None = None
    feedback: Feedback | None = None
    adding: bool = False

    @property
    def source_pane(self) -> SourcePane:
        return SourcePane(self.bot, self.adding)

    def ask(self, typed: str | None, talk: Conversation, lang: Lang, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then its answer; yields question box, chat, talk, sources, notice."""
        words, same = strings(lang), gr.skip()
        sent = payload(event).get("question", typed)
        question = sent if isinstance(sent, str) else ""
        trouble = problem(question, words)
        if trouble:
            yield same, same, same, same, masthead.notice_html(trouble)
            return
        yield from self._answer(clean_question(question), talk, talk.history, words)

    def again(self, talk: Conversation, lang: Lang, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Ask the question of a turn again: the last turn is replaced, an older one is asked in a new turn."""
        words, same, turn = strings(lang), gr.skip(), turn_of(event)
        if turn not in talk.answers:
            yield same, same, same, same, masthead.notice_html(words.gone)
            return
        yield from self._answer(talk.answers[turn].question, talk.without(turn), talk.before(turn), words)

    def _answer(
        self, question: str, talk: Conversation, history: tuple[Answer, ...], words: Strings
    ) -> Iterator[tuple[Any, ...]]:
        same = gr.skip()
        asking = talk.asking(question)
        yield "", self._messages(asking, words), asking, same, ""
        try:
            done = talk.answered(self.bot.ask(question, history=history, candidates=True))
            yield same, self._messages(done, words), done, self.source_pane.latest(done, words), ""
        except RagError as error:
            yield question, self._messages(talk, words), talk, same, masthead.notice_html(error_line(error, words))

    def _messages(self, talk: Conversation, words: Strings) -> list[chat_markdown.Message]:
        asked = {answer.question for answer in talk.history}
        fresh = [example for example in self._examples(words) if example not in asked]
        return chat_markdown.messages(talk, words, chat_markdown.Offer(self.feedback is not None, fresh[:_SUGGESTED]))

    def _examples(self, words: Strings) -> tuple[str, ...]:
        return self.examples if self.examples is not None else self.bot.examples(words.lang)

    def restore(self, talk: Conversation, lang: Lang) -> tuple[str, list[chat_markdown.Message], Conversation, str]:
        """After a mistake of ours: the question goes back into its box, and a notice is shown."""
        words = strings(lang)
        before = replace(talk, pending=None)
        return talk.pending or "", self._messages(before, words), before, self.failed(lang)

    def failed(self, lang: Lang) -> str:
        return masthead.notice_html(strings(lang).failed)

    def clear(self, talk: Conversation, lang: Lang) -> tuple[Any, ...]:
        """Chat, talk, sources and notice of a new conversation with the same visitor."""
        return [], Conversation(visitor=talk.visitor), self.source_pane.contents(strings(lang)), ""

    def language(self, talk: Conversation, event: gr.EventData) -> tuple[Any, ...]:
        """The page in another language: lang, header, chat, question box, send button, sources, search, notice.

        The browser sends the view of the sources that it shows; at first, the one that its address asks for.
        """
        words = strings(payload(event).get("lang"))
        view, key = payload(event).get("view"), payload(event).get("key")
        sources = self.source_pane.view(view, key, talk, words) if view else self.source_pane.latest(talk, words)
        return (
            words.lang,
            self.header(words),
            gr.update(value=self._messages(talk, words), placeholder=self.welcome(words), label=words.conversation),
            gr.update(label=words.question, placeholder=words.hint),
            gr.update(value=words.send),
            sources,
            search_html("", words),
            "",
        )

    def open(self, talk: Conversation, lang: Lang, event: gr.EventData) -> str:
        """Another view of the source pane."""
        data = payload(event)
        return self.source_pane.view(data.get("view"), data.get("key"), talk, strings(lang))

    def rate(self, talk: Conversation, lang: Lang, event: gr.EventData) -> tuple[Any, ...]:
        """Keep the visitor's rating of an answer, and ask for a comment; returns chat, talk, notice."""
        words, same, turn = strings(lang), gr.skip(), turn_of(event)
        good = payload(event).get("good") is True
        if turn not in talk.answers or self.feedback is None:
            return same, same, masthead.notice_html(words.gone)
        talk = talk.named()
        try:
            self.feedback.rate(talk.answers[turn], good=good, visitor=talk.visitor)
        except RagError as error:
            return same, same, masthead.notice_html(error_line(error, words))
        rated = talk.rated(turn, good)
        return self._messages(rated, words), rated, masthead.comment_html(turn, good, words)

    def comment(self, talk: Conversation, lang: Lang, event: gr.EventData) -> str:
        """Keep a comment on a rated answer; returns the notice."""
        words, turn = strings(lang), turn_of(event)
        word = " ".join(text_of(event, "word").split())[:MAX_WORD]
        if turn not in talk.ratings or self.feedback is None:
            return masthead.notice_html(words.gone)
        try:
            self.feedback.rate(talk.answers[turn], good=talk.ratings[turn], word=word, visitor=talk.visitor)
        except RagError as error:
            return masthead.notice_html(error_line(error, words))
        return masthead.notice_html(words.noted, role="status")

    def export(self, talk: Conversation, lang: Lang, event: gr.EventData) -> str:
        """The conversation as Markdown, for the browser to save."""
        text = conversation_markdown(talk, strings(lang), text_of(event, "base"))
        return render("exported", made=time.time_ns(), markdown=text) if talk.answers else ""

    def header(self, words: Strings) -> str:
        return masthead.header_html(self.title or words.title, words, adding=self.adding)

    def welcome(self, words: Strings) -> str:
        info = self.bot.info()
        articles = self.bot.articles() if info.articles <= MAX_CONTENTS else ()
        return masthead.welcome_html(info, self._examples(words), words, [a.date for a in articles if a.date])
