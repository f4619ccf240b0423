"""The named endpoints: the same JSON as the command line and the Python API.

Function and argument names are the interface; their types and docstrings become its published schema.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import gradio as gr

from rag.chatbot.answerer import Answerer
from rag.chatbot.batch import ask_batch
from rag.errors import InputError, RagError
from rag.types import Answer, Filter
from rag.ui.gradio_internals import add_endpoint
from rag.ui.render.escape import printable
from rag.ui.serving.api.json_schema import AnswerJson, ErrorJson, HitJson, SourceJson, inline
from rag.ui.serving.api.values import flag, known_leg, share, text, text_or_error, texts, whole
from rag.ui.serving.queue import ANSWERS

MAX_BATCH = 1000
MAX_HITS = 100
MAX_HISTORY = 10
MAX_FILTERS = 100
NAMES = ("ask", "ask_batch", "search", "source")

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The endpoints as methods; each raises ``RagError`` with one line for the caller."""

    bot: Answerer

    def ask(
        self,
        question: str,
        min_confidence: float | None = None,
        history: list[str] | None = None,
        candidates: bool = False,
    ) -> AnswerJson:
        """Answer a question with verbatim, cited sentences, or abstain.

        A tentative answer is an abstention with sentences that may answer.

        Args:
            question: the question, in any language
            min_confidence: abstain below this probability (0 to 1); left out, the calibrated threshold
            history: the questions asked before it, oldest first, at most 10, if it may follow on them
            candidates: the best sentences with every answer, not only with a tentative one
        """
        threshold = share(min_confidence)
        answers: list[Answer] = []
        for earlier in texts([] if history is None else history, "history", MAX_HISTORY):
            answers.append(self.bot.ask(earlier, history=answers))
        wanted = flag(candidates, "candidates")
        answer = self.bot.ask(text(question), min_confidence=threshold, history=answers, candidates=wanted)
        return answer.to_dict()

    def ask_batch(
        self,
        questions: list[str],
        min_confidence: float | None = None,
        candidates: bool = False,
    ) -> list[AnswerJson | ErrorJson]:
        """Answer up to 1000 questions in one call; the answers come in the order of the questions.

        In the place of a question that cannot be asked stands an object with ``error``.

        Args:
            questions: the questions, in any language
            min_confidence: abstain below this probability (0 to 1); left out, the calibrated threshold
            candidates: the best sentences with every answer, not only with a tentative one
        """
        wanted = flag(candidates, "candidates")
        if not isinstance(questions, list) or len(questions) > MAX_BATCH:
            raise InputError(f"questions is not a list of at most {MAX_BATCH}; send fewer at a time")
        asked = [text_or_error(question) for question in questions]
        results = ask_batch(self.bot, asked, min_confidence=share(min_confidence), candidates=wanted)
        return [_row(question, result) for question, result in zip(questions, results, strict=True)]

    def search(  # noqa: PLR0917 - Gradio calls by position
        self,
        question: str,
        k: int = 10,
        leg: str = "fused",
        sources: list[str] | None = None,
        articles: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> list[HitJson]:
        """The passages nearest to a question, best first, with their scores.

        Args:
            question: the question, in any language
            k: how many passages, 1 to 100
            leg: which ranking: fused, dense or lexical
            sources: only these files, by name or by pattern such as 2024/*
            articles: only articles with one of these in the headline
            since: only articles dated on this day (2024-06-01) or later
            until: only articles dated on this day or earlier
        """
        where = Filter(
            sources=tuple(texts([] if sources is None else sources, "sources", MAX_FILTERS)),
            articles=tuple(texts([] if articles is None else articles, "articles", MAX_FILTERS)),
            since=None if since is None else text(since, "since"),
            until=None if until is None else text(until, "until"),
        )
        wanted = None if where == Filter() else where
        hits = self.bot.search(text(question), k=whole(k, "k", 1, MAX_HITS), leg=known_leg(leg), where=wanted)
        return [hit.to_dict() for hit in hits]

    def source(self, source: str, start: int = 0, end: int | None = None) -> SourceJson:
        """A part of a source file as it was indexed; offsets are the code points that citations give.

        Args:
            source: the file's name as in a citation
            start: first code point
            end: one past the last code point; left out, the end of the file
        """
        whole_text = self.bot.document(text(source, "source")).text
        first = whole(start, "start", 0, len(whole_text))
        last = len(whole_text) if end is None else whole(end, "end", first, len(whole_text))
        return {"source": source, "start": first, "end": last, "text": whole_text[first:last]}


def add_endpoints(bot: Answerer) -> None:
    """``/ask``, ``/ask_batch``, ``/search`` and ``/source`` in the Blocks being built."""
    does = Endpoints(bot)
    answers = {"concurrency_limit": 4, "concurrency_id": ANSWERS}
    for function, returns, limits in (
        (does.ask, AnswerJson, answers),
        (does.ask_batch, list[AnswerJson | ErrorJson], {"concurrency_limit": 1, "concurrency_id": "batches"}),
        (does.search, list[HitJson], answers),
        (does.source, SourceJson, {"concurrency_limit": 4}),
    ):
        add_endpoint(_in_one_line(function), inline(returns), api_name=function.__name__, **limits)


def _in_one_line(does: Callable[P, R]) -> Callable[P, R]:
    """The function with errors that the caller can mend turned into Gradio's, which reach the caller as one line."""

    @wraps(does)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return does(*args, **kwargs)
        except RagError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return call


def _row(question: Any, result: Answer | InputError) -> AnswerJson | ErrorJson:
    if isinstance(result, Answer):
        return result.to_dict()
    asked = printable(question) if isinstance(question, str) else None
    return {"version": 1, "question": asked, "error": str(result)}
