"""Print a report on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from rag.evaluation.compare import Comparison
from rag.evaluation.report import Report
from rag.evaluation.scores import LATENCY, SCORES, Table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

#: The scores in the table by type of question.
_OF_TYPES = ("recall@1", "recall@5", "contains", "f1", "false_answer_rate")
_LISTED = 20
#: With at most so many languages there is room for their intervals.
_WITH_INTERVALS = 2


def print_report(report: Report, console: Console) -> None:
    """Print the scores with intervals by language, the scores by type of question, and the counts of failures."""
    console.print(_scores(report))
    if len(report.by_type) > 1:
        console.print(_types(report))
    listed = ", ".join(f"{count} {name}" for name, count in report.failures.items())
    console.print(f"failures: {listed or 'none'}", highlight=False)
    for line in report.skipped:
        console.print(f"skipped: {line}", style="yellow", highlight=False, markup=False, soft_wrap=True)
    for miss in report.misses:
        console.print(f"not as expected: {miss}", style="red", highlight=False, markup=False, soft_wrap=True)


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the differences, the number of unpaired questions, and the questions won, lost or marked otherwise."""
    shown = _table(
        f"{comparison.questions} questions in common with {comparison.other.get('model', 'the other run')}", "score"
    )
    for name in ("this", "other", "difference", "95 %", "p"):
        shown.add_column(name, justify="right")
    for row in comparison.differences:
        low, high = row.ci95
        cells = (f"{row.this:.3f}", f"{row.other:.3f}", f"{row.difference:+.3f}", f"{low:+.3f} – {high:+.3f}")
        shown.add_row(row.score, *cells, f"{row.p:.4f}")
    console.print(shown)
    if comparison.only_this or comparison.only_other:
        alone = f"{comparison.only_this} questions of this run alone, {comparison.only_other} of the other alone"
        console.print(f"not compared: {alone}", style="yellow", highlight=False, soft_wrap=True)
    for name, ids in comparison.changes.items():
        console.print(f"{name}: {len(ids)}", highlight=False)
        _list(ids, comparison.texts, console)


def _list(ids: Sequence[str], texts: Mapping[str, str], console: Console) -> None:
    """Print the first questions, one a line, cut off at the width of the terminal."""
    for name in ids[:_LISTED]:
        line = " ".join(f"{name}: {texts[name]}".split())
        console.print(f"  {line}", highlight=False, markup=False, no_wrap=True, overflow="ellipsis")
    if len(ids) > _LISTED:
        console.print(f"  and {len(ids) - _LISTED} more", highlight=False)


def _scores(report: Report) -> RichTable:
    shown = _table(f"{len(report.rows)} questions", "score")
    columns: list[Callable[[str], str]] = []
    tables = {"all": report.scores, **(report.by_lang if len(report.by_lang) > 1 else {})}
    for name, scores in tables.items():
        shown.add_column(name, justify="right", no_wrap=True)
        columns.append(partial(_value, scores=scores))
        if name == "all" or len(report.by_lang) <= _WITH_INTERVALS:
            ci = report.ci95 if name == "all" else report.ci95_by["lang"][name]
            shown.add_column("95 %", justify="right", style="dim")
            columns.append(partial(_range, ci))
    for score in SCORES:
        if report.scores[score] is not None:
            shown.add_row(score, *(column(score) for column in columns))
    return shown


def _types(report: Report) -> RichTable:
    measured = [score for score in _OF_TYPES if report.scores[score] is not None]
    shown = _table("by type of question, ± half of the 95 % interval", "type")
    shown.add_column("asked", justify="right")
    for score in measured:
        shown.add_column(score.replace("_", " "), justify="right")
    for name, scores in report.by_type.items():
        count = sum(row.question.type == name for row in report.rows)
        ci = report.ci95_by["type"][name]
        shown.add_row(name, str(count), *(_give_or_take(score, scores, ci) for score in measured))
    return shown


def _table(title: str, first: str) -> RichTable:
    from rich.table import Table as RichTable

    shown = RichTable(title=title, title_justify="left", show_edge=False)
    shown.add_column(first, no_wrap=True)
    return shown


def _value(score: str, scores: Table) -> str:
    value = scores[score]
    if value is None:
        return "–"
    return f"{value:.1f}" if score in LATENCY else f"{value:.3f}"


def _range(ci: Mapping[str, tuple[float, float] | None], score: str) -> str:
    bounds = ci.get(score)
    return f"{_short(bounds[0])}–{_short(bounds[1])}" if bounds else ""


def _short(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


def _give_or_take(score: str, scores: Table, ci: Mapping[str, tuple[float, float] | None]) -> str:
    value, bounds = scores[score], ci.get(score)
    if value is None or bounds is None:
        return "–"
    return f"{_short(value)} ±{_short((bounds[1] - bounds[0]) / 2)}"
