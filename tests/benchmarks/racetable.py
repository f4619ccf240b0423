"""The race as tables in Markdown: figures, the same as ratios to Wenbao's, and what each could not do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

QUALITY = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "em", "f1")
COST = (
    ("passages_per_s", "passages indexed a second"),
    ("search_ms_p50", "search p50, ms"),
    ("search_ms_p95", "search p95, ms"),
    ("answer_ms_p50", "answer p50, ms"),
    ("answer_ms_p95", "answer p95, ms"),
    ("memory_mib", "memory while asking, MiB"),
    ("start_s", "start to first result, s"),
    ("install_mib", "installed, MiB"),
)
_WITHIN = 0.95


def tables(results: Mapping[str, Any]) -> str:
    """The whole page, made by ``race.py`` and never by hand."""
    machine = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in results["machine"].items())
    parts = [
        "# The race",
        "Made by `python tests/benchmarks/race.py`; each system as its own documents set it up for Chinese, offline, "
        "one process at a time, on the same passages and questions.",
        "Ratios are to Wenbao as it ships. Above 1 is better in the first table of a set and in the rate of indexing, "
        "and worse in the other columns.",
        f"Machine: {machine}. Started {results['started']}.",
    ]
    for name, found in results["sets"].items():
        parts += [f"## {name}: {found['questions']} questions over {found['passages']} passages", *_set(found["rows"])]
    return "\n\n".join(parts) + "\n"


def _set(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    first = rows[0]
    ran = [row for row in rows if "failed" not in row]
    quality = _table(["system", *QUALITY], ([row["name"], *(_score(row, first, q) for q in QUALITY)] for row in ran))
    cost = _table(
        ["system", *(title for _, title in COST)],
        ([row["name"], *(_figure(row, first, name) for name, _ in COST)] for row in ran),
    )
    return [quality, cost, *_behind(ran), _notes(rows)]


def _behind(ran: Sequence[Mapping[str, Any]]) -> list[str]:
    """The quality rows in which Wenbao is more than 5 % behind the best."""
    if not ran:
        return []
    told = []
    for name in QUALITY:
        best = max(ran, key=lambda row: row.get(name) or 0.0)
        ours, top = ran[0].get(name), best.get(name)
        if ours is not None and top and ours < _WITHIN * top:
            told.append(f"{name} ({ours:.3f}, {best['name']} {top:.3f})")
    return [f"More than 5 % behind the best in: {', '.join(told)}." if told else "Within 5 % of the best in every row."]


def _notes(rows: Iterable[Mapping[str, Any]]) -> str:
    lines = []
    for row in rows:
        told = [*row["notes"], *([f"it failed: {row['failed']}"] if "failed" in row else [])]
        if told:
            lines.append(f"- {row['name']}: {'; '.join(told)}.")
    return "What they could not do, and why:\n\n" + "\n".join(lines) if lines else "Each did all that was asked."


def _score(row: Mapping[str, Any], first: Mapping[str, Any], name: str) -> str:
    return _with_ratio(row, first, name, "{:.3f}")


def _figure(row: Mapping[str, Any], first: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return _with_ratio(row, first, name, "{:.0f}" if value is not None and value >= 100 else "{:.1f}")


def _with_ratio(row: Mapping[str, Any], first: Mapping[str, Any], name: str, shape: str) -> str:
    value, base = row.get(name), first.get(name)
    if value is None:
        return "–"
    return shape.format(value) + (f" (×{value / base:.2f})" if base and row is not first else "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
