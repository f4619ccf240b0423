"""Ask a chatbot every question of a set once, score the answers, and make a report of them."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from rag.chatbot import HITS, Chatbot, clean_question
from rag.corpus import passages
from rag.embedding.runtime import cores
from rag.errors import EvaluationError, InputError
from rag.evaluation.checks import Bad
from rag.evaluation.conditions import conditions
from rag.evaluation.gold import Finder, Gold, judged_gold, paragraph_gold
from rag.evaluation.journal import Journal
from rag.evaluation.manifest import machine, software
from rag.evaluation.questions import Question, QuestionSet
from rag.evaluation.ranking import DEPTH, unit_of
from rag.evaluation.report import Report
from rag.evaluation.scores import Row, answer_row, retrieval_row
from rag.evaluation.trec import ranking_of
from rag.types import Answer, Hit, Leg, Progress, Scores, Stage

BATCH = 32
#: Ten paragraphs are scored, but several hits may be parts of one paragraph. So more hits are retrieved, and still more
#: where they belong to fewer than ten paragraphs.
RETRIEVED, RETRIEVED_AT_MOST = 20, 100
TIMED, WARM_UP = 200, 3
#: Objects that are made between two searches for reference cycles.
COLLECTED = 100_000


@dataclass(frozen=True, slots=True)
class Mode:
    """Which part of the bot is evaluated. With ``min_confidence=None`` the question set decides the threshold."""

    retrieval: bool = False
    gold_passage: bool = False
    leg: Leg = "fused"
    min_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A question ready to be asked: its number in the set, its text as asked, and where its evidence stands."""

    number: int
    question: Question
    text: str
    gold: Gold


def evaluate(
    bot: Chatbot,
    asked: QuestionSet,
    mode: Mode | None = None,
    *,
    pool: Mapping[str, str] | None = None,
    skip_bad: bool = False,
    journal: Journal | None = None,
    progress: Progress | None = None,
) -> Report:
    """Ask every question and score what comes back.

    ``pool`` gives the source under which a paragraph of a SQuAD or BEIR set was indexed; our JSONL has none.
    Raises ``EvaluationError`` for a question that cannot be asked; with ``skip_bad`` it is left out and named in
    ``Report.skipped``. Rows that ``journal`` holds are not asked again; the others are added to it as they come.
    ``Report.run`` says which questions were asked, with which index and models, and when.
    """
    started, clock = datetime.now(UTC), perf_counter()
    mode, bad = mode or Mode(), Bad(skip_bad)
    work = _Work(bot, mode, threshold_for(bot, asked, mode), pool or {}, asked)
    questions = list(_prepared(bot, asked, mode, pool, bad))
    kept = [(item.number, journal.kept(item.number, item.question)) for item in questions] if journal else []
    rows: dict[int, Row] = {number: row for number, row in kept if row}
    resumed = len(rows)
    unasked = [prepared for prepared in questions if prepared.number not in rows]
    began = perf_counter()
    for made in _rows_by_batch(work, unasked):
        if journal:
            journal.add(made)
        rows.update(made)
        _tell(progress, "ask", len(rows), len(questions))
    seconds = perf_counter() - began
    ordered = [(prepared, rows[prepared.number]) for prepared in questions]
    report = Report.of(work.timed(ordered, progress))
    pace = round(len(unasked) / seconds, 1) if unasked else None
    times = {
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(perf_counter() - clock, 1),
        "questions_per_s": pace,
        "resumed": resumed,
    }
    run = {**conditions_of(bot, asked, mode), "versions": software(), "machine": dict(machine()), **times}
    skipped = (*asked.skipped, *bad.reported)
    return replace(report, run=run, skipped=skipped, questions_per_s=pace, resumed=resumed)


def _rows_by_batch(work: _Work, unasked: Sequence[_Prepared]) -> Iterator[list[tuple[int, Row]]]:
    """The rows of the questions, batch by batch, with the numbers of the questions."""
    batches = [unasked[start : start + BATCH] for start in range(0, len(unasked), BATCH)]
    for batch, rows in zip(batches, _overlapped(work.rows, batches), strict=True):
        yield list(zip((prepared.number for prepared in batch), rows, strict=True))


def conditions_of(bot: Chatbot, asked: QuestionSet, mode: Mode) -> dict[str, Any]:
    """The conditions under which a bot is asked questions in a mode."""
    return conditions(
        bot.info(),
        asked,
        retrieval=mode.retrieval,
        gold_passage=mode.gold_passage,
        leg=mode.leg,
        threshold=threshold_for(bot, asked, mode),
        tentative_threshold=bot.tentative_threshold,
    )


def threshold_for(bot: Chatbot, asked: QuestionSet, mode: Mode) -> float:
    """The least confidence of an answer that is shown: what the user says, or else what suits the set."""
    if mode.min_confidence is not None:
        return mode.min_confidence
    return bot.threshold if asked.wants_abstention else 0.0


def _prepared(
    bot: Chatbot, asked: QuestionSet, mode: Mode, pool: Mapping[str, str] | None, bad: Bad
) -> Iterator[_Prepared]:
    if asked.format == "jsonl" and mode.gold_passage:
        raise EvaluationError(f"{asked.name} names no gold paragraphs: --gold-passage needs a SQuAD file")
    if asked.format == "beir" and not mode.retrieval:
        raise EvaluationError(f"{asked.name} judges documents and has no answers: add --retrieval")
    if asked.format != "jsonl" and pool is None:
        raise EvaluationError(f"{asked.name} brings its own paragraphs: index them first (see open_pool)")
    finder = Finder({article.source for article in bot.articles()} if asked.format == "jsonl" else (), bot.document)
    for number, question in enumerate(asked.questions):
        try:
            gold = _gold(question, asked, finder, pool or {})
            yield _Prepared(number, question, _text(question), gold)
        except EvaluationError as error:
            bad.report(error)


def _gold(question: Question, asked: QuestionSet, finder: Finder, pool: Mapping[str, str]) -> Gold:
    if asked.format == "jsonl":
        return finder.gold(question)
    if asked.format == "beir":
        return judged_gold(question, asked.documents, pool)
    return paragraph_gold(question, pool[question.context or ""])


def _paragraphs(hits: Sequence[Hit]) -> int:
    return len({unit_of(hit) for hit in hits})


def _text(question: Question) -> str:
    """As the chat would ask it."""
    try:
        return clean_question(question.question)
    except InputError as error:
        raise EvaluationError(f"question {question.id}: {error}") from error


def _overlapped(
    work: Callable[[Sequence[_Prepared]], list[Row]], batches: Sequence[Sequence[_Prepared]]
) -> Iterator[list[Row]]:
    """The results of the batches in order. Several batches run at once: while one is embedded, others are ranked.

    There are as many as cores, and two on a single core, so that no core is idle. Matrix products use one thread
    meanwhile, because more threads would wait for one another.
    """
    from threadpoolctl import threadpool_limits

    under_way = max(2, cores())
    one_thread = threadpool_limits(1, user_api="blas")
    with one_thread, _seldom_collected(), ThreadPoolExecutor(under_way, thread_name_prefix="evaluate") as pool:
        waiting: deque[Future[list[Row]]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(work, batch))
                if len(waiting) > under_way:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Rows pile up and hold no reference cycles; looking for cycles as often as usual takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECTED, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _tell(progress: Progress | None, stage: Stage, done: int, total: int) -> None:
    if progress is not None:
        progress(stage, done, total)


@dataclass(frozen=True, slots=True)
class _Work:
    """Asks questions in one mode and scores what comes back."""

    bot: Chatbot
    mode: Mode
    threshold: float
    pool: Mapping[str, str]
    asked: QuestionSet

    def rows(self, batch: Sequence[_Prepared]) -> list[Row]:
        retrieved = self._hits(batch, RETRIEVED)
        shallow = [at for at, hits in enumerate(retrieved) if len(hits) == RETRIEVED and _paragraphs(hits) < DEPTH]
        for at, hits in zip(shallow, self._hits([batch[at] for at in shallow], RETRIEVED_AT_MOST), strict=True):
            retrieved[at] = hits
        if self.mode.retrieval:
            rows = [
                retrieval_row(prepared.question, prepared.gold, hits)
                for prepared, hits in zip(batch, retrieved, strict=True)
            ]
        else:
            rows = self._answered(batch, retrieved)
        if self.mode.gold_passage:
            return rows
        names = self._names()
        return [replace(row, ranking=ranking_of(hits, names)) for row, hits in zip(rows, retrieved, strict=True)]

    def _answered(self, batch: Sequence[_Prepared], retrieved: Sequence[Sequence[Hit]]) -> list[Row]:
        overall = self.asked.format == "squad" and self.asked.wants_abstention
        return [
            answer_row(
                prepared.question,
                prepared.gold,
                None if self.mode.gold_passage else hits,
                forced,
                self.threshold,
                tentative=self.bot.tentative_threshold,
                overall=overall,
            )
            for prepared, hits, forced in zip(batch, retrieved, self._read(batch, retrieved), strict=True)
        ]

    def _names(self) -> Mapping[str, str] | None:
        """The names that a BEIR set gives its documents, by source; our pages are named by place."""
        if self.asked.format == "jsonl":
            return None
        named = reversed(list(self.asked.documents.items()))
        return {self.pool[text]: name for name, text in named if text in self.pool}

    def timed(self, rows: Sequence[tuple[_Prepared, Row]], progress: Progress | None) -> list[Row]:
        """The rows; an even sample of them has the time that its question takes alone, after a warm-up."""
        sample = range(0, len(rows), max(1, -(-len(rows) // TIMED)))
        timed = [row for _, row in rows]
        for at in sample[:WARM_UP]:
            self._milliseconds(rows[at][0])
        for done, at in enumerate(sample, start=1):
            timed[at] = replace(timed[at], latency_ms=self._milliseconds(rows[at][0]))
            _tell(progress, "time", done, len(sample))
        return timed

    def _milliseconds(self, question: _Prepared) -> float:
        start = perf_counter()
        retrieved = self._hits([question], HITS)
        if not self.mode.retrieval:
            self._read([question], retrieved)
        return (perf_counter() - start) * 1000

    def _hits(self, batch: Sequence[_Prepared], k: int) -> list[list[Hit]]:
        if self.mode.gold_passage:
            return [self._given(prepared.question) for prepared in batch]
        return self.bot.retrieve([prepared.text for prepared in batch], k=k, leg=self.mode.leg)

    def _given(self, question: Question) -> list[Hit]:
        """The passages of the paragraph that the question was written for."""
        source = self.pool[question.context or ""]
        page = self.bot.document(source).text
        parts = (part for article in self.bot.articles(source) for part in passages(article, page))
        return [Hit(part, Scores(dense=None, lexical=None, fused=1.0)) for part in parts]

    def _read(self, batch: Sequence[_Prepared], retrieved: Sequence[Sequence[Hit]]) -> list[Answer]:
        """Answers without a threshold: whether a user would see one follows from its confidence."""
        hits = [list(hits) if self.mode.gold_passage else list(hits)[:HITS] for hits in retrieved]
        return self.bot.read([prepared.text for prepared in batch], hits, min_confidence=0.0, candidates=True)
