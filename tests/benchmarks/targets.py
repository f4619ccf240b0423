"""What the reader is to reach, beside what was measured: a floor that the project promises, and what it aims at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """A score of one published run (``docs/results/RUN.json``), as a share, or in ms for latencies.

    ``lang`` picks one language of the questions; ``at_most`` says that lower is better.
    """

    run: str
    score: str
    floor: float
    aim: float
    lang: str | None = None
    at_most: bool = False

    @property
    def name(self) -> str:
        """For example ``"gold zh contains"``."""
        return " ".join(part for part in (self.run, self.lang, self.score) if part)

    def measured(self, results: Mapping[str, Mapping[str, Any]]) -> float | None:
        """None where the run or the score is not there."""
        found = results.get(self.run, {})
        table = found.get("by_lang", {}).get(self.lang, {}) if self.lang else found.get("scores", {})
        value = table.get(self.score)
        return None if value is None else float(value)

    def reached(self, value: float, bound: float) -> bool:
        """Whether a value is as good as the floor or the aim."""
        return value <= bound if self.at_most else value >= bound


TARGETS: Sequence[tuple[str, Sequence[Target]]] = (
    (
        "CMRC 2018 dev, gold paragraph given, EM and F1",
        (Target("cmrc-given", "em", 0.52, 0.64), Target("cmrc-given", "f1", 0.73, 0.83)),
    ),
    (
        "DRCD dev, gold paragraph given, EM and F1",
        (Target("drcd-given", "em", 0.48, 0.75), Target("drcd-given", "f1", 0.65, 0.84)),
    ),
    (
        "CMRC 2018 dev, open domain, EM and F1",
        (Target("cmrc", "em", 0.46, 0.60), Target("cmrc", "f1", 0.66, 0.78)),
    ),
    ("XQuAD half, Chinese on Chinese, paragraph given, F1", (Target("xquad-zh-given", "f1", 0.58, 0.75),)),
    ("XQuAD half, English on Chinese, paragraph given, F1", (Target("xquad-en-zh-given", "f1", 0.42, 0.65),)),
    (
        "news questions, paragraph given, EM and F1",
        (Target("news-given", "em", 0.28, 0.50), Target("news-given", "f1", 0.55, 0.72)),
    ),
    (
        "gold set, `forced_f1`, Chinese and English",
        (Target("gold", "forced_f1", 0.70, 0.88, "zh"), Target("gold", "forced_f1", 0.45, 0.75, "en")),
    ),
    (
        "gold set, `contains`, Chinese and English",
        (Target("gold", "contains", 0.85, 0.95, "zh"), Target("gold", "contains", 0.60, 0.85, "en")),
    ),
    ("gold set, `precision`", (Target("gold", "precision", 0.90, 0.97),)),
    (
        "gold set, `false_answer_rate` (at most)",
        (Target("gold", "false_answer_rate", 0.15, 0.05, at_most=True),),
    ),
    (
        "gold set, ms for an answer, p50 (at most)",
        (Target("gold", "latency_ms_p50", 300, 120, at_most=True),),
    ),
)
