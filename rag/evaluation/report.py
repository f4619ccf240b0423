"""The outcome of an evaluation: for machines (version 1 of ``rag evaluate --json``) and for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rag.evaluation.scores import LATENCY, SCORES, Row, Table, grouped, intervals, table

if TYPE_CHECKING:
    from rich.console import Console

Interval = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Report:
    """Rows and the tables made of them; ``run`` says how to repeat it, ``misses`` what was expected and not reached."""

    rows: tuple[Row, ...]
    scores: Table
    by_lang: Mapping[str, Table]
    by_type: Mapping[str, Table]
    ci95: Mapping[str, Interval]
    run: Mapping[str, Any] = field(default_factory=dict)
    misses: tuple[str, ...] = ()

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Report:
        return cls(
            rows=tuple(rows),
            scores=table(rows),
            by_lang={name: table(group) for name, group in grouped(rows, "lang").items()},
            by_type={name: table(group) for name, group in grouped(rows, "type").items()},
            ci95=intervals(rows),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "questions": len(self.rows),
            "scores": self.scores,
            "ci95": dict(self.ci95),
            "by_lang": dict(self.by_lang),
            "by_type": dict(self.by_type),
            "rows": [row.to_dict() for row in self.rows],
            "run": dict(self.run),
        }

    def print(self, console: Console) -> None:
        """The score table with a column for each language, then the failures in one line and what was missed."""
        from rich.table import Table as RichTable

        shown = RichTable(title=f"{len(self.rows)} questions", title_justify="left")
        shown.add_column("score")
        columns = {"all": self.scores, **(self.by_lang if len(self.by_lang) > 1 else {})}
        for name in ("all", "95 % interval", *list(columns)[1:]):
            shown.add_column(name, justify="right")
        for score in SCORES:
            if self.scores[score] is not None:
                values = [_shown(score, column[score]) for column in columns.values()]
                shown.add_row(score, values[0], _range(self.ci95.get(score)), *values[1:])
        console.print(shown)
        console.print(self._failures(), highlight=False)
        for miss in self.misses:
            console.print(f"not as expected: {miss}", style="red", highlight=False)

    def _failures(self) -> str:
        counts: dict[str, int] = {}
        for row in self.rows:
            if row.failure:
                counts[row.failure] = counts.get(row.failure, 0) + 1
        listed = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        return f"failures: {listed or 'none'}"


def _shown(score: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if score in LATENCY else f"{value:.3f}"


def _range(bounds: Interval) -> str:
    return f"{bounds[0]:.3f} – {bounds[1]:.3f}" if bounds else ""
