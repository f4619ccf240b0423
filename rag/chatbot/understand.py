"""What a question means before anything is retrieved: its kind, and the turn of the conversation it may follow."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from rag.embedding import Embedder, load_embedder
from rag.questions import Judged, bundled_kinds
from rag.reader.parts import parts
from rag.reader.span_reader import with_context
from rag.text import language
from rag.types import Answer, Citation

#: Characters of the question and of the answer before that are kept.
_LONGEST = 300

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """The last turn of a conversation that quoted something, surely or tentatively."""

    question: str
    answer: str
    cited: Citation
    confidence: float

    @property
    def context(self) -> str:
        """What the reader sees of it: the question and the answer, one line each."""
        return f"{self.question}\n{self.answer}"


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it is asked of the index.

    ``question`` is as the user typed it, ``text`` is what is retrieved and read for it. ``previous`` is the turn that a
    question for a fact may follow, or whose article a question for an article means; None for all others. ``parts`` are
    the questions that it is made of; empty for a single one.
    """

    question: str
    text: str
    kind: Judged
    previous: Turn | None = None
    parts: tuple[str, ...] = ()

    @property
    def follow_up(self) -> str | None:
        """The question after the one of the previous turn; None if it follows none."""
        if self.previous is None or self.kind.kind != "fact":
            return None
        return with_context(self.text, self.previous.context)

    @property
    def part_queries(self) -> tuple[str, ...]:
        """What is retrieved for each part: a later part leaves out what the first one says."""
        return (*self.parts[:1], *(with_context(part, self.parts[0]) for part in self.parts[1:]))

    @property
    def queries(self) -> tuple[str, ...]:
        """What is retrieved: the question, each of its parts, and the question after the previous turn.

        Nothing is retrieved for small talk.
        """
        if self.kind.kind == "small_talk":
            return ()
        return (self.text, *self.part_queries, *((self.follow_up,) if self.follow_up else ()))

    @property
    def is_read(self) -> bool:
        """Whether sentences are read for it: also for a named article, because a fact may be meant all the same."""
        return self.kind.kind == "fact" or self.kind.names_article


class KindOfQuestion:
    """Classifies questions with the bundled embedder, whatever model an index was built with.

    Safe to share between threads. ``embedder`` is used if the weights were fitted for it, which saves a second one.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._classifier = bundled_kinds()
        self._embedder = embedder if embedder.name == self._classifier.model else load_embedder()
        self._fits = self._embedder.name == self._classifier.model
        if not self._fits:
            _log.warning(
                "kinds of questions were fitted for %s, not for %s: every question is taken for one about a fact",
                self._classifier.model,
                self._embedder.name,
            )

    def classify(self, questions: Sequence[str]) -> list[Judged]:
        """One kind for each question."""
        if not self._fits:
            return [Judged("fact", 1.0) for _ in questions]
        judged = self._classifier.classify(self._embedder.encode_queries(questions))
        # A single letter or digit would be taken for small talk.
        return [
            kind if sum(map(str.isalnum, question)) > 1 else Judged("fact", 1.0)
            for question, kind in zip(questions, judged, strict=True)
        ]


def understand(question: str, text: str, kind: Judged, history: Sequence[Answer]) -> Understood:
    """``text`` is the question with the names that the index knows in characters; ``history`` is oldest first."""
    previous = last_quoting(history)
    if kind.kind == "fact" or kind.names_article:
        split = parts(text)
        may_follow = previous if kind.kind == "fact" else None
        return Understood(question, text, kind, may_follow, split if len(split) > 1 else ())
    if kind.kind == "article" and previous is not None:
        return Understood(question, with_headline(text, previous.cited.article), kind, previous)
    return Understood(question, text, kind)


def last_quoting(history: Sequence[Answer]) -> Turn | None:
    """The last turn that quotes something, or None."""
    last = next((answer for answer in reversed(history) if answer.quoted), None)
    if last is None:
        return None
    question = (last.interpreted_as or last.question)[-_LONGEST:]
    answer = (last.answer or last.quoted[0].marked)[:_LONGEST]
    return Turn(question, answer, last.quoted[0], last.confidence)


def with_headline(text: str, title: str) -> str:
    """The question with the headline of the article that it is about.

    >>> with_headline("讲了什么?", "会议召开 区领导讲话"), with_headline("What is it about?", "Ferry starts")
    ('《会议召开》讲了什么?', '“Ferry starts”: What is it about?')
    """
    headline = title if language(title) == "en" else title.partition(" ")[0]
    return f"《{headline}》{text}" if language(text) == "zh" else f"“{headline}”: {text}"
