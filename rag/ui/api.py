"""The named endpoints: the same JSON as the command line and the Python API.

Function and argument names are the interface; their types and docstrings become its published schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import gradio as gr
from gradio.events import api as endpoint

from rag.errors import InputError, RagError
from rag.types import Leg
from rag.ui.bot import Bot
from rag.ui.escape import printable

MAX_BATCH = 1000
MAX_HITS = 100
_LEGS = get_args(Leg)


def add_endpoints(bot: Bot) -> None:
    """``/ask``, ``/ask_batch``, ``/search`` and ``/source`` in the Blocks being built."""

    def ask(question: str, min_confidence: float | None = None) -> dict[str, Any]:
        """Answer a question with verbatim, cited sentences, or abstain.

        Args:
            question: the question, in any language
            min_confidence: abstain below this probability (0 to 1); left out, the calibrated threshold
        """
        with _one_line():
            return bot.ask(_text(question), min_confidence=_share(min_confidence)).to_dict()

    def ask_batch(questions: list[str], min_confidence: float | None = None) -> list[dict[str, Any]]:
        """Answer up to 1000 questions in one call; the answers come in the order of the questions.

        Args:
            questions: the questions, in any language
            min_confidence: abstain below this probability (0 to 1); left out, the calibrated threshold
        """
        with _one_line():
            answers = bot.ask_all(_texts(questions), min_confidence=_share(min_confidence))
        return [a.to_dict() for a in answers]

    def search(question: str, k: int = 10, leg: str = "fused") -> list[dict[str, Any]]:
        """The passages nearest to a question, best first, with their scores.

        Args:
            question: the question, in any language
            k: how many passages, 1 to 100
            leg: which ranking: fused, dense or lexical
        """
        with _one_line():
            return [h.to_dict() for h in bot.search(_text(question), k=_whole(k, "k", 1, MAX_HITS), leg=_leg(leg))]

    def source(source: str, start: int = 0, end: int | None = None) -> dict[str, Any]:
        """A part of a source file as it was indexed; offsets are the code points that citations give.

        Args:
            source: the file's name as in a citation
            start: first code point
            end: one past the last code point; left out, the end of the file
        """
        with _one_line():
            return _slice(bot, source, start, end)

    endpoint(ask, api_name="ask", concurrency_limit=4, concurrency_id="answers")
    endpoint(ask_batch, api_name="ask_batch", concurrency_limit=1, concurrency_id="batches")
    endpoint(search, api_name="search", concurrency_limit=4, concurrency_id="answers")
    endpoint(source, api_name="source", concurrency_limit=4)


@contextmanager
def _one_line() -> Iterator[None]:
    """What a caller can mend reaches them as one line."""
    try:
        yield
    except RagError as error:
        raise gr.Error(str(error), print_exception=False) from error


def _text(value: Any, name: str = "question") -> str:
    if not isinstance(value, str):
        raise InputError(f"{name} is not a text; send a JSON string")
    return printable(value)


def _texts(values: Any) -> list[str]:
    if not isinstance(values, list) or len(values) > MAX_BATCH:
        raise InputError(f"questions is not a list of at most {MAX_BATCH}; send fewer at a time")
    return [_text(v) for v in values]


def _share(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InputError("min_confidence is not a number from 0 to 1; send one, or leave it out")
    return float(value)


def _whole(value: Any, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{name} is out of range; send a whole number from {low} to {high}")
    return value


def _leg(value: Any) -> Leg:
    if value not in _LEGS:
        raise InputError(f"leg is none of {', '.join(_LEGS)}; send one of these")
    leg: Leg = value
    return leg


def _slice(bot: Bot, source: Any, start: Any, end: Any) -> dict[str, Any]:
    text = bot.document(_text(source, "source")).text
    first = _whole(start, "start", 0, len(text))
    last = len(text) if end is None else _whole(end, "end", first, len(text))
    return {"source": source, "start": first, "end": last, "text": text[first:last]}
