"""The page: chat on the left, sources on the right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from rag.chatbot.answerer import Answerer
from rag.ui.feedback import Feedback
from rag.ui.page.adding import Adding
from rag.ui.page.handlers import Handlers
from rag.ui.page.layout import first_words, lay_out
from rag.ui.page.theme import ACCENT, Scheme, plain_theme, scheme_script, style
from rag.ui.serving.api.endpoints import add_endpoints
from rag.ui.serving.chat_app import App
from rag.ui.upload_store import UploadStore
from rag.ui.wording import EN, ZH, Lang


def build_app(
    bot: Answerer,
    *,
    title: str | None = None,
    lang: Lang | None = None,
    examples: Sequence[str] | None = None,
    accent: str = ACCENT,
    theme: Scheme | gr.themes.Base = "auto",
    feedback: str | Path | None = None,
    uploads: UploadStore | None = None,
) -> App:
    """The chat over ``bot`` as a Gradio app.

    ``lang`` fixes the first language (by default the browser's), ``examples`` replaces the questions made from the
    corpus, ``accent`` is the one colour, as ``#rrggbb``.
    ``theme`` is ``light``, ``dark``, ``auto`` (as in the visitor's system), or a Gradio theme to build on.
    ``feedback`` is the file for ratings; without one, none are asked for. With ``uploads``, whose bot has to be
    ``bot``, articles can be added in the browser.
    """
    chosen = None if examples is None else tuple(examples)
    handlers = Handlers(bot, title, chosen, Feedback(Path(feedback)) if feedback else None, adding=uploads is not None)
    i18n = _translations(handlers)
    name = title or f"{ZH.title} {EN.title}"
    app = App(bot, title=name, fill_height=True, fill_width=True, analytics_enabled=False, delete_cache=(3600, 3600))
    with app:
        first = i18n if lang is None else first_words(handlers, lang).__getitem__
        lay_out(handlers, Adding(uploads, handlers.welcome) if uploads else None, lang or "zh", first)
        add_endpoints(bot)
    app.look = _look(i18n, accent, theme)
    return app


def _look(i18n: gr.I18n, accent: str, theme: Scheme | gr.themes.Base) -> dict[str, Any]:
    """Options of ``launch`` and ``mount_gradio_app``: nothing is uploaded, recorded or loaded from elsewhere."""
    return {
        "theme": theme if isinstance(theme, gr.themes.Base) else plain_theme(),
        "head": scheme_script(theme) if isinstance(theme, str) else "",
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


def _translations(handlers: Handlers) -> gr.I18n:
    chinese = first_words(handlers, "zh")
    locales = {"zh": chinese, "zh-CN": chinese, "zh-TW": chinese}
    return gr.I18n(en=first_words(handlers, "en"), **locales)
