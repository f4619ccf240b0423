"""Draw how far the confidence can be trusted, as two self-contained SVG files.

``python -m rag.evaluation.plots REPORT.json… --out FOLDER`` draws the answers of one or several reports.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.evaluation.calibration import BINS, Judged, aurc, coverage_curve, ece

_WIDTH, _HEIGHT, _LEFT, _TOP, _SIDE = 420, 360, 52, 30, 280
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#555}svg .t{font-weight:600}svg .a{stroke:#aaa;fill:none}"
    "svg .i{stroke:#999;stroke-dasharray:4 4}svg .l{stroke:#b4232a;stroke-width:2;fill:none}svg .b{fill:#b4232a}"
    "svg .n{fill:#b4232a;fill-opacity:.15}@media(prefers-color-scheme:dark){text{fill:#bbb}}"
)


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of similar confidence: their number, mean confidence, and the share that is right."""

    count: int
    confidence: float
    right: float


def bins(judged: Sequence[Judged], count: int = BINS) -> list[Bin]:
    """The bins of equal width that are not empty; the last bin includes 1.

    >>> bins([(0.95, True), (0.95, False)])
    [Bin(count=2, confidence=0.95, right=0.5)]
    """
    held: dict[int, list[Judged]] = {}
    for pair in judged:
        held.setdefault(min(int(pair[0] * count), count - 1), []).append(pair)
    return [
        Bin(len(pairs), sum(c for c, _ in pairs) / len(pairs), sum(r for _, r in pairs) / len(pairs))
        for _, pairs in sorted(held.items())
    ]


def reliability_svg(judged: Sequence[Judged]) -> str:
    """A drawing of the share that is right by confidence; on the dashed line both are equal."""
    filled = bins(judged)
    most = max((one.count for one in filled), default=1)
    width = _SIDE / BINS
    drawn = [f'<path class="i" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>']
    for one in filled:
        left = _x(min(int(one.confidence * BINS), BINS - 1) / BINS)
        label = f"{one.count} answers, confidence {one.confidence:.2f}, right {one.right:.2f}"
        drawn.append(_bar(left, width, one.count / most, "n", ""))
        drawn.append(_bar(left + width / 4, width / 2, one.right, "b", label))
    error = ece(judged)
    title = f"Reliability: {len(judged)} answers" + (f", ECE {error:.3f}" if error is not None else "")
    return _svg(title, "confidence", "share that is right (pale: how many)", drawn)


def risk_coverage_svg(judged: Sequence[Judged], threshold: float | None = None) -> str:
    """A drawing of the share of wrong answers among the most confident ones, by the share of questions answered.

    A dashed line marks the share whose confidence is at least ``threshold``.
    """
    points = [f"{_x(coverage):.1f} {_y(risk):.1f}" for coverage, risk in thinned(coverage_curve(judged))]
    drawn = [f'<path class="l" d="M{"L".join(points)}"/>'] if points else []
    if threshold and judged:
        given = sum(confidence >= threshold for confidence, _ in judged) / len(judged)
        label = f"<title>threshold {threshold:g}: {given:.2f} answered</title>"
        drawn.append(f'<path class="i" d="M{_x(given):.1f} {_y(0)}L{_x(given):.1f} {_y(1)}">{label}</path>')
    area = aurc(judged)
    title = f"Risk and coverage: {len(judged)} answers" + (f", AURC {area:.3f}" if area is not None else "")
    return _svg(title, "share of questions answered, surest first", "share of these that is wrong", drawn)


def thinned(points: Sequence[tuple[float, float]], most: int = 500) -> list[tuple[float, float]]:
    """Some of the points, about ``most`` or fewer, with the first and the last of them."""
    step = max(1, len(points) // most)
    return [*points[:-1:step], *points[-1:]]


def _bar(left: float, width: float, share: float, kind: str, label: str) -> str:
    title = f"<title>{label}</title>" if label else ""
    shape = f'x="{left:.1f}" y="{_y(share):.1f}" width="{width:.1f}" height="{_SIDE * share:.1f}"'
    return f'<rect class="{kind}" {shape}>{title}</rect>'


def _svg(title: str, x_label: str, y_label: str, drawn: Sequence[str]) -> str:
    ticks = []
    for tenths in range(0, 11, 2):
        share = tenths / 10
        ticks.append(f'<text x="{_x(share)}" y="{_y(0) + 16}" text-anchor="middle">{share:g}</text>')
        ticks.append(f'<text x="{_x(0) - 6}" y="{_y(share) + 4}" text-anchor="end">{share:g}</text>')
    middle = _TOP + _SIDE / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img">',
        f"<title>{title}</title><style>{_STYLE}</style>",
        f'<text class="t" x="{_LEFT}" y="18">{title}</text>',
        f'<rect class="a" x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}"/>',
        *ticks,
        f'<text x="{_LEFT + _SIDE / 2}" y="{_HEIGHT - 10}" text-anchor="middle">{x_label}</text>',
        f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">{y_label}</text>',
        *drawn,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(share: float) -> float:
    return _LEFT + _SIDE * share


def _y(share: float) -> float:
    return _TOP + _SIDE * (1 - share)


def write_plots(judged: Sequence[Judged], folder: Path, prefix: str = "", threshold: float | None = None) -> None:
    """Write ``reliability.svg`` and ``risk-coverage.svg`` to the folder."""
    (folder / f"{prefix}reliability.svg").write_text(reliability_svg(judged), encoding="utf-8")
    (folder / f"{prefix}risk-coverage.svg").write_text(risk_coverage_svg(judged, threshold), encoding="utf-8")


def main() -> None:
    from rag.evaluation.stored import load_report

    parser = argparse.ArgumentParser(prog="python -m rag.evaluation.plots", description=__doc__)
    parser.add_argument("reports", nargs="+", type=Path, help="reports of rag evaluate --json")
    parser.add_argument("--out", type=Path, default=Path("docs"), help="folder for the two drawings")
    options = parser.parse_args()
    reports = [load_report(path) for path in options.reports]
    thresholds = {report.run.get("threshold") for report in reports}
    threshold = thresholds.pop() if len(thresholds) == 1 else None
    write_plots([pair for report in reports for pair in report.judged], options.out, threshold=threshold)


if __name__ == "__main__":
    main()
