"""Check scores against a file of expected scores, for CI.

The file is JSON: ``{"tolerance": 0.01, "scores": {"em": 0.61, "recall@5": {"min": 0.97}}, "by_lang": {"zh": {…}}}``.
A number must be reached within the tolerance, on either side; ``min`` and ``max`` are bounds without tolerance.
A report of ``rag evaluate --json`` is such a file too. Latencies depend on the machine: those of a report are not
compared, and a file with bounds for them is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from rag.errors import EvaluationError
from rag.evaluation.checks import parse_json, refuse_twice
from rag.evaluation.report import Report
from rag.evaluation.scores import LATENCY, SCORES

TOLERANCE = 0.01
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Expectation:
    """A score must lie between two bounds; ``group`` is ``"scores"``, or for example ``"by_lang zh"``."""

    group: str
    score: str
    low: float
    high: float

    def miss(self, value: float | None) -> str | None:
        """What is wrong with the value, or ``None``."""
        if value is not None and self.low - _ROUNDING <= value <= self.high + _ROUNDING:
            return None
        got = "not measured" if value is None else f"{value:.4f}"
        return f"{self.group} {self.score} is {got}, expected {self.low:.4g} to {self.high:.4g}"


def load_expected(path: str | Path) -> tuple[Expectation, ...]:
    """Raises ``EvaluationError`` if the file cannot be read or understood."""
    try:
        content, twice = parse_json(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read ({error.strerror}): name a file of expected scores") from error
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"{path} is not JSON ({error}): give expected scores as JSON") from error
    refuse_twice(str(path), twice)
    try:
        return tuple(_expectations(content))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        example = '{"tolerance": 0.01, "scores": {"em": 0.6, "f1": {"min": 0.7}}}'
        raise EvaluationError(f"{path} ({error}): give expected scores as {example}") from error


def misses(report: Report, expected: tuple[Expectation, ...]) -> tuple[str, ...]:
    """One line for each score that is not as expected."""
    tables = {"scores": report.scores} | {
        f"{kind} {name}": table
        for kind, groups in (("by_lang", report.by_lang), ("by_type", report.by_type))
        for name, table in groups.items()
    }
    missed = (e.miss(tables[e.group].get(e.score) if e.group in tables else None) for e in expected)
    return tuple(line for line in missed if line)


def _expectations(content: Mapping[str, Any]) -> Iterator[Expectation]:
    tolerance = float(content.get("tolerance", TOLERANCE))
    groups = {"scores": content.get("scores", {})} | {
        f"{kind} {name}": table for kind in ("by_lang", "by_type") for name, table in content.get(kind, {}).items()
    }
    if not any(groups.values()):
        raise ValueError("it expects nothing")
    for group, table in groups.items():
        for score, wanted in table.items():
            if score not in SCORES:
                raise ValueError(f"there is no score {score!r}")
            if score in LATENCY and isinstance(wanted, Mapping):
                raise ValueError(f"{score} belongs to a machine and is not compared")
            if score not in LATENCY and wanted is not None:
                yield Expectation(group, score, *_bounds(score, wanted, tolerance))


def _bounds(score: str, wanted: Any, tolerance: float) -> tuple[float, float]:
    if not isinstance(wanted, Mapping):
        return float(wanted) - tolerance, float(wanted) + tolerance
    unknown = sorted(wanted.keys() - {"min", "max"})
    if unknown or not wanted:
        given = f"{unknown[0]!r}" if unknown else "nothing"
        raise ValueError(f'{score} is bounded by {given}: "min", "max" or both are expected')
    return float(wanted.get("min", -inf)), float(wanted.get("max", inf))
