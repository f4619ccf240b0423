"""Cost curves of the index as one SVG that needs nothing but itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

_WIDE, _HIGH, _LEFT, _TOP, _SIDE = 300, 250, 62, 40, 190
_STYLE = (
    "text{font:11px system-ui,sans-serif;fill:#555}.t{font-weight:600}.a{stroke:#aaa;fill:none}"
    ".l{stroke:#b4232a;stroke-width:2;fill:none}.p{fill:#b4232a}.m{stroke:#777;stroke-dasharray:4 3;stroke-width:2;"
    "fill:none}@media(prefers-color-scheme:dark){text{fill:#bbb}}"
)
_PANELS: tuple[tuple[str, Callable[[Any], float], Callable[[Any], float] | None], ...] = (
    ("hybrid search, ms (p50, dashed p95)", lambda r: r["latency_ms"]["hybrid"]["p50"],
     lambda r: r["latency_ms"]["hybrid"]["p95"]),
    ("memory after the questions, MiB", lambda r: r["resident_mb"], None),
    ("disk, MB", lambda r: r["disk_bytes"] / 1e6, None),
    ("build, CPU s (vectors not counted)", lambda r: max(r["build_cpu_s"], 0.1), None),
)  # fmt: skip


def draw(rows: Sequence[dict[str, Any]]) -> str:
    """Four panels over the number of passages, both axes logarithmic."""
    drawn = []
    for i, (title, first, second) in enumerate(_PANELS):
        x, y = _WIDE * (i % 2), _HIGH * (i // 2)
        lines = [("l", first)] + ([("m", second)] if second else [])
        drawn.append(f'<g transform="translate({x} {y})">{_panel(title, rows, lines)}</g>')
    size = f'width="{2 * _WIDE}" height="{2 * _HIGH}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{_STYLE}</style>{"".join(drawn)}</svg>\n'


def _panel(title: str, rows: Sequence[dict[str, Any]], lines: Sequence[tuple[str, Callable[[Any], float]]]) -> str:
    values = [of(row) for _, of in lines for row in rows]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)) + 1e-9)
    left, right = math.log10(rows[0]["passages"]), math.log10(rows[-1]["passages"])

    def place(row: dict[str, Any], value: float) -> tuple[int, int]:
        x = (math.log10(row["passages"]) - left) / max(right - left, 1e-9)
        y = (math.log10(value) - low) / max(high - low, 1)
        return round(_LEFT + x * _SIDE), round(_TOP + (1 - y) * (_SIDE - 30))

    parts = [f'<text class="t" x="{_LEFT}" y="20">{title}</text>']
    parts.append(f'<path class="a" d="M{_LEFT} {_TOP}V{_TOP + _SIDE - 30}H{_LEFT + _SIDE}"/>')
    for power in range(low, high + 1):
        _, y = place(rows[0], 10.0**power)
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
    for row in rows:
        x, _ = place(row, 10.0**low)
        parts.append(f'<text x="{x}" y="{_TOP + _SIDE - 14}" text-anchor="middle">{row["passages"]:,}</text>')
    for kind, of in lines:
        points = [place(row, of(row)) for row in rows]
        parts.append(f'<polyline class="{kind}" points="{" ".join(f"{x},{y}" for x, y in points)}"/>')
        if kind == "l":
            for (x, y), row in zip(points, rows, strict=True):
                parts.append(f'<circle class="p" cx="{x}" cy="{y}" r="3"/>')
                parts.append(f'<text x="{x}" y="{y - 7}" text-anchor="middle">{of(row):.3g}</text>')
    return "".join(parts)
