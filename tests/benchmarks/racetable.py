"""The race as a page in Markdown: figures, the same as ratios to Wenbao's, and what each could not do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from shipped import Shipped, shipped

Row = Mapping[str, Any]

#: The row that the others are compared with.
OURS = "Wenbao, as it ships"
QUALITY = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "em", "f1")
COST = (
    ("passages_per_s", "passages indexed a second"),
    ("index_memory_mib", "memory while indexing, MiB"),
    ("search_ms_p50", "search p50, ms"),
    ("search_ms_p95", "search p95, ms"),
    ("answer_ms_p50", "answer p50, ms"),
    ("answer_ms_p95", "answer p95, ms"),
    ("memory_mib", "memory while asking, MiB"),
    ("start_s", "start to first result, s"),
    ("install_mib", "installed, MiB"),
)
NOBODY = (
    "EM, F1 and answer latency have no opponent: "
    "no model for the readers of the other systems is available offline, or they are language models."
)
_WITHIN = 0.95


def page(folder: Path) -> str:
    """``race.md`` of a folder, from its ``results/race.json`` and, if there are any, ``results/race-notes.md``."""
    results = json.loads((folder / "results" / "race.json").read_text(encoding="utf-8"))
    notes = folder / "results" / "race-notes.md"
    return tables(results, shipped(), notes.read_text(encoding="utf-8") if notes.exists() else "")


def tables(results: Mapping[str, Any], ships: Shipped, notes: str = "") -> str:
    """The whole page; only the notes, which it ends with, are made by hand."""
    machine = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in results["machine"].items())
    parts = [
        "# The race",
        f"Made by `{results.get('command', 'python tests/benchmarks/race.py')}`; each system as its own documents set "
        "it up for Chinese, offline, one process at a time, on the same passages and questions.",
        _models(results.get("ours", {}), ships),
        "Ratios are to Wenbao as it ships. Above 1 is better in the first table of a set and in the rate of indexing, "
        "and worse in the other columns. Memory is the most that the process held; Wenbao's while asking includes its "
        "reader.",
        "The training paragraphs of CMRC are in the pool with `--train` alone: each system that uses vectors would "
        "embed them anew, an hour more in all.",
        f"Machine: {machine}. Started {results['started']}.",
    ]
    for name, found in results["sets"].items():
        parts += [f"## {name}: {_asked(found)} over {found['passages']} passages", _pool(found), *_set(found["rows"])]
    by_hand = f"## What lost, why, and what could be done\n\n{notes.strip()}" if notes.strip() else ""
    parts += [_versions(results.get("installed", {})), by_hand]
    return "\n\n".join(part for part in parts if part) + "\n"


def _models(ours: Mapping[str, str], ships: Shipped) -> str:
    """Wenbao's own models, and whether they are what ships."""
    named = f"the embedding model {ours['model']} and the reader {ours['reader']}" if ours else "models it did not note"
    if ships.made(ours):
        return f"Wenbao ran with {named}, which ship."
    return f"Wenbao ran with {named}; what ships now is {ships.model} and the reader {ships.reader}."


def _asked(found: Mapping[str, Any]) -> str:
    asked, of = found["questions"], found.get("of", found["questions"])
    return f"{asked} questions" if asked == of else f"{asked} of {of} questions, drawn by chance,"


def _pool(found: Mapping[str, Any]) -> str:
    files = found.get("files", ())
    return f"The questions are of {files[0]}, the passages the paragraphs of {', '.join(files)}." if files else ""


def _set(rows: Sequence[Row]) -> list[str]:
    ran = [row for row in rows if "failed" not in row]
    ours = next((row for row in ran if row["name"] == OURS), {})
    quality = [[row["name"], *(_score(row, ours, name) for name in QUALITY)] for row in ran]
    cost = [[row["name"], *(_figure(row, ours, name) for name, _ in COST)] for row in ran]
    return [
        _table(["system", *QUALITY], quality),
        _table(["system", *(title for _, title in COST)], cost),
        _verdict(ran, ours) if ours else "",
        _notes(rows),
    ]


def _verdict(ran: Sequence[Row], ours: Row) -> str:
    """How Wenbao does among other systems; with another model it is none of them."""
    rivals = [row for row in ran if not row["name"].startswith("Wenbao,")]
    if not rivals:
        return ""
    answering = [row for row in rivals if "answer_ms_p50" in row]
    told = [
        _behind(ours, rivals),
        _latency("answer", ours, answering) if answering else NOBODY,
        _latency("search", ours, rivals),
    ]
    return "\n".join(f"- {line}" for line in told)


def _behind(ours: Row, rivals: Sequence[Row]) -> str:
    """The figures of quality in which Wenbao is more than 5 % behind the best."""
    told = []
    for name in QUALITY:
        best = max(rivals, key=lambda row: row.get(name) or 0.0)
        mine, top = ours.get(name), best.get(name)
        if mine is not None and top and mine < _WITHIN * top:
            told.append(f"{name} ({mine:.3f}, {best['name']} {top:.3f})")
    behind = f"more than 5 % behind the best in {', '.join(told)}" if told else "within 5 % of the best in every figure"
    return f"Quality: {behind}."


def _latency(step: str, ours: Row, rivals: Sequence[Row]) -> str:
    name = f"{step}_ms_p50"
    best = min(rivals, key=lambda row: row[name])
    mine, top = f"{ours[name]:.1f} ms", f"{best[name]:.1f} ms"
    among = f"Of {len(rivals) + 1} that {step}"
    if ours[name] <= best[name]:
        return f"{among}, Wenbao is the fastest: {mine} at p50; next is {best['name']}, {top}."
    return f"{among}, the fastest is {best['name']}: {top} at p50; Wenbao takes {mine}."


def _notes(rows: Iterable[Row]) -> str:
    lines = []
    for row in rows:
        told = [*row["notes"], *([f"it failed: {row['failed']}"] if "failed" in row else [])]
        if told:
            lines.append(f"- {row['name']}: {'; '.join(told)}.")
    return "What they could not do, and why:\n\n" + "\n".join(lines) if lines else "Each did all that was asked."


def _versions(installed: Mapping[str, Mapping[str, str]]) -> str:
    lines = [
        f"- {environment}: {', '.join(f'{name} {version}' for name, version in found.items())}"
        for environment, found in installed.items()
    ]
    return "## Versions\n\nWhat pip installed of what was named to it:\n\n" + "\n".join(lines) if lines else ""


def _score(row: Row, ours: Row, name: str) -> str:
    return _with_ratio(row, ours, name, "{:.3f}")


def _figure(row: Row, ours: Row, name: str) -> str:
    value = row.get(name)
    return _with_ratio(row, ours, name, "{:.0f}" if value is not None and value >= 100 else "{:.1f}")


def _with_ratio(row: Row, ours: Row, name: str, shape: str) -> str:
    value, base = row.get(name), ours.get(name)
    if value is None:
        return "–"
    return shape.format(value) + (f" (×{value / base:.2f})" if base and row is not ours else "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
