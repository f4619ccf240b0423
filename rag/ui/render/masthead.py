"""Masthead, first screen and the line above the question box as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chatbot.answerer import Info
from rag.ui.feedback import MAX_WORD
from rag.ui.render.templates import render
from rag.ui.wording import Strings


def header_html(title: str, words: Strings, *, adding: bool = False) -> str:
    """The masthead; ``adding`` is whether articles can be added."""
    return render("header", title=title, words=words, adding=adding)


def welcome_html(info: Info, examples: Sequence[str], words: Strings, dates: Sequence[str] = ()) -> str:
    """What this is, how much it knows, and questions to start with; shown by the chat while it is empty.

    ``dates`` are the days of the articles, as far as they are known.
    """
    knows = words.knows.format(sources=info.sources, articles=info.articles, passages=info.passages)
    if dates:
        knows += " · " + words.dates.format(since=min(dates), until=max(dates))
    return render("welcome", words=words, knows=knows, examples=examples)


def notice_html(message: str, role: str = "alert") -> str:
    """One line above the question box, for example about what went wrong."""
    return render("notice", message=message, role=role)


def comment_html(turn: int, good: bool, words: Strings) -> str:
    """Thanks for a rating, and a box to write something about it."""
    return render("comment", turn=turn, good=good, words=words, longest=MAX_WORD)
