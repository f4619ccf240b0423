"""A question with a conversation before it: what it leaves out is filled in, and the article at hand is read first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from rag.chatbot.dialogue import last_cited, resolve, turn_of
from rag.reader.summary import ArticleQuestion, article_question
from rag.text import language
from rag.types import Answer, Citation, Hit

#: Passages retrieved for a question about the article at hand.
DEEP = 50
_LONGEST = 1000


class Bot(Protocol):
    """What a conversation asks of a chatbot."""

    threshold: float

    def ask_all(self, questions: Sequence[str], *, min_confidence: float | None = None) -> list[Answer]: ...
    def retrieve(self, questions: Sequence[str], k: int = ...) -> list[list[Hit]]: ...
    def read(
        self,
        questions: Sequence[str],
        hits: Sequence[Sequence[Hit]],
        *,
        min_confidence: float | None = None,
        started: float | None = None,
    ) -> list[Answer]: ...
    def tell(
        self,
        question: str,
        asked: ArticleQuestion,
        cited: Citation,
        *,
        surety: float,
        min_confidence: float | None = None,
    ) -> Answer: ...


def converse(
    bot: Bot, text: str, history: Sequence[Answer], *, hits: int, min_confidence: float | None = None
) -> Answer:
    """Answer a cleaned question as it is meant after ``history``; ``hits`` are the passages read for an answer."""
    last = last_cited(history)
    asked = article_question(text)
    if asked and not asked.topic and last:
        meant = with_headline(text, asked, last.citations[0].article)
        # The article is the one that is meant as surely as it answered what was asked last.
        answer = bot.tell(meant, asked, last.citations[0], surety=last.confidence, min_confidence=min_confidence)
        return replace(answer, question=text, interpreted_as=meant, lang=language(text))
    resolved = resolve(text, [turn_of(answer) for answer in history])
    if resolved is None or len(resolved.question) > _LONGEST:
        return bot.ask_all([text], min_confidence=min_confidence)[0]
    if last is None or not resolved.stays:
        answer = bot.ask_all([resolved.question], min_confidence=min_confidence)[0]
    else:
        answer = _ask_on(bot, (text, resolved.question), last, hits=hits, min_confidence=min_confidence)
    return replace(answer, question=text, interpreted_as=resolved.question, lang=language(text))


def with_headline(text: str, asked: ArticleQuestion, title: str) -> str:
    """The question with the headline in the place of what only points at the article."""
    headline = title if language(title) == "en" else title.partition(" ")[0]
    named = f"“{headline}”" if language(text) == "en" else f"《{headline}》"
    before = text[: asked.named.start]
    gap = " " if language(text) == "en" and before and not before.endswith(" ") else ""
    return before + gap + named + text[asked.named.end :]


def _ask_on(bot: Bot, asked: tuple[str, str], last: Answer, *, hits: int, min_confidence: float | None) -> Answer:
    """``asked`` as typed and as meant: what asks on is answered by the article at hand, if that tells."""
    started = time.perf_counter()
    typed, meant = asked
    found = bot.retrieve([meant], k=DEEP)[0]
    place = (last.citations[0].source, last.citations[0].article_number)
    there = [hit for hit in found if (hit.passage.source, hit.passage.article_number) == place][:hits]
    full, short, anywhere = bot.read(
        [meant, typed, meant], [there, there, found[:hits]], min_confidence=min_confidence, started=started
    )
    here = max(full, short, key=lambda answer: answer.confidence)
    kept = here.confidence >= min(bot.threshold, anywhere.confidence)
    return replace(here if kept else anywhere, passages=anywhere.passages)
