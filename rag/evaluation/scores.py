"""Every score by name, the row of one question, and the table of many rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from rag.evaluation.answers import contains
from rag.evaluation.calibration import Judged, aurc, ece, interval, mean
from rag.evaluation.gold import Gold
from rag.evaluation.questions import Question
from rag.evaluation.ranking import DEPTH, first_rank, ranking_scores
from rag.types import Answer, Hit

RETRIEVAL = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")
READING = ("em", "f1", "contains", "cited_f1", "forced_f1", "forced_contains")
RATES = ("answer_rate", "false_answer_rate", "precision")
CONFIDENCE = ("aurc", "ece")
LATENCY = ("latency_ms_p50", "latency_ms_p95")
#: In the order of the reports. All but the last two groups are means over the rows that have them.
SCORES = (*RETRIEVAL, *READING, *RATES, *CONFIDENCE, *LATENCY)

Failure = Literal["not retrieved", "misread", "abstained", "answered"]
Table = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One question, what a user would have seen, and its scores; a score that does not apply is left out.

    ``judged`` is the confidence without threshold and whether that answer is right.
    """

    question: Question
    answer: Answer | None
    scores: Mapping[str, float]
    failure: Failure | None
    judged: Judged | None = None
    latency_ms: float | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.question.id,
            "question": self.question.question,
            "lang": self.question.lang,
            "answers": list(self.question.answers),
            "answer": self.answer.to_dict() if self.answer else None,
            "scores": dict(self.scores),
            "failure": self.failure,
        }


def retrieval_row(question: Question, gold: Gold, hits: Sequence[Hit]) -> Row:
    """The row of a question that was only searched for."""
    if not question.answerable:
        return Row(question, None, {}, None)
    rank = first_rank(hits, gold.overlaps)
    return Row(question, None, ranking_scores(rank), None if _retrieved(rank) else "not retrieved")


def answer_row(question: Question, gold: Gold, hits: Sequence[Hit] | None, forced: Answer, threshold: float) -> Row:
    """The row of a question that was answered without threshold (``forced``).

    ``hits`` is ``None`` where the paragraph was given: then there is nothing to retrieve.
    """
    shown = withheld(forced, threshold)
    right = question.answerable and _right(question, gold, forced)
    rank = 1 if hits is None else first_rank(hits, gold.overlaps)
    scores = {} if hits is None or not question.answerable else ranking_scores(rank)
    scores |= _reading_scores(question, gold, forced, shown) if question.answerable else {}
    scores["answer_rate" if question.answerable else "false_answer_rate"] = float(not shown.abstained)
    if not shown.abstained:
        scores["precision"] = float(right)
    failure = _failure(question, shown, right=right, retrieved=_retrieved(rank))
    return Row(question, shown, scores, failure, judged=(forced.confidence, right))


def withheld(answer: Answer, threshold: float) -> Answer:
    """The answer as a user sees it: an abstention if its confidence is below the threshold."""
    return replace(answer, citations=()) if answer.confidence < threshold else answer


def _reading_scores(question: Question, gold: Gold, forced: Answer, shown: Answer) -> dict[str, float]:
    text = forced.answer or ""
    f1 = gold.definition.f1(text, question.answers) if text else 0.0
    em = gold.definition.em(text, question.answers) if text else 0.0
    right = float(_right(question, gold, forced))
    cited = any(gold.overlaps(citation) for citation in forced.citations)
    seen = float(not shown.abstained)
    return {
        "em": em * seen,
        "f1": f1 * seen,
        "contains": right * seen,
        "cited_f1": f1 * seen * cited,
        "forced_f1": f1,
        "forced_contains": right,
    }


def _right(question: Question, gold: Gold, answer: Answer) -> bool:
    if answer.abstained:
        return False
    first = answer.citations[0]
    return gold.names(first.source) and contains(first.quote, question.answers)


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
    means: Table = {name: mean(_values(rows, name)) for name in (*RETRIEVAL, *READING, *RATES)}
    return means | {"aurc": aurc(judged), "ece": ece(judged)} | _latencies(rows)


def intervals(rows: Sequence[Row]) -> dict[str, tuple[float, float] | None]:
    """95 % bootstrap intervals of the scores that are means."""
    return {name: interval(_values(rows, name)) for name in (*RETRIEVAL, *READING, *RATES)}


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
