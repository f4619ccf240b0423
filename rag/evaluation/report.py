"""The report of an evaluation: tables, rows, and how it was made (version 1 of ``rag evaluate --json``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rag.evaluation.calibration import Judged
from rag.evaluation.scores import Intervals, Row, Table, grouped, intervals, table


@dataclass(frozen=True, slots=True)
class Report:
    """The rows, and the tables made of them.

    ``run`` says how to repeat it, ``misses`` which scores are not as expected, ``skipped`` which lines were left out.
    ``ci95_by`` holds the intervals of each group, under ``"lang"`` and ``"type"``.
    ``questions_per_s`` is the speed of asking in batches; ``resumed`` is how many rows are of an earlier run.
    """

    rows: tuple[Row, ...]
    scores: Table
    by_lang: Mapping[str, Table]
    by_type: Mapping[str, Table]
    ci95: Intervals
    ci95_by: Mapping[str, Mapping[str, Intervals]]
    run: Mapping[str, Any] = field(default_factory=dict)
    misses: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    questions_per_s: float | None = None
    resumed: int = 0

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Report:
        langs, types = grouped(rows, "lang"), grouped(rows, "type")
        return cls(
            rows=tuple(rows),
            scores=table(rows),
            by_lang={name: table(group) for name, group in langs.items()},
            by_type={name: table(group) for name, group in types.items()},
            ci95=intervals(rows),
            ci95_by={
                key: {name: intervals(group) for name, group in groups.items()}
                for key, groups in (("lang", langs), ("type", types))
            },
        )

    @property
    def judged(self) -> list[Judged]:
        """The confidence of the answers without a threshold, and whether they are right."""
        return [row.judged for row in self.rows if row.judged is not None]

    @property
    def failures(self) -> dict[str, int]:
        """How many questions went wrong in which way."""
        counts: dict[str, int] = {}
        for row in self.rows:
            if row.failure:
                counts[row.failure] = counts.get(row.failure, 0) + 1
        return dict(sorted(counts.items()))

    def summary(self) -> dict[str, Any]:
        """All but the rows."""
        return {
            "questions": len(self.rows),
            "scores": self.scores,
            "ci95": self.ci95,
            "by_lang": dict(self.by_lang),
            "by_type": dict(self.by_type),
            "ci95_by_lang": dict(self.ci95_by["lang"]),
            "ci95_by_type": dict(self.ci95_by["type"]),
            "failures": self.failures,
            "skipped": list(self.skipped),
            "run": dict(self.run),
        }

    def to_dict(self) -> dict[str, Any]:
        summary = self.summary()
        run = summary.pop("run")
        return {**summary, "rows": [row.to_dict() for row in self.rows], "run": run}

    def records(self) -> list[dict[str, Any]]:
        """One flat row a question, ready for ``pandas.DataFrame(report.records())``."""
        return [row.record() for row in self.rows]
