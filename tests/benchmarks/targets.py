"""What Wenbao has to reach: floors that the project promises, aims beyond them, and which floors are not kept.

``broken_promises`` compares them with measured figures; ``results.py`` reports them after each measurement.
"""

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
        report = results.get(self.run, {})
        table = report.get("by_lang", {}).get(self.lang, {}) if self.lang else report.get("scores", {})
        value = table.get(self.score)
        return None if value is None else float(value)

    def reached(self, value: float, bound: float) -> bool:
        """Whether a value is as good as the floor or the aim."""
        return value <= bound if self.at_most else value >= bound


#: Floors of reading that are not reached, by name: docs/results/README.md has to say why.
MISSED = {
    "gold zh contains",
    "gold en contains",
    "pages zh contains",
    "pages en contains",
    "pages en precision",
    "pages zh false_answer_rate",
    "pages-ocr zh contains",
    "pages-ocr en contains",
    "cmrc-given em",
    "cmrc-given f1",
    "drcd-given em",
    "drcd-given f1",
    "xquad-zh-given f1",
    "xquad-en-zh-given f1",
    "xquad-zh-en-given f1",
    "xquad-en-given f1",
    "cmrc em",
    "cmrc f1",
}
#: How much worse a fused ranking may be than one of the rankings it is made of.
TOLERANCE = 0.002
#: Where words help: both rankings together are never worse than words alone.
WITHIN_LANGUAGE = ("cmrc", "drcd", "news", "xquad-zh", "xquad-en-zh")
#: Where question and text are of two languages, words find little: they may not make the vectors' ranking worse.
ACROSS_LANGUAGES = ("xquad-en-zh", "xquad-zh-en")

TARGETS: Sequence[tuple[str, Sequence[Target]]] = (
    (
        "news pages, `forced_contains`, Chinese and English",
        (Target("pages", "forced_contains", 0.80, 0.92, "zh"), Target("pages", "forced_contains", 0.66, 0.84, "en")),
    ),
    (
        "news pages, `contains`, Chinese and English",
        (Target("pages", "contains", 0.60, 0.80, "zh"), Target("pages", "contains", 0.45, 0.70, "en")),
    ),
    (
        "news pages, `answered_or_tentative`, Chinese and English",
        (
            Target("pages", "answered_or_tentative", 0.74, 0.90, "zh"),
            Target("pages", "answered_or_tentative", 0.60, 0.82, "en"),
        ),
    ),
    (
        "news pages, `precision`, Chinese and English",
        (Target("pages", "precision", 0.90, 0.95, "zh"), Target("pages", "precision", 0.90, 0.95, "en")),
    ),
    (
        "news pages, `false_answer_rate` (at most), Chinese and English",
        (
            Target("pages", "false_answer_rate", 0.10, 0.03, "zh", at_most=True),
            Target("pages", "false_answer_rate", 0.10, 0.03, "en", at_most=True),
        ),
    ),
    (
        "news pages, `forced_f1`, Chinese and English",
        (Target("pages", "forced_f1", 0.60, 0.78, "zh"), Target("pages", "forced_f1", 0.50, 0.70, "en")),
    ),
    (
        "the same pages as OCR gives them, `contains`, Chinese and English",
        (Target("pages-ocr", "contains", 0.55, 0.80, "zh"), Target("pages-ocr", "contains", 0.42, 0.70, "en")),
    ),
    ("news pages, 70 follow-up turns, `contains`", (Target("pages-dialogues", "contains", 0.66, 0.85),)),
    (
        "CMRC 2018 dev, gold paragraph given, EM and F1",
        (Target("cmrc-given", "em", 0.60, 0.66), Target("cmrc-given", "f1", 0.82, 0.86)),
    ),
    (
        "DRCD dev, gold paragraph given, EM and F1",
        (Target("drcd-given", "em", 0.65, 0.78), Target("drcd-given", "f1", 0.79, 0.87)),
    ),
    ("XQuAD half, Chinese on Chinese, paragraph given, F1", (Target("xquad-zh-given", "f1", 0.68, 0.76),)),
    ("XQuAD half, English on Chinese, paragraph given, F1", (Target("xquad-en-zh-given", "f1", 0.64, 0.73),)),
    ("XQuAD half, Chinese on English, paragraph given, F1", (Target("xquad-zh-en-given", "f1", 0.64, 0.72),)),
    ("XQuAD half, English on English, paragraph given, F1", (Target("xquad-en-given", "f1", 0.74, 0.80),)),
    (
        "CMRC 2018 dev, open domain, EM and F1",
        (Target("cmrc", "em", 0.58, 0.63), Target("cmrc", "f1", 0.80, 0.83)),
    ),
    (
        "news questions, paragraph given, EM and F1",
        (Target("news-given", "em", 0.48, 0.55), Target("news-given", "f1", 0.76, 0.80)),
    ),
    (
        "gold set, `contains`, Chinese and English",
        (Target("gold", "contains", 0.87, 0.95, "zh"), Target("gold", "contains", 0.70, 0.85, "en")),
    ),
    ("gold set, `precision`", (Target("gold", "precision", 0.90, 0.97),)),
    (
        "gold set, `false_answer_rate` (at most)",
        (Target("gold", "false_answer_rate", 0.10, 0.05, at_most=True),),
    ),
    (
        "gold set, ms for an answer, p50 (at most)",
        (Target("gold", "latency_ms_p50", 300, 120, at_most=True),),
    ),
)


def _floor(run: str, score: str, floor: float, lang: str | None = None) -> Target:
    return Target(run, score, floor, floor, lang)


#: Promises that no table shows: of the vectors alone, and of follow-up questions.
FLOORS: Sequence[Target] = (
    _floor("cmrc-dense", "recall@1", 0.82),
    _floor("drcd-dense", "recall@1", 0.70),
    _floor("xquad-zh-dense", "recall@1", 0.88),
    _floor("xquad-en-zh-dense", "recall@1", 0.83),
    _floor("xquad-zh-en-dense", "recall@1", 0.83),
    _floor("xquad-en-dense", "recall@1", 0.90),
    _floor("gold-dense", "recall@5", 0.85, "en"),
    _floor("dialogues", "left_alone", 0.7),
    _floor("dialogues", "contains", 0.7),
    _floor("dialogues", "precision", 0.9),
)
PROMISES: Sequence[Target] = (*FLOORS, *(target for _, row in TARGETS for target in row))


def broken_promises(results: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """One line for each floor that is not kept, and for each of ``MISSED`` that is reached by now."""
    problems = []
    for target in PROMISES:
        value = target.measured(results)
        if value is None:
            problems.append(f"{target.name} is not measured")
        elif not target.reached(value, target.floor) and target.name not in MISSED:
            problems.append(f"{target.name} is {value:.3f}, its floor {target.floor:.3f}")
        elif target.reached(value, target.floor) and target.name in MISSED:
            problems.append(f"{target.name} reaches its floor: take it out of MISSED, so that it is kept from now on")
    for names, leg in ((WITHIN_LANGUAGE, "lexical"), (ACROSS_LANGUAGES, "dense")):
        for name in names:
            problems += _fused_is_worse(results, name, leg)
    return problems


def _fused_is_worse(results: Mapping[str, Mapping[str, Any]], name: str, leg: str) -> list[str]:
    fused, alone = (results.get(f"{name}-{ranking}", {}).get("scores", {}).get("mrr@10") for ranking in ("fused", leg))
    if fused is None or alone is None:
        return [f"{name} is not measured fused and {leg}"]
    return [f"{name} fused has MRR@10 {fused:.3f}, {leg} alone {alone:.3f}"] if fused < alone - TOLERANCE else []
