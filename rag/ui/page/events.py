"""The data of events, which may be anything, and the lines that are shown when something is wrong."""

from __future__ import annotations

import logging
from typing import Any

import gradio as gr

from rag.chatbot import MAX_QUESTION
from rag.errors import IndexFolderError, InputError, RagError
from rag.ui.gradio_internals import event_payload
from rag.ui.wording import Strings

_log = logging.getLogger(__name__)


def problem(question: str, words: Strings) -> str | None:
    """Why a question cannot be asked, as one line in the language of the interface."""
    if not question.strip():
        return words.empty_question
    if len(question) > MAX_QUESTION:
        return words.long_question.format(limit=MAX_QUESTION)
    if not any(c.isalnum() for c in question):
        return words.wordless_question
    return None


def error_line(error: RagError, words: Strings) -> str:
    """An error of the bot as one line for a visitor; what only the owner can mend goes to the log."""
    if isinstance(error, InputError):
        return words.refused
    _log.error("%s", error)
    return words.index_trouble if isinstance(error, IndexFolderError) else words.failed


def payload(event: gr.EventData) -> dict[str, Any]:
    """The object that the browser sent with a custom event; empty if it sent something else."""
    data = event_payload(event)
    return data if isinstance(data, dict) else {}


def text_of(event: gr.EventData, name: str) -> str:
    value = payload(event).get(name)
    return value if isinstance(value, str) else ""


def turn_of(event: gr.EventData) -> int:
    """The turn an event is about; 0, which no turn has, if it names none."""
    value = payload(event).get("turn")
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
