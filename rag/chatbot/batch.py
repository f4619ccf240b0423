"""A batch of questions, some of which cannot be asked."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chatbot.answerer import Answerer
from rag.chatbot.clean import clean_question
from rag.errors import InputError
from rag.types import Answer


def ask_batch(
    bot: Answerer,
    questions: Sequence[str | InputError],
    *,
    min_confidence: float | None = None,
    candidates: bool = False,
) -> list[Answer | InputError]:
    """The answers in the order of the questions; a question that cannot be asked has its error instead.

    Errors among ``questions`` are those that the caller has noticed; they are passed through.
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
