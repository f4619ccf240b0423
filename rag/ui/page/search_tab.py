"""The search tab: what the index finds for a question, and what the chat would do with it."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from rag.chatbot import clean_question
from rag.chatbot.answerer import Answerer
from rag.errors import RagError
from rag.ui.page.events import error_line, problem, text_of
from rag.ui.render.search_tab import LEGS, SHOWN, ranked, search_html, verdict
from rag.ui.wording import Lang, Strings, strings


@dataclass(frozen=True, slots=True)
class SearchTab:
    """The events of the tab."""

    bot: Answerer

    def search(self, lang: Lang, event: gr.EventData) -> str:
        """The tab with what was found for the query that the browser sent, which may be anything."""
        words = strings(lang)
        query = text_of(event, "query")
        if not query:
            return search_html("", words)
        trouble = problem(query, words)
        if trouble:
            return search_html(query, words, note=trouble)
        try:
            return self._found(query, words)
        except RagError as error:
            return search_html(query, words, note=error_line(error, words))

    def _found(self, query: str, words: Strings) -> str:
        question = clean_question(query)
        rows = ranked({leg: self.bot.search(question, SHOWN, leg) for leg in LEGS})
        if not rows:
            return search_html(query, words, note=words.search_nothing)
        said = verdict(self.bot.ask(question), self.bot.threshold, words)
        return search_html(query, words, rows=rows, verdict=said)
