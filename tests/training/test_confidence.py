"""The confidence is fitted on toy questions; the arithmetic of thresholds by hand."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from keyword_embedder import KeywordEmbedder

sys.path.insert(0, str(Path(__file__).parents[1] / "reader"))
from fake_store import FakeModel

from rag.reader.span_reader import FEATURES, Candidate
from rag.training.confidence import (
    COSINE,
    FUSED,
    KIND_WEIGHT,
    NEWS_WEIGHT,
    Judged,
    at_precisions,
    cross_validated,
    figures,
    fit,
    fit_confidence,
    judge,
    main,
    reranked,
    right_first,
)
from rag.training.examples import Example, RememberingModel, pool_examples
from rag.training.pools import Pool, PoolQuestion, make_article
from rag.types import Hit, Passage, Scores, Span

CARS = "汽车展于6月1日开幕。天气很好。"
SCHOOL = "学校今年落成。学生有九百名。"
ECONOMY = "经济增长了百分之三。"
MODEL = {"6月1日": 3.0, "九百名": 2.0, "百分之三": 1.0}


def asked(text: str, source: str, answer: str, *, across: bool = False) -> PoolQuestion:
    return PoolQuestion(text, source, 1, answer, (answer,), across)


def pool(*questions: PoolQuestion) -> Pool:
    articles = tuple(make_article(f"p{number}", "", [text]) for number, text in enumerate((CARS, SCHOOL, ECONOMY)))
    return Pool("zh 0", articles, questions)


def examples_of(folder: Path, own: Pool, foreign: Sequence[PoolQuestion] = ()) -> list[Example]:
    return list(pool_examples(7, own, foreign, KeywordEmbedder(), FakeModel(MODEL), folder))


def test_a_question_is_seen_with_and_without_its_paragraph(tmp_path: Path) -> None:
    own = pool(asked("汽车展何时开幕?", "p0", "6月1日"), asked("门票多少钱?", "", ""))
    examples = examples_of(tmp_path, own, [asked("谁画了壁画?", "", "老王")])
    assert [(e.kind, e.pool) for e in examples] == [(k, 7) for k in ("whole", "no paragraph", "none", "elsewhere")]
    whole, without, *_ = examples
    right = [c.text for c, is_right in zip(whole.candidates, whole.right, strict=True) if is_right]
    assert right == ["汽车展于6月1日开幕。"]
    assert whole.likeness[whole.right.index(True)] == 1.0
    assert all(c.hit.passage.source != "p0" for c in without.candidates)
    assert not any(any(e.right) for e in examples if e.kind != "whole")


def test_a_passage_is_read_once_for_all_views(tmp_path: Path) -> None:
    model = FakeModel(MODEL)
    remembering = RememberingModel(model)
    first = remembering.read("?", [("", CARS), ("", SCHOOL)])
    assert remembering.read("?", [("", SCHOOL)]) == first[1:]
    assert len(model.asked) == 1
    remembering.read("?", [("", SCHOOL)], "谁?")
    assert len(model.asked) == 2


def test_the_command_fits_what_is_held_back(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.training.confidence.load_embedder", lambda _: KeywordEmbedder())
    monkeypatch.setattr("rag.training.confidence.SETS", ("drcd",))
    model = FakeModel({"900人": 2.0, "1900人": 2.0, "九百名": 1.0, "轿车9辆": 2.0, "新学校": 0.5, "门口": 0.5})
    model.name = "fake@1"  # type: ignore[attr-defined]
    monkeypatch.setattr("rag.training.confidence.SpanModel", lambda _: model)
    out = tmp_path / "weights.json"
    main(["--data", str(data), "--work", str(tmp_path), "--out", str(out), "--pools", "1"])
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["fitted_on"] == ["drcd 0", "news 0"]
    assert (written["model"], written["reader"]) == ("keywords@1", "fake@1")
    assert set(written["regimes"]) == {"within", "across"}
    assert tuple(written["confidence"]) == FEATURES
    assert written["right_first"] > 0
    assert {written["fused"], written["cosine"]} <= {*FUSED, *COSINE}


def candidate(chance: float, fused: float = 0.5, text: str = "句") -> Candidate:
    passage = Passage("a#1.1", "a", "", 1, 1, text, 0, 1)
    spans = ((Span(0, 1), chance),)
    vector = np.zeros(1, np.float32)
    return Candidate(Hit(passage, Scores(0.0, None, fused)), Span(0, 1), vector, chance, spans, math.log(chance))


def example(number: int, kind: str, rows: Sequence[tuple[Candidate, bool]], question: str = "谁?") -> Example:
    candidates, right = [row[0] for row in rows], tuple(row[1] for row in rows)
    return Example(number, kind, question, np.zeros(1, np.float32), (), candidates, right, tuple(map(float, right)))


def lot() -> list[Example]:
    """In three pools: a right answer has a high chance; without one, all are low."""
    return [
        e
        for number in range(3)
        for _ in range(4)
        for e in (
            example(number, "whole", [(candidate(0.9), True), (candidate(0.05), False)]),
            example(number, "whole", [(candidate(0.8), True), (candidate(0.1), False)]),
            example(number, "no paragraph", [(candidate(0.1), False), (candidate(0.08), False)]),
            example(number, "elsewhere", [(candidate(0.05), False)]),
        )
    ]


def test_the_fused_score_counts_by_its_weight() -> None:
    rows = example(0, "whole", [(candidate(0.5, fused=0.4), False), (candidate(0.4, fused=0.6), True)])
    assert [reranked(rows, weight, 0.0).right[0] for weight in (0.0, 2.0)] == [False, True]
    assert (right_first([rows], 0.0, 0.0), right_first([rows], 2.0, 0.0)) == (0.0, 1.0)


def test_the_first_choices_are_judged_by_regime() -> None:
    english = example(0, "none", [(candidate(0.3, text="句"), False)], question="Who painted the mural?")
    judged = judge([*lot()[:4], english], ["news"])
    within, across = (judged.rows(rows) for rows in judged.regimes.values())
    assert within.features.shape == (4, len(FEATURES))
    assert within.right.tolist() == [True, True, False, False]
    assert within.answerable.tolist() == [True, True, False, False]
    kinds = ("whole", "whole", "no paragraph", "elsewhere")
    assert within.weights.tolist() == pytest.approx([NEWS_WEIGHT * KIND_WEIGHT[kind] for kind in kinds])
    assert across.answerable.tolist() == [False]


def test_confidence_is_high_where_the_first_choice_is_right() -> None:
    judged = judge(lot(), ["zh"] * 3)
    for confidence in (1 / (1 + np.exp(-judged.features @ fit_confidence(judged))), cross_validated(judged)):
        assert confidence[judged.right].min() > confidence[~judged.right].max()
        assert ((confidence > 0) & (confidence < 1)).all()


def test_the_threshold_serves_both_together_or_each_regime() -> None:
    judged = judge(lot(), ["zh"] * 3)
    across = replace(judged, features=judged.features.copy())
    across.features[:, FEATURES.index("across")] = 1
    both = Judged(*(np.concatenate([getattr(part, f.name) for part in (judged, across)]) for f in fields(Judged)))
    written = fit(both, each_regime=True)
    assert tuple(written["confidence"]) == FEATURES
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    assert 0 < written["threshold"] < 1
    assert written["tentative"] <= written["threshold"]
    assert written["precisions"].keys() == {"all", "within", "across"}
    assert written["precision_of"] == "each regime"
    assert written["held_out"]["right_with_answer"] == 1.0


def test_figures_go_by_weight() -> None:
    """Above .5: one right of weight 1 and one wrong of .2; below: one right of weight 1, one wrong of .2."""
    features = np.zeros((4, len(FEATURES)), np.float32)
    weights = np.array([1.0, 0.2, 1.0, 0.2], np.float32)
    judged = Judged(features, np.array([True, False, True, False]), weights, np.zeros(4, np.int64), weights > 0.5)
    found = figures(judged, np.array([0.95, 0.55, 0.45, 0.05], np.float32), 0.5)
    assert found["right_with_answer"] == 1.0
    assert (found["answered_with_answer"], found["answered_without_answer"]) == (0.5, 0.5)
    assert found["right_of_answered"] == pytest.approx(1 / 1.2, abs=1e-4)
    assert found["ece"] == pytest.approx((1 * 0.05 + 0.2 * 0.55 + 1 * 0.55 + 0.2 * 0.05) / 2.4, abs=1e-4)


def test_each_precision_has_its_threshold_and_what_it_gives() -> None:
    """From the surest on: nine right, one wrong at .6, one right at .4; two without an answer at .2, of weight .1."""
    right = np.array([True] * 9 + [False, True, False, False])
    confidence = np.array([0.95] * 9 + [0.6, 0.4, 0.2, 0.2], np.float32)
    features = np.zeros((13, len(FEATURES)), np.float32)
    judged = Judged(
        features,
        right,
        np.array([1.0] * 11 + [0.1] * 2, np.float32),
        np.zeros(13, np.int64),
        np.array([True] * 11 + [False] * 2),
    )
    found = at_precisions(judged, confidence)
    assert {name: each["threshold"] for name, each in found.items()} == {
        "0.80": 0.01,
        "0.85": 0.01,
        "0.90": 0.21,
        "0.95": 0.61,
        "0.99": 0.61,
    }
    assert found["0.90"]["right_of_answered"] == pytest.approx(10 / 11, abs=1e-4)
    assert (found["0.90"]["answered_with_answer"], found["0.90"]["answered_without_answer"]) == (1.0, 0.0)
    assert found["0.80"]["right_of_answered"] == pytest.approx(10 / 11.2, abs=1e-4)
    assert found["0.80"]["answered_without_answer"] == 1.0
    assert found["0.95"]["right_of_answered"] == 1.0
