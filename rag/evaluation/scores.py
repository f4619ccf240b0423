"""The names of all scores, the row of one question, and the table of many rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from rag.evaluation.answers import contains
from rag.evaluation.calibration import Interval, Judged, aurc, confidence_intervals, ece, interval, mean
from rag.evaluation.gold import Gold
from rag.evaluation.questions import Question
from rag.evaluation.ranking import DEPTH, first_rank, paragraph_grades, ranking_scores
from rag.types import Answer, Citation, Hit

RETRIEVAL = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")
READING = (
    "em",
    "f1",
    "contains",
    "answered_or_tentative",
    "candidates_contain",
    "cited_f1",
    "forced_f1",
    "forced_contains",
)
#: Over all questions of a set like SQuAD 2.0, where abstaining from an unanswerable question scores 1.
OVERALL = ("squad2_em", "squad2_f1")
RATES = ("answer_rate", "false_answer_rate", "false_tentative_rate", "precision")
CONFIDENCE = ("aurc", "ece")
LATENCY = ("latency_ms_p50", "latency_ms_p95")
#: In the order of the reports. Those of ``MEANS`` are averaged over the rows that have them.
SCORES = (*RETRIEVAL, *READING, *OVERALL, *RATES, *CONFIDENCE, *LATENCY)
MEANS = (*RETRIEVAL, *READING, *OVERALL, *RATES)

Failure = Literal["not retrieved", "misread", "abstained", "answered"]
Table = dict[str, float | None]
Intervals = dict[str, Interval | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A question, the answer that a user would have seen, and its scores; a score that does not apply is left out.

    ``judged`` is the confidence of the answer without a threshold, and whether that answer is right. ``ranking`` holds
    the retrieved paragraphs with their scores, best first, named by source or by ``source#article.paragraph``.
    """

    question: Question
    answer: Answer | None
    scores: Mapping[str, float]
    failure: Failure | None
    judged: Judged | None = None
    latency_ms: float | None = None
    ranking: tuple[tuple[str, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Version 1. An answer holds its passages, so ``ranking`` is written only where nothing was answered.

        ``latency_ms`` is ``None`` where the question was not among those that were timed alone.
        """
        return {
            "id": self.question.id,
            "question": self.question.question,
            "lang": self.question.lang,
            "type": self.question.type,
            "answers": list(self.question.answers),
            **_evidence(self.question),
            "answer": self.answer.to_dict() if self.answer else None,
            "scores": dict(self.scores),
            "failure": self.failure,
            "latency_ms": self.latency_ms,
            **({"ranking": self.ranking} if self.ranking and not self.answer else {}),
        }

    def record(self) -> dict[str, Any]:
        """One flat row: what was asked, what came back, and every score (``None`` where one does not apply)."""
        answer, question = self.answer, self.question
        first = answer.citations[0] if answer and answer.citations else None
        candidate = answer.candidates[0] if answer and answer.candidates else None
        return {
            "id": question.id,
            "question": question.question,
            "lang": question.lang,
            "type": question.type,
            "answerable": question.answerable,
            "gold": "；".join(question.answers),
            "answer": answer.answer if answer else None,
            "confidence": answer.confidence if answer else None,
            "abstained": answer.abstained if answer else None,
            "status": answer.status if answer else None,
            "quote": first.quote if first else None,
            "source": first.source if first else None,
            "candidate": candidate.citation.quote if candidate else None,
            "failure": self.failure,
            "latency_ms": self.latency_ms,
            **{name: self.scores.get(name) for name in MEANS},
        }


def _evidence(question: Question) -> dict[str, Any]:
    """What holds the answer, as far as the set names it."""
    named = {
        "source": question.source,
        "evidence": question.evidence,
        "context": question.context,
        "relevant": None if question.relevant is None else dict(question.relevant),
    }
    return {name: value for name, value in named.items() if value is not None and value != ""}


def retrieval_row(question: Question, gold: Gold, hits: Sequence[Hit]) -> Row:
    """The row of a question that was only searched for."""
    if not question.answerable:
        return Row(question, None, {}, None)
    grades = _grades(gold, hits)
    failure: Failure | None = None if _retrieved(first_rank(grades)) else "not retrieved"
    return Row(question, None, ranking_scores(grades, gold.ideal), failure)


def answer_row(
    question: Question,
    gold: Gold,
    hits: Sequence[Hit] | None,
    forced: Answer,
    threshold: float,
    *,
    tentative: float = 1.0,
    overall: bool = False,
) -> Row:
    """The row of a question, from its answer without a threshold (``forced``), which has its candidates.

    A user sees the answer from ``threshold`` on, and below it the candidates from ``tentative`` on.

    ``hits`` is ``None`` where the paragraph was given: then there is nothing to retrieve.
    ``overall`` adds the scores of sets in which answerable and unanswerable questions count alike.
    """
    shown = as_shown(forced, threshold, tentative)
    right = question.answerable and _right(question, gold, forced)
    grades = [1] if hits is None else _grades(gold, hits)
    scores = {} if hits is None or not question.answerable else ranking_scores(grades, gold.ideal)
    scores |= _reading_scores(question, gold, forced, shown) if question.answerable else {}
    if question.answerable:
        scores["answer_rate"] = float(not shown.abstained)
    else:
        scores["false_answer_rate"] = float(not shown.abstained)
        scores["false_tentative_rate"] = float(shown.status == "tentative")
    if not shown.abstained:
        scores["precision"] = float(right)
    if overall:
        silent = float(shown.abstained)
        scores |= {"squad2_em": scores.get("em", silent), "squad2_f1": scores.get("f1", silent)}
    failure = _failure(question, shown, right=right, retrieved=_retrieved(first_rank(grades)))
    return Row(question, shown, scores, failure, judged=(forced.confidence, right))


def _grades(gold: Gold, hits: Sequence[Hit]) -> list[int]:
    """The grades by rank. Evidence without grades counts once, where it first appears."""
    grades = paragraph_grades(hits, gold.grade)
    first = first_rank(grades)
    if gold.grades or first is None:
        return grades
    return [int(rank == first) for rank in range(1, len(grades) + 1)]


def as_shown(forced: Answer, threshold: float, tentative: float) -> Answer:
    """What a user sees of an answer without a threshold and its candidates, as ``rag.Chatbot`` decides it.

    Below ``threshold`` it is a tentative answer if its best candidate reaches ``tentative``, else none.
    """
    if forced.confidence >= threshold:
        return replace(forced, candidates=())
    best = forced.candidates[0].confidence if forced.candidates else 0.0
    if tentative < threshold and best >= tentative:
        return replace(forced, status="tentative", citations=(), not_found=())
    return replace(forced, status="none", citations=(), not_found=(), candidates=())


def _reading_scores(question: Question, gold: Gold, forced: Answer, shown: Answer) -> dict[str, float]:
    text = forced.answer or ""
    f1 = gold.definition.f1(text, question.answers) if text else 0.0
    em = gold.definition.em(text, question.answers) if text else 0.0
    right = float(_right(question, gold, forced))
    cited = any(gold.overlaps(citation) for citation in forced.citations)
    seen = float(not shown.abstained)
    tentative = [_holds(question, gold, citation) for citation in shown.quoted] if shown.abstained else []
    return {
        "em": em * seen,
        "f1": f1 * seen,
        "contains": right * seen,
        "answered_or_tentative": right * seen + float(any(tentative[:1])),
        "candidates_contain": right * seen + float(any(tentative)),
        "cited_f1": f1 * seen * cited,
        "forced_f1": f1,
        "forced_contains": right,
    }


def _right(question: Question, gold: Gold, answer: Answer) -> bool:
    return not answer.abstained and _holds(question, gold, answer.citations[0])


def _holds(question: Question, gold: Gold, citation: Citation) -> bool:
    """Whether the quote holds a gold answer and is from the right source."""
    return gold.names(citation.source) and contains(citation.quote, question.answers)


def _retrieved(rank: int | None) -> bool:
    return rank is not None and rank <= DEPTH


def _failure(question: Question, shown: Answer, *, right: bool, retrieved: bool) -> Failure | None:
    if not question.answerable:
        return None if shown.abstained else "answered"
    if right and not shown.abstained:
        return None
    if not retrieved:
        return "not retrieved"
    return "abstained" if shown.abstained else "misread"


def table(rows: Sequence[Row]) -> Table:
    """All scores of the rows; ``None`` where no row has the score."""
    judged = [row.judged for row in rows if row.judged is not None]
    means: Table = {name: mean(_values(rows, name)) for name in MEANS}
    return means | {"aurc": aurc(judged), "ece": ece(judged)} | _latencies(rows)


def intervals(rows: Sequence[Row]) -> Intervals:
    """95 % bootstrap intervals of every score except the latencies."""
    judged = [row.judged for row in rows if row.judged is not None]
    means: Intervals = {name: interval(_values(rows, name)) for name in MEANS}
    return means | confidence_intervals(judged)


def grouped(rows: Iterable[Row], key: Literal["lang", "type"]) -> dict[str, list[Row]]:
    """The rows by language or type of the question, in order of name; rows without one are left out."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        name = row.question.lang if key == "lang" else row.question.type
        if name is not None:
            groups.setdefault(name, []).append(row)
    return dict(sorted(groups.items()))


def _values(rows: Sequence[Row], name: str) -> list[float]:
    return [row.scores[name] for row in rows if name in row.scores]


def _latencies(rows: Sequence[Row]) -> Table:
    taken = [row.latency_ms for row in rows if row.latency_ms is not None]
    if not taken:
        return dict.fromkeys(LATENCY)
    return {name: float(np.percentile(taken, percent)) for name, percent in zip(LATENCY, (50, 95), strict=True)}
