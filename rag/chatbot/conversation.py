"""A question with a conversation before it: read as typed and as one that follows; the surer reading wins."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypedDict

from rag.questions import Judged
from rag.reader.span_reader import with_context
from rag.text import language
from rag.types import Answer, Citation, Hit

#: Passages retrieved for a follow-up question, of which those of the article at hand are read first.
DEEP = 50
#: Characters of the question and the answer before that are kept.
_LONGEST = 300


class _Wanted(TypedDict):
    """Options of a question, handed on as they are."""

    min_confidence: float | None
    candidates: bool


class Bot(Protocol):
    """What a conversation asks of a chatbot."""

    threshold: float

    def ask_all(
        self, questions: Sequence[str], *, min_confidence: float | None = None, candidates: bool = False
    ) -> list[Answer]: ...
    def retrieve(self, questions: Sequence[str], k: int = ...) -> list[list[Hit]]: ...
    def read(
        self,
        questions: Sequence[str],
        hits: Sequence[Sequence[Hit]],
        *,
        min_confidence: float | None = None,
        contexts: Sequence[str] | None = None,
        candidates: bool = False,
        started: float | None = None,
    ) -> list[Answer]: ...
    def kinds(self, questions: Sequence[str]) -> list[Judged]: ...
    def summarise(
        self,
        question: str,
        cited: Citation,
        *,
        confidence: float,
        min_confidence: float | None = None,
        candidates: bool = False,
    ) -> Answer: ...


def converse(
    bot: Bot,
    text: str,
    history: Sequence[Answer],
    *,
    hits: int,
    min_confidence: float | None = None,
    candidates: bool = False,
) -> Answer:
    """Answer a cleaned question as it is meant after ``history``; ``hits`` are the passages read for an answer."""
    wanted: _Wanted = {"min_confidence": min_confidence, "candidates": candidates}
    last = last_cited(history)
    if last is None:
        return bot.ask_all([text], **wanted)[0]
    (judged,) = bot.kinds([text])
    if judged.kind == "fact":
        return _follow(bot, text, last, hits, wanted)
    if judged.kind == "article" and not judged.names_article:
        meant = with_headline(text, last.quoted[0].article)
        # The article is the one that is meant as surely as it answered what was asked last.
        answer = bot.summarise(meant, last.quoted[0], confidence=last.confidence, **wanted)
        return replace(answer, question=text, interpreted_as=meant, lang=language(text))
    return bot.ask_all([text], **wanted)[0]


def last_cited(history: Sequence[Answer]) -> Answer | None:
    """The last answer that quotes something, sure or tentative; nothing where no turn did."""
    return next((answer for answer in reversed(history) if answer.quoted), None)


def _follow(bot: Bot, text: str, last: Answer, hits: int, wanted: _Wanted) -> Answer:
    """The surer of two readings: of the question by itself, and after the one before."""
    started = time.perf_counter()
    before = (last.interpreted_as or last.question)[-_LONGEST:]
    context = f"{before}\n{(last.answer or last.quoted[0].marked)[:_LONGEST]}"
    meant = with_context(text, context)
    alone, together = bot.retrieve([text, meant], k=DEEP)
    typed, following = bot.read(
        [text, text],
        [alone[:hits], _first_of_article(together, last.quoted[0])[:hits]],
        contexts=["", context],
        started=started,
        **wanted,
    )
    if following.confidence <= typed.confidence or _same_sentence(typed, following):
        return typed
    return replace(following, interpreted_as=meant)


def _first_of_article(hits: Sequence[Hit], cited: Citation) -> list[Hit]:
    """The hits of the article that is cited, then all others."""

    def is_elsewhere(hit: Hit) -> bool:
        return (hit.passage.source, hit.passage.article_number) != (cited.source, cited.article_number)

    return sorted(hits, key=is_elsewhere)


def _same_sentence(one: Answer, other: Answer) -> bool:
    places = [(c.source, c.start, c.end) for answer in (one, other) for c in answer.quoted[:1]]
    return len(places) == 2 and places[0] == places[1]


def with_headline(text: str, title: str) -> str:
    """The question with the headline of the article that it points at.

    >>> with_headline("讲了什么?", "会议召开 区领导讲话"), with_headline("What is it about?", "Ferry starts")
    ('《会议召开》讲了什么?', '“Ferry starts”: What is it about?')
    """
    headline = title if language(title) == "en" else title.partition(" ")[0]
    return f"《{headline}》{text}" if language(text) == "zh" else f"“{headline}”: {text}"
