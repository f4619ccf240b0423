"""The page: chat on the left, sources on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

import gradio as gr

from rag.chatbot import MAX_QUESTION
from rag.ui.api import add_endpoints
from rag.ui.bot import Bot
from rag.ui.handlers import Handlers
from rag.ui.strings import EN, ZH, Lang, strings
from rag.ui.theme import ACCENT, asset, style, theme

_STATE_SECONDS = 6 * 3600


class App(gr.Blocks):
    """Blocks that know how they want to be served, by ``launch()`` and by ``rag.ui.mount`` alike."""

    look: dict[str, Any]

    def launch(self, *args: Any, **options: Any) -> Any:
        icon = str(files("rag.ui") / "static" / "favicon.svg")
        return super().launch(*args, **{**self.look, "favicon_path": icon, **options})


def build_app(
    bot: Bot,
    *,
    title: str | None = None,
    lang: Lang | None = None,
    examples: Sequence[str] | None = None,
    accent: str = ACCENT,
) -> App:
    """The chat over ``bot`` as a Gradio app.

    ``lang`` fixes the first language (by default the browser's), ``examples`` replaces the questions made from the
    corpus, ``accent`` is the one colour, as ``#rrggbb``.
    """
    handlers = Handlers(bot, title, None if examples is None else tuple(examples))
    i18n = _translations(handlers)
    name = title or f"{ZH.title} {EN.title}"
    app = App(title=name, fill_height=True, fill_width=True, analytics_enabled=False, delete_cache=(3600, 3600))
    with app:
        _page(handlers, lang or "zh", i18n if lang is None else _first_words(handlers, lang).__getitem__)
        add_endpoints(bot)
    app.look = _look(i18n, accent)
    app.queue(max_size=64, default_concurrency_limit=4, api_open=False)
    return app


def _look(i18n: gr.I18n, accent: str) -> dict[str, Any]:
    """What ``launch`` and ``mount_gradio_app`` are told: nothing is uploaded, recorded or loaded from elsewhere."""
    return {
        "theme": theme(),
        "css": style(accent),
        "i18n": i18n,
        "footer_links": [],
        "run_history": False,
        "allowed_paths": [],
        "max_file_size": "1kb",
        "enable_monitoring": False,
        "show_error": False,
        "ssr_mode": False,
    }


def _first_words(handlers: Handlers, lang: Lang) -> dict[str, str]:
    words = strings(lang)
    return {
        "header": handlers.header(words),
        "welcome": handlers.welcome(words),
        "question": words.question,
        "hint": words.hint,
        "send": words.send,
        "conversation": words.conversation,
    }


def _translations(handlers: Handlers) -> gr.I18n:
    chinese = _first_words(handlers, "zh")
    locales = {"zh": chinese, "zh-CN": chinese, "zh-TW": chinese}
    return gr.I18n(en=_first_words(handlers, "en"), **locales)


def _page(handlers: Handlers, first_lang: Lang, first: Callable[[str], Any]) -> None:
    """``first`` gives the words the page is first drawn with."""
    turns = gr.State({}, time_to_live=_STATE_SECONDS)
    lang = gr.State(first_lang, time_to_live=_STATE_SECONDS)
    header = gr.HTML(first("header"), js_on_load=asset("masthead.js"), elem_id="wb-header", apply_default_css=False)
    with gr.Row(elem_id="wb-columns", equal_height=False):
        with gr.Column(scale=3, min_width=320, elem_id="wb-left"):
            conversation = gr.Chatbot(
                label=first("conversation"),
                placeholder=first("welcome"),
                elem_id="wb-chat",
                show_label=False,
                height=None,
                buttons=[],
                feedback_options=None,
                allow_tags=False,
                latex_delimiters=[],
            )
            notice = gr.HTML("", elem_id="wb-notice", apply_default_css=False)
            with gr.Row(elem_id="wb-ask", equal_height=True):
                box = gr.Textbox(
                    label=first("question"),
                    placeholder=first("hint"),
                    elem_id="wb-question",
                    container=False,
                    autofocus=True,
                    lines=1,
                    max_lines=4,
                    max_length=MAX_QUESTION,
                )
                send = gr.Button(first("send"), variant="primary", elem_id="wb-send", scale=0, min_width=88)
        with gr.Column(scale=2, min_width=280, elem_id="wb-right"):
            sources = gr.HTML("", js_on_load=asset("sources.js"), elem_id="wb-sources", apply_default_css=False)

    for name, event in (("typed", box.submit), ("sent", send.click), ("example", header.ask)):
        asked = event(
            handlers.ask,
            [box, turns, lang],
            [box, conversation, turns, sources, notice],
            concurrency_limit=4,
            concurrency_id="answers",
            **_private(name),
        )
        asked.failure(handlers.restore, [turns, lang], [conversation, notice], **_private(f"{name}_failed"))
    header.clear(handlers.clear, [lang], [conversation, turns, sources, notice], queue=False, **_private("clear"))
    everything = [lang, header, conversation, box, send, sources]
    header.language(handlers.language, [turns], everything, queue=False, **_private("language"))
    opened = sources.open(handlers.open, [turns, lang], [sources], queue=False, **_private("open"))
    opened.failure(handlers.failed, [lang], [notice], **_private("open_failed"))


def _private(name: str) -> dict[str, Any]:
    """An event of the page; named apart from the public endpoints, or Gradio renames those."""
    return {"api_name": f"page_{name}", "api_visibility": "private", "show_progress": "hidden"}
