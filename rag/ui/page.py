"""Masthead and first screen as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from rag.ui.bot import Info
from rag.ui.escape import html_text
from rag.ui.strings import Strings


def header_html(title: str, words: Strings) -> str:
    other = (
        f'<button type="button" data-act="language" data-lang="{words.switch_lang}" '
        f'lang="{words.switch_html_lang}">{words.switch}</button>'
    )
    return (
        f'<header class="wb-masthead" lang="{words.html_lang}">'
        f'<span class="wb-seal" aria-hidden="true" lang="zh-CN">问</span>'
        f'<h1>{html_text(title)}</h1><p class="wb-tagline">{words.tagline}</p>'
        f'<nav><button type="button" data-view="contents">{words.contents}</button>'
        f'<button type="button" data-act="clear">{words.new_chat}</button>{other}</nav></header>'
    )


def welcome_html(info: Info, examples: Sequence[str], words: Strings) -> str:
    """What this is, how much it knows, and questions to start with; shown by the chat while it is empty.

    The chat's Markdown strips ``data-`` attributes, so an example is known by its class and asked by its text.
    """
    knows = words.knows.format(sources=info.sources, articles=info.articles, passages=info.passages)
    tries = "".join(f'<button class="wb-example">{html_text(e)}</button>' for e in examples)
    asking = f'<p class="wb-try">{words.try_asking}</p><div class="wb-examples">{tries}</div>' if examples else ""
    return (
        f'<div class="wb-welcome"><h2>{words.welcome}</h2><p class="wb-about">{words.about}</p>'
        f'<p class="wb-knows">{knows}</p>{asking}</div>'
    )


def notice_html(message: str) -> str:
    """One line above the question box about what went wrong."""
    return f'<p class="wb-notice" role="alert">{html_text(message)}</p>'
