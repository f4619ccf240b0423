"""Masthead, first screen and the line above the question box as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from rag.ui.bot import Info
from rag.ui.escape import html_text
from rag.ui.feedback import MAX_WORD
from rag.ui.strings import Strings


def header_html(title: str, words: Strings, *, adding: bool = False) -> str:
    """The masthead. What lies in ``wb-menu`` stands in a row on a desk and folds under a button on a phone."""
    other = (
        f'<button type="button" data-act="language" data-lang="{words.switch_lang}" '
        f'lang="{words.switch_html_lang}">{words.switch}</button>'
    )
    add = f'<button type="button" data-view="add">{words.add}</button>' if adding else ""
    menu = (
        f'<button type="button" class="wb-fold" data-act="menu" aria-expanded="false" aria-controls="wb-menu" '
        f'aria-label="{words.menu}">☰</button>'
        f'<div id="wb-menu"><button type="button" data-view="contents">{words.contents}</button>{add}'
        f'<button type="button" data-act="export" hidden>{words.export}</button>'
        f'<button type="button" data-act="clear" hidden>{words.new_chat}</button>{other}</div>'
    )
    tabs = (
        f'<div class="wb-tabs"><button type="button" data-tab="ask" aria-pressed="true">{words.asking}</button>'
        f'<button type="button" data-tab="search" aria-pressed="false">{words.searching_tab}</button></div>'
    )
    return (
        f'<header class="wb-masthead" lang="{words.html_lang}">'
        f'<span class="wb-seal" aria-hidden="true" lang="zh-CN">问</span>'
        f'<h1>{html_text(title)}</h1><p class="wb-tagline">{words.tagline}</p>{tabs}<nav>{menu}</nav>'
        f'<p class="wb-toast" role="status" data-copied="{words.copied}" data-not-copied="{words.not_copied}"></p>'
        "</header>"
    )


def welcome_html(info: Info, examples: Sequence[str], words: Strings, dates: Sequence[str] = ()) -> str:
    """What this is, how much it knows, and questions to start with; shown by the chat while it is empty.

    ``dates`` are the days of the articles, as far as they are known.

    The chat's Markdown strips ``data-`` attributes, so an example is known by its class and asked by its text.
    """
    knows = words.knows.format(sources=info.sources, articles=info.articles, passages=info.passages)
    if dates:
        knows += " · " + html_text(words.dates.format(since=min(dates), until=max(dates)))
    tries = "".join(f'<button class="wb-example">{html_text(e)}</button>' for e in examples)
    asking = f'<p class="wb-try">{words.try_asking}</p><div class="wb-examples">{tries}</div>' if examples else ""
    return (
        f'<div class="wb-welcome"><h2>{words.welcome}</h2><p class="wb-about">{words.about}</p>'
        f'<p class="wb-knows">{knows}</p>{asking}</div>'
    )


def notice_html(message: str, role: str = "alert") -> str:
    """One line above the question box, such as about what went wrong."""
    return f'<p class="wb-notice" role="{role}">{html_text(message)}</p>'


def comment_html(turn: int, good: bool, words: Strings) -> str:
    """Thanks for a rating, and room for a word about it."""
    asked = words.tell_more if good else words.tell_wrong
    return (
        f'<form class="wb-notice wb-comment" data-turn="{turn}" role="group" aria-label="{words.thanks}">'
        f'<label for="wb-word"><span role="status">{words.thanks}</span> {asked}</label>'
        f'<input id="wb-word" name="word" maxlength="{MAX_WORD}" autocomplete="off">'
        f'<button type="submit">{words.say}</button>'
        f'<button type="button" data-act="dismiss">{words.dismiss}</button></form>'
    )
