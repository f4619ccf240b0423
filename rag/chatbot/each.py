"""Many questions, of which some cannot be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.chatbot.clean import clean_question
from rag.errors import InputError
from rag.types import Answer


class Asks(Protocol):
    def ask_all(
        self, questions: Sequence[str], *, min_confidence: float | None = None, candidates: bool = False
    ) -> list[Answer]: ...


def ask_each(
    bot: Asks,
    questions: Sequence[str | InputError],
    *,
    min_confidence: float | None = None,
    candidates: bool = False,
) -> list[Answer | InputError]:
    """An answer for every question that can be asked, and for every other one why not, in their order.

    An error among ``questions`` is one that the caller found already.
    """
    cleaned = [_cleaned(question) for question in questions]
    asked = [question for question in cleaned if isinstance(question, str)]
    answers = iter(bot.ask_all(asked, min_confidence=min_confidence, candidates=candidates) if asked else ())
    return [next(answers) if isinstance(question, str) else question for question in cleaned]


def _cleaned(question: str | InputError) -> str | InputError:
    if isinstance(question, InputError):
        return question
    try:
        return clean_question(question)
    except InputError as error:
        return error
