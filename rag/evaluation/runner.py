"""Questions through a chatbot, each answered once, to rows and a report."""

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
#: Hits beyond the tenth are asked for because several may be parts of one paragraph, which counts once; where they are
#: parts of too few paragraphs, more are.
RETRIEVED, RETRIEVED_AT_MOST = 20, 100
TIMED, WARM_UP = 200, 3
#: New objects between two searches for cycles.
COLLECTED = 100_000


@dataclass(frozen=True, slots=True)
class Mode:
    """What of the bot is evaluated; ``min_confidence=None`` takes the default of the question set."""

    retrieval: bool = False
    gold_passage: bool = False
    leg: Leg = "fused"
    min_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question by its number in the set, as the chat would ask it, with where its evidence stands."""

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

    ``pool`` names the source under which each paragraph of a SQuAD or BEIR set was indexed; our JSONL goes without.
    Raises ``EvaluationError`` for a question that cannot be asked; with ``skip_bad`` it is left out and told of in
    ``Report.skipped``. Rows that ``journal`` holds are not asked again; the others are added to it as they come.
    ``Report.run`` says with what they were asked, of which questions, and when.
    """
    started, clock = datetime.now(UTC), perf_counter()
    mode, bad = mode or Mode(), Bad(skip_bad)
    work = _Work(bot, mode, threshold_for(bot, asked, mode), pool or {}, asked)
    questions = list(_prepared(bot, asked, mode, pool, bad))
    kept = {each.number: journal.kept(each.number, each.question) for each in questions} if journal else {}
    rows: dict[int, Row] = {number: row for number, row in kept.items() if row}
    resumed = len(rows)
    unasked = [each for each in questions if each.number not in rows]
    began = perf_counter()
    for made in _made(work, unasked):
        if journal:
            journal.add(made)
        rows.update(made)
        _tell(progress, "ask", len(rows), len(questions))
    seconds = perf_counter() - began
    ordered = [(each, rows[each.number]) for each in questions]
    report = Report.of(work.timed(ordered, progress))
    pace = round(len(unasked) / seconds, 1) if unasked else None
    times = {
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(perf_counter() - clock, 1),
        "questions_per_s": pace,
        "resumed": resumed,
    }
    run = {**conditions_of(bot, asked, mode), "versions": software(), "machine": dict(machine()), **times}
    told = (*asked.skipped, *bad.told)
    return replace(report, run=run, skipped=told, questions_per_s=pace, resumed=resumed)


def _made(work: _Work, unasked: Sequence[_Asked]) -> Iterator[list[tuple[int, Row]]]:
    """The rows of one batch after the other, each with the number of its question."""
    batches = [unasked[start : start + BATCH] for start in range(0, len(unasked), BATCH)]
    for batch, found in zip(batches, _overlapped(work.rows, batches), strict=True):
        yield list(zip((each.number for each in batch), found, strict=True))


def conditions_of(bot: Chatbot, asked: QuestionSet, mode: Mode) -> dict[str, Any]:
    """``conditions`` of questions that a bot is asked in a mode."""
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
    """The confidence from which answers are shown, where the user names none: calibrated, or 0 to answer always."""
    if mode.min_confidence is not None:
        return mode.min_confidence
    return bot.threshold if asked.wants_abstention else 0.0


def _prepared(
    bot: Chatbot, asked: QuestionSet, mode: Mode, pool: Mapping[str, str] | None, bad: Bad
) -> Iterator[_Asked]:
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
            yield _Asked(number, question, _text(question), gold)
        except EvaluationError as error:
            bad.found(error)


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
    work: Callable[[Sequence[_Asked]], list[Row]], batches: Sequence[Sequence[_Asked]]
) -> Iterator[list[Row]]:
    """What becomes of each batch, in order; several are under way: while one waits for its vectors, others are ranked.

    As many as there are cores, so that ranking does not leave any of them idle, and two on a single one. Products of
    matrices take one thread each meanwhile: more of them would wait for each other.
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
            for each in waiting:
                each.cancel()


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Rows pile up by the thousand and hold no cycles: looking for some after every few hundred takes a tenth."""
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
    """What happens to questions in one mode."""

    bot: Chatbot
    mode: Mode
    threshold: float
    pool: Mapping[str, str]
    asked: QuestionSet

    def rows(self, batch: Sequence[_Asked]) -> list[Row]:
        found = self._hits(batch, RETRIEVED)
        shallow = [
            at for at, hits in enumerate(found) if len(hits) == RETRIEVED and len(set(map(unit_of, hits))) < DEPTH
        ]
        for at, hits in zip(shallow, self._hits([batch[at] for at in shallow], RETRIEVED_AT_MOST), strict=True):
            found[at] = hits
        if self.mode.retrieval:
            made = [retrieval_row(each.question, each.gold, hits) for each, hits in zip(batch, found, strict=True)]
        else:
            made = self._answered(batch, found)
        if self.mode.gold_passage:
            return made
        names = self._names()
        return [replace(row, ranking=ranking_of(hits, names)) for row, hits in zip(made, found, strict=True)]

    def _answered(self, batch: Sequence[_Asked], found: Sequence[Sequence[Hit]]) -> list[Row]:
        overall = self.asked.format == "squad" and self.asked.wants_abstention
        return [
            answer_row(
                each.question,
                each.gold,
                None if self.mode.gold_passage else hits,
                forced,
                self.threshold,
                tentative=self.bot.tentative_threshold,
                overall=overall,
            )
            for each, hits, forced in zip(batch, found, self._read(batch, found), strict=True)
        ]

    def _names(self) -> Mapping[str, str] | None:
        """The documents' own names by source; paragraphs of SQuAD sets go by their source, of our pages by place."""
        if self.asked.format == "jsonl":
            return None
        named = reversed(list(self.asked.documents.items()))
        return {self.pool[text]: name for name, text in named if text in self.pool}

    def timed(self, rows: Sequence[tuple[_Asked, Row]], progress: Progress | None) -> list[Row]:
        """The rows, an even sample of them with the time that the question takes alone and warm."""
        sample = range(0, len(rows), max(1, -(-len(rows) // TIMED)))
        timed = [row for _, row in rows]
        for at in sample[:WARM_UP]:
            self._milliseconds(rows[at][0])
        for done, at in enumerate(sample, start=1):
            timed[at] = replace(timed[at], latency_ms=self._milliseconds(rows[at][0]))
            _tell(progress, "time", done, len(sample))
        return timed

    def _milliseconds(self, question: _Asked) -> float:
        start = perf_counter()
        found = self._hits([question], HITS)
        if not self.mode.retrieval:
            self._read([question], found)
        return (perf_counter() - start) * 1000

    def _hits(self, batch: Sequence[_Asked], k: int) -> list[list[Hit]]:
        if self.mode.gold_passage:
            return [self._given(each.question) for each in batch]
        return self.bot.retrieve([each.text for each in batch], k=k, leg=self.mode.leg)

    def _given(self, question: Question) -> list[Hit]:
        """The parts of the question's own paragraph."""
        source = self.pool[question.context or ""]
        page = self.bot.document(source).text
        parts = (part for article in self.bot.articles(source) for part in passages(article, page))
        return [Hit(part, Scores(dense=None, lexical=None, fused=1.0)) for part in parts]

    def _read(self, batch: Sequence[_Asked], found: Sequence[Sequence[Hit]]) -> list[Answer]:
        """Without threshold: whether a user would see the answer follows from its confidence."""
        hits = [list(given) if self.mode.gold_passage else list(given)[:HITS] for given in found]
        return self.bot.read([each.text for each in batch], hits, min_confidence=0.0, candidates=True)
