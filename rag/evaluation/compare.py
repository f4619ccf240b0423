"""Compare two runs over the same questions: which is better, by how much, and can that be chance?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import EvaluationError
from rag.evaluation.calibration import interval
from rag.evaluation.questions import Question
from rag.evaluation.report import Report
from rag.evaluation.scores import MEANS, Row

PERMUTATIONS = 10_000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """The means of one score in both runs, over the questions that have the score in both.

    ``p`` is the chance of a difference at least this large if it were random which run gave which value (a paired,
    two-sided permutation test). ``ci95`` is the bootstrap interval of the mean difference.
    """

    score: str
    questions: int
    this: float
    other: float
    difference: float
    ci95: tuple[float, float]
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """``won`` are the ids of questions that only this run got right, ``lost`` of those that only the other got right.

    ``better`` and ``worse`` are ids of other questions, whose marked part has a higher or a lower F1 in this run.
    ``texts`` holds these questions by id. ``only_this`` and ``only_other`` count the questions that one run alone has.
    """

    this: Mapping[str, Any]
    other: Mapping[str, Any]
    questions: int
    differences: tuple[Difference, ...]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    better: tuple[str, ...]
    worse: tuple[str, ...]
    texts: Mapping[str, str]
    only_this: int
    only_other: int

    @property
    def changes(self) -> Mapping[str, tuple[str, ...]]:
        """The lists of ids by what they are called where people read them."""
        return {"won": self.won, "lost": self.lost, "marked better": self.better, "marked worse": self.worse}

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare(this: Report, other: Report) -> Comparison:
    """Pair the rows by id and text of their questions (an id alone is often only a line number) and compare them.

    Raises ``EvaluationError`` if the reports have no question in common, or only one of them has answers.
    """
    theirs = {_key(row): row for row in other.rows}
    pairs = [(row, theirs[_key(row)]) for row in this.rows if _key(row) in theirs]
    _require_common(pairs)
    _require_alike(_searched(row for row, _ in pairs), _searched(row for _, row in pairs))
    differences = (_difference(name, pairs) for name in MEANS)
    won = [mine.question for mine, other_row in pairs if _right(mine) and not _right(other_row)]
    lost = [mine.question for mine, other_row in pairs if _right(other_row) and not _right(mine)]
    marked = [(mine, other_row) for mine, other_row in pairs if _right(mine) == _right(other_row)]
    better = [mine.question for mine, other_row in marked if _f1(mine) > _f1(other_row)]
    worse = [mine.question for mine, other_row in marked if _f1(mine) < _f1(other_row)]
    return Comparison(
        this=dict(this.run),
        other=dict(other.run),
        questions=len(pairs),
        differences=tuple(difference for difference in differences if difference),
        won=tuple(question.id for question in won),
        lost=tuple(question.id for question in lost),
        better=tuple(question.id for question in better),
        worse=tuple(question.id for question in worse),
        texts={question.id: question.question for question in (*won, *lost, *better, *worse)},
        only_this=len(this.rows) - len(pairs),
        only_other=len(theirs) - len({_key(row) for row, _ in pairs}),
    )


def comparable(questions: Iterable[Question], *, retrieval: bool, other: Report) -> None:
    """Check before a run that it can be compared with a report; raises the errors of ``compare``."""
    theirs = {_key(row): row for row in other.rows}
    common = [theirs[key] for question in questions if (key := (question.id, question.question)) in theirs]
    _require_common(common)
    _require_alike(retrieval, _searched(common))


def _require_common(pairs: Sequence[object]) -> None:
    if not pairs:
        problem = "no question in common (with the same id and the same text)"
        raise EvaluationError(f"the two reports have {problem}: compare runs over the same questions")


def _require_alike(this: bool, other: bool) -> None:
    """A run that only searched and one that answered have different ideas of a right result."""
    if this != other:
        raise EvaluationError("one of the two runs only searched (--retrieval): compare runs of one kind")


def _searched(rows: Iterable[Row]) -> bool:
    return not any(row.answer for row in rows)


def _key(row: Row) -> tuple[str, str]:
    return row.question.id, row.question.question


def _right(row: Row) -> bool:
    """A right answer or a right abstention; where nothing was answered, the right paragraph first."""
    if row.answer is None and row.scores:
        return row.scores["recall@1"] == 1
    return row.failure is None


def _f1(row: Row) -> float:
    return row.scores.get("f1", 0.0)


def _difference(name: str, pairs: Sequence[tuple[Row, Row]]) -> Difference | None:
    values = [(a.scores[name], b.scores[name]) for a, b in pairs if name in a.scores and name in b.scores]
    if not values:
        return None
    this, other = np.asarray(values, dtype=np.float64).T
    differences = this - other
    ci95 = interval(differences.tolist()) or (0.0, 0.0)
    mean, p = float(differences.mean()), permuted(differences)
    return Difference(name, len(values), float(this.mean()), float(other.mean()), mean, ci95, p)


def permuted(differences: NDArray[np.float64], seed: int = 0) -> float:
    """The share of random sign changes whose mean is as far from 0 as the observed one, which counts among them.

    >>> permuted(np.zeros(5))
    1.0
    """
    moved = differences[differences != 0]
    if not len(moved):
        return 1.0
    rng, observed, as_far = np.random.default_rng(seed), abs(moved.sum()), 1
    for _ in range(PERMUTATIONS // _AT_ONCE):
        signs = rng.integers(0, 2, size=(_AT_ONCE, len(moved)), dtype=np.int8) * 2 - 1
        as_far += int((np.abs(signs @ moved) >= observed - 1e-9).sum())
    return as_far / (PERMUTATIONS + 1)
