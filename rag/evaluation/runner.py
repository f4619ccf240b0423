"""Questions through a chatbot, each answered once, to rows and a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Protocol

from rag.chatbot import HITS, clean_question
from rag.corpus import passages
from rag.errors import EvaluationError, InputError
from rag.evaluation.gold import Finder, Gold, paragraph_gold
from rag.evaluation.questions import Question, QuestionSet
from rag.evaluation.report import Report
from rag.evaluation.scores import Row, answer_row, retrieval_row
from rag.types import Answer, Article, Document, Hit, Leg, Progress, Scores

BATCH = 64
#: Hits beyond the tenth are asked for because several may be parts of one paragraph, which counts once.
RETRIEVED = 50
TIMED, WARM_UP = 200, 3


class Bot(Protocol):
    """What evaluation needs of a chatbot; the first hits of a large ``k`` are those of a small one."""

    threshold: float

    def retrieve(self, questions: Sequence[str], k: int = ..., leg: Leg = ...) -> list[list[Hit]]: ...
    def articles(self, source: str | None = None) -> tuple[Article, ...]: ...
    def document(self, source: str) -> Document: ...
    def read(
        self, questions: Sequence[str], hits: Sequence[Sequence[Hit]], *, min_confidence: float | None = None
    ) -> list[Answer]: ...


@dataclass(frozen=True, slots=True)
class Mode:
    """What of the bot is evaluated; ``min_confidence=None`` takes the default of the question set."""

    retrieval: bool = False
    gold_passage: bool = False
    leg: Leg = "fused"
    min_confidence: float | None = None


def evaluate(
    bot: Bot,
    asked: QuestionSet,
    mode: Mode | None = None,
    *,
    pool: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Ask every question and score what comes back.

    ``pool`` names the source under which each paragraph of a SQuAD set was indexed; our JSONL goes without.
    """
    mode = mode or Mode()
    work = _Work(bot, mode, threshold_for(bot, asked, mode), pool or {})
    golds = _golds(bot, asked, mode, pool)
    rows: list[Row] = []
    for start in range(0, len(golds), BATCH):
        batch = slice(start, start + BATCH)
        rows += work.rows(asked.questions[batch], golds[batch])
        _tell(progress, "ask", len(rows), len(golds))
    return Report.of(work.timed(rows, progress))


def _golds(bot: Bot, asked: QuestionSet, mode: Mode, pool: Mapping[str, str] | None) -> list[Gold]:
    if asked.format == "squad":
        if pool is None:
            raise EvaluationError(f"{asked.name} is a SQuAD file: index its paragraphs first (see open_pool)")
        return [paragraph_gold(question, pool[question.context or ""]) for question in asked.questions]
    if mode.gold_passage:
        raise EvaluationError(f"{asked.name} names no gold paragraphs: --gold-passage needs a SQuAD file")
    finder = Finder({article.source for article in bot.articles()}, bot.document)
    return [finder.gold(question) for question in asked.questions]


def threshold_for(bot: Bot, asked: QuestionSet, mode: Mode) -> float:
    """The confidence from which answers are shown, where the user names none: calibrated, or 0 to answer always."""
    if mode.min_confidence is not None:
        return mode.min_confidence
    return bot.threshold if asked.wants_abstention else 0.0


def _tell(progress: Progress | None, stage: str, done: int, total: int) -> None:
    if progress is not None:
        progress(stage, done, total)


@dataclass(frozen=True, slots=True)
class _Work:
    """What happens to questions in one mode."""

    bot: Bot
    mode: Mode
    threshold: float
    pool: Mapping[str, str]

    def rows(self, questions: Sequence[Question], golds: Sequence[Gold]) -> list[Row]:
        found = self._hits(questions, RETRIEVED)
        if self.mode.retrieval:
            return [retrieval_row(*row) for row in zip(questions, golds, found, strict=True)]
        forced = self._read(questions, found)
        ranked = [None] * len(found) if self.mode.gold_passage else found
        return [answer_row(*row, self.threshold) for row in zip(questions, golds, ranked, forced, strict=True)]

    def timed(self, rows: Sequence[Row], progress: Progress | None) -> list[Row]:
        """The rows, an even sample of them with the time that the question takes alone and warm."""
        sample = range(0, len(rows), max(1, -(-len(rows) // TIMED)))
        timed = list(rows)
        for at in sample[:WARM_UP]:
            self._milliseconds(rows[at].question)
        for done, at in enumerate(sample, start=1):
            timed[at] = replace(rows[at], latency_ms=self._milliseconds(rows[at].question))
            _tell(progress, "time", done, len(sample))
        return timed

    def _milliseconds(self, question: Question) -> float:
        start = perf_counter()
        found = self._hits([question], HITS)
        if not self.mode.retrieval:
            self._read([question], found)
        return (perf_counter() - start) * 1000

    def _hits(self, questions: Sequence[Question], k: int) -> list[list[Hit]]:
        if self.mode.gold_passage:
            return [self._given(question) for question in questions]
        return self.bot.retrieve([_text(question) for question in questions], k=k, leg=self.mode.leg)

    def _given(self, question: Question) -> list[Hit]:
        """The parts of the question's own paragraph."""
        source = self.pool[question.context or ""]
        page = self.bot.document(source).text
        parts = (part for article in self.bot.articles(source) for part in passages(article, page))
        return [Hit(part, Scores(dense=None, lexical=None, fused=1.0)) for part in parts]

    def _read(self, questions: Sequence[Question], found: Sequence[Sequence[Hit]]) -> list[Answer]:
        """Without threshold: whether a user would see the answer follows from its confidence."""
        hits = [list(given) if self.mode.gold_passage else list(given)[:HITS] for given in found]
        return self.bot.read([_text(question) for question in questions], hits, min_confidence=0.0)


def _text(question: Question) -> str:
    """As the chat would ask it."""
    try:
        return clean_question(question.question)
    except InputError as error:
        raise EvaluationError(f"question {question.id}: {error}") from error
