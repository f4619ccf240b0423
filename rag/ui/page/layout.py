"""The parts of the page and which handler each event goes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from rag.ui.conversation import Conversation
from rag.ui.page.adding import Adding
from rag.ui.page.handlers import Handlers
from rag.ui.page.search_tab import SearchTab
from rag.ui.page.theme import asset
from rag.ui.render.search_tab import search_html
from rag.ui.serving.queue import ANSWERS
from rag.ui.wording import Lang, strings

_STATE_SECONDS = 6 * 3600
_ANSWERS = {"concurrency_limit": 4, "concurrency_id": ANSWERS}


def first_words(handlers: Handlers, lang: Lang) -> dict[str, str]:
    """The words and HTML of the page as it is first drawn, by the names that ``lay_out`` uses."""
    words = strings(lang)
    return {
        "header": handlers.header(words),
        "welcome": handlers.welcome(words),
        "question": words.question,
        "hint": words.hint,
        "send": words.send,
        "conversation": words.conversation,
    }


@dataclass(frozen=True, slots=True)
class _Parts:
    talk: gr.State
    lang: gr.State
    header: Any
    conversation: gr.Chatbot
    notice: gr.HTML
    box: gr.Textbox
    send: gr.Button
    search: Any
    sources: Any
    exported: Any


def lay_out(handlers: Handlers, adding: Adding | None, first_lang: Lang, first: Callable[[str], Any]) -> None:
    """Build the page in the current Blocks. ``first`` returns the words to draw it with, by their names."""
    parts = _draw(first_lang, first)
    _connect_asking(handlers, parts)
    _connect_sources(handlers, parts)
    _connect_rating(handlers, parts)
    parts.search.search(
        SearchTab(handlers.bot).search, [parts.lang], [parts.search], **_ANSWERS, **_private("search")
    ).failure(handlers.failed, [parts.lang], [parts.notice], **_private("search_failed"))
    if adding:
        parts.sources.bring(
            adding.add, [parts.lang], [parts.sources, parts.conversation], concurrency_limit=1, **_private("add")
        ).failure(handlers.failed, [parts.lang], [parts.notice], **_private("add_failed"))


def _draw(first_lang: Lang, first: Callable[[str], Any]) -> _Parts:
    talk = gr.State(Conversation(), time_to_live=_STATE_SECONDS)
    lang = gr.State(first_lang, time_to_live=_STATE_SECONDS)
    header = _html(first("header"), "wb-header", "masthead.js")
    with gr.Row(elem_id="wb-columns", equal_height=False):
        with gr.Column(scale=3, min_width=320, elem_id="wb-left"):
            conversation = gr.Chatbot(
                label=first("conversation"),
                placeholder=first("welcome"),
                elem_id="wb-chat",
                show_label=False,
                height=None,
                autoscroll=False,
                buttons=[],
                feedback_options=None,
                allow_tags=False,
                latex_delimiters=[],
            )
            notice = _html("", "wb-notice")
            with gr.Row(elem_id="wb-ask", equal_height=True):
                box = gr.Textbox(
                    label=first("question"),
                    placeholder=first("hint"),
                    elem_id="wb-question",
                    container=False,
                    autofocus=True,
                    lines=1,
                    max_lines=4,  # no max_length: a browser would cut a pasted text silently
                )
                send = gr.Button(first("send"), variant="primary", elem_id="wb-send", scale=0, min_width=88)
            search = _html(search_html("", strings(first_lang)), "wb-search", "search.js")
        with gr.Column(scale=2, min_width=280, elem_id="wb-right"):
            sources = _html("", "wb-sources", "sources.js", "adding.js")
    exported = _html("", "wb-exported", "export.js")
    return _Parts(talk, lang, header, conversation, notice, box, send, search, sources, exported)


def _html(value: Any, name: str, *scripts: str) -> Any:
    """The events that a script sends are listeners of its part, by name: ``part.open(…)``."""
    script = "".join(map(asset, scripts)) or None
    return gr.HTML(value, js_on_load=script, elem_id=name, apply_default_css=False)


def _connect_asking(handlers: Handlers, parts: _Parts) -> None:
    state = [parts.talk, parts.lang]
    shown = [parts.box, parts.conversation, parts.talk, parts.sources, parts.notice]
    restored = [parts.box, parts.conversation, parts.talk, parts.notice]
    asked = [("typed", parts.box.submit), ("sent", parts.send.click), ("example", parts.header.ask)]
    for name, event in asked:
        answering = event(handlers.ask, [parts.box, *state], shown, **_ANSWERS, **_private(name))
        answering.failure(handlers.restore, state, restored, **_private(f"{name}_failed"))
    again = parts.header.again(handlers.again, state, shown, **_ANSWERS, **_private("again"))
    again.failure(handlers.restore, state, restored, **_private("again_failed"))


def _connect_sources(handlers: Handlers, parts: _Parts) -> None:
    state = [parts.talk, parts.lang]
    cleared = [parts.conversation, parts.talk, parts.sources, parts.notice]
    parts.header.clear(handlers.clear, state, cleared, queue=False, **_private("clear"))
    everything = [
        parts.lang, parts.header, parts.conversation, parts.box, parts.send, parts.sources, parts.search, parts.notice
    ]  # fmt: skip
    parts.header.language(handlers.language, [parts.talk], everything, queue=False, **_private("language"))
    opened = parts.sources.open(handlers.open, state, [parts.sources], queue=False, **_private("open"))
    opened.failure(handlers.failed, [parts.lang], [parts.notice], **_private("open_failed"))


def _connect_rating(handlers: Handlers, parts: _Parts) -> None:
    state = [parts.talk, parts.lang]
    rated = [parts.conversation, parts.talk, parts.notice]
    if handlers.feedback:
        parts.header.rate(handlers.rate, state, rated, queue=False, **_private("rate"))
        parts.header.comment(handlers.comment, state, [parts.notice], queue=False, **_private("comment"))
    parts.exported.export(handlers.export, state, [parts.exported], queue=False, **_private("export"))


def _private(name: str) -> dict[str, Any]:
    """Options of an event of the page. Gradio would rename a public endpoint of the same name."""
    return {"api_name": f"page_{name}", "api_visibility": "private", "show_progress": "hidden"}
