from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from keyword_embedder import KeywordEmbedder

from rag.reader.features import CONFIDENCE_FEATURES, RANK_FEATURES, Asked, Candidate
from rag.reader.pointers import ScoredSpan
from rag.reader.question import analyse
from rag.training.confidence import (
    KIND_WEIGHT,
    Judged,
    at_precisions,
    cross_validated,
    figures,
    fit,
    fit_confidence,
    fit_rank,
    judge,
    main,
)
from rag.training.examples import Example, pool_examples
from rag.training.pools import Pool, PoolQuestion, make_article
from rag.types import Hit, Passage, Scores, Span

CARS = "汽车展于6月1日开幕。天气很好。"
SCHOOL = "学校今年落成。学生有九百名。"
ECONOMY = "经济增长了百分之三。"


def asked(text: str, source: str, answer: str, *, across: bool = False) -> PoolQuestion:
    return PoolQuestion(text, source, 1, answer, (answer,), across)


def pool(*questions: PoolQuestion) -> Pool:
    articles = tuple(make_article(f"p{number}", "", [text]) for number, text in enumerate((CARS, SCHOOL, ECONOMY)))
    return Pool("zh 0", articles, questions)


def test_a_question_is_seen_in_four_ways(tmp_path: Path) -> None:
    own = pool(asked("汽车展何时开幕?", "p0", "6月1日"), asked("学生有多少?", "p1", "九百名"))
    examples = list(pool_examples(7, own, [asked("谁画了壁画?", "", "老王")], KeywordEmbedder(), tmp_path))
    kinds = ["whole", "no paragraph", "no sentence"] * 2 + ["elsewhere"]
    assert [(e.regime, e.kind, e.pool) for e in examples] == [("within", kind, 7) for kind in kinds]
    whole, without_paragraph, without_sentence = examples[:3]
    right = [c.text for c, is_right in zip(whole.candidates, whole.right, strict=True) if is_right]
    assert right == ["汽车展于6月1日开幕。"]
    marked = next(c for c in whole.candidates if c.text == right[0]).answer.span
    near = 2 * 4 / (marked.end - marked.start + 4)  # all of 6月1日 stands in what is marked
    assert whole.near.tolist() == pytest.approx([near * is_right for is_right in whole.right], rel=1e-6)
    assert all(c.hit.passage.source != "p0" for c in without_paragraph.candidates)
    kept = [c for c in without_sentence.candidates if c.hit.passage.source == "p0"]
    assert [(c.text, c.hit.passage.text) for c in kept] == [("天气很好。", "天气很好。")]
    assert not any(e.right.any() for e in examples if e.kind != "whole")
    assert all(e.features.shape == (len(e.candidates), len(RANK_FEATURES)) for e in examples)


def test_a_question_in_another_language_than_the_text_is_across(tmp_path: Path) -> None:
    own = pool(asked("When did the car exhibition open?", "p0", "6月1日", across=True))
    strange = [asked("Who painted the mural?", "", "老王"), asked("谁画了壁画?", "", "老王")]
    examples = list(pool_examples(0, own, strange, KeywordEmbedder(), tmp_path))
    kinds = ("whole", "no paragraph", "no sentence", "elsewhere")
    assert [(e.regime, e.kind) for e in examples] == [*(("across", kind) for kind in kinds), ("within", "elsewhere")]
    assert examples[0].asked.question.text == "When did the car exhibition open?"


def test_the_sentence_of_the_evidence_is_right_whatever_else_says_it(tmp_path: Path) -> None:
    """As in the news set; without it, sentences that say the answer too are withheld as well."""
    text = "学生有九百名。校长说,学校共九百名学生。学校很大。"
    news = Pool("news 0", (make_article("p0", "学校落成", [CARS, text]),), ())
    question = PoolQuestion("学校有多少学生?", "p0", 2, "校长说", ("九百名",), across=False)
    whole, without_paragraph, without_sentence = pool_examples(
        0, replace(news, questions=(question,)), [], KeywordEmbedder(), tmp_path
    )
    right = [c.text for c, is_right in zip(whole.candidates, whole.right, strict=True) if is_right]
    assert right == ["校长说,学校共九百名学生。"]
    assert {c.text for c in without_paragraph.candidates} == {"汽车展于6月1日开幕。", "天气很好。"}
    assert "学校很大。" in {c.text for c in without_sentence.candidates}
    assert not any("九百名" in c.hit.passage.text for c in without_sentence.candidates)


def test_the_command_fits_what_is_held_back(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.training.confidence.load_embedder", lambda _: KeywordEmbedder())
    monkeypatch.setattr("rag.training.confidence.SETS", ("drcd", "news"))
    out = tmp_path / "weights.json"
    words = ["--data", str(data), "--work", str(tmp_path), "--out", str(out)]
    main([*words, "--pools", "1", "--questions", "2"])
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["fitted_on"] == ["drcd 0", "news 0"]
    assert written["model"] == "keywords@1"
    # Of either pool two Chinese and two English questions; each has three views, and there are as many strangers.
    # Views without a candidate are left out.
    examples = {name: regime["held_out"]["examples"] for name, regime in written["regimes"].items()}
    assert examples.keys() == {"within", "across"}
    assert all(2 * (2 + 2) <= count <= 2 * (2 * 3 + 2) for count in examples.values())


def candidates(count: int) -> Sequence[Candidate]:
    passage = Passage("a#1.1", "a", "", 1, 1, "句", 0, 1)
    return [
        Candidate(
            Hit(passage, Scores(0.0, None, 0.0)), Span(0, 1), np.zeros(1, np.float32), ScoredSpan(Span(0, 1), 0.0)
        )
    ] * count


def example(
    pool: int, kind: str, informative: Sequence[float], right: Sequence[bool], near: Sequence[float] | None = None
) -> Example:
    """Candidates that differ in the first feature alone; ``near`` is 1 for what answers unless it is given."""
    features = np.zeros((len(right), len(RANK_FEATURES)), np.float32)
    features[:, 0] = informative
    asked = Asked(analyse("谁?"), np.zeros(1, np.float32), (), 0.0)
    marked = np.asarray(right if near is None else near, np.float32)
    return Example(pool, kind, asked, candidates(len(right)), features, np.asarray(right), marked)


def lot() -> list[Example]:
    """In three pools: a good answer has a high first feature; without one, all are low."""
    return [
        e
        for pool in range(3)
        for _ in range(4)
        for e in (
            example(pool, "whole", [0.9, 0.2, 0.1], [True, False, False]),
            example(pool, "whole", [0.3, 0.8], [False, True]),
            example(pool, "no paragraph", [0.25, 0.2], [False, False]),
            example(pool, "elsewhere", [0.1, 0.2], [False, False]),
        )
    ]


def test_ranking_learns_what_tells_the_answer() -> None:
    rank = fit_rank(lot())
    assert rank.shape == (len(RANK_FEATURES),)
    assert rank[0] > 1
    np.testing.assert_allclose(rank[1:], 0, atol=1e-6)
    assert all(e.right[np.argmax(e.features @ rank)] for e in lot() if e.kind == "whole")


def test_an_example_that_teaches_nothing_is_passed_over() -> None:
    idle = [example(0, "whole", [0.9, 0.1], [False, False]), example(0, "whole", [0.9], [True])]
    np.testing.assert_allclose(fit_rank([*lot(), *idle]), fit_rank(lot()), atol=1e-6)


def test_of_two_sentences_that_answer_the_one_marked_well_wins() -> None:
    both = [example(0, "whole", [0.9, 0.1, 0.5], [True, True, False], near) for near in ([0.0, 1.0, 0.0],) * 4]
    assert fit_rank(both)[0] < -0.1
    assert fit_rank([replace(e, near=e.near[[1, 0, 2]]) for e in both])[0] > 0.1


def test_the_first_choices_are_judged() -> None:
    rank = np.eye(1, len(RANK_FEATURES), dtype=np.float32)[0]
    judged = judge([*lot()[:4], replace(lot()[0], candidates=())], rank)
    assert judged.features.shape == (4, len(CONFIDENCE_FEATURES))
    assert judged.right.tolist() == [True, True, False, False]
    kinds = ("whole", "whole", "no paragraph", "elsewhere")
    assert judged.weights.tolist() == pytest.approx([KIND_WEIGHT[kind] for kind in kinds])
    margin = CONFIDENCE_FEATURES.index("margin")
    np.testing.assert_allclose(judged.features[:, margin], [0.7, 0.5, 0.05, 0.1], atol=1e-6)


def test_confidence_is_high_where_the_first_choice_is_right() -> None:
    judged = judge(lot(), fit_rank(lot()))
    for confidence in (1 / (1 + np.exp(-judged.features @ fit_confidence(judged))), cross_validated(judged)):
        assert confidence[judged.right].min() > confidence[~judged.right].max()
        assert ((confidence > 0) & (confidence < 1)).all()


def test_cross_validated_confidence_knows_nothing_of_its_own_pool() -> None:
    judged = judge(lot(), fit_rank(lot()))
    first = judged.pools == 0
    flipped = Judged(judged.features, judged.right ^ first, judged.weights, judged.pools)
    np.testing.assert_array_equal(cross_validated(judged)[first], cross_validated(flipped)[first])
    assert not np.allclose(cross_validated(judged)[~first], cross_validated(flipped)[~first])


def test_figures_go_by_weight() -> None:
    """Above .5: one right of weight 1 and one wrong of .2; below: one right of weight 1, one wrong of .2."""
    features = np.zeros((4, len(CONFIDENCE_FEATURES)), np.float32)
    weights = np.array([1.0, 0.2, 1.0, 0.2], np.float32)
    judged = Judged(features, np.array([True, False, True, False]), weights, np.zeros(4, np.int64))
    found = figures(judged, np.array([0.95, 0.55, 0.45, 0.05], np.float32), 0.5)
    assert found["right_with_answer"] == 1.0
    assert (found["answered_with_answer"], found["answered_without_answer"]) == (0.5, 0.5)
    assert found["right_of_answered"] == pytest.approx(1 / 1.2, abs=1e-4)
    assert found["ece"] == pytest.approx((1 * 0.05 + 0.2 * 0.55 + 1 * 0.55 + 0.2 * 0.05) / 2.4, abs=1e-4)


def test_each_precision_has_its_threshold_and_what_it_gives() -> None:
    """From the surest on: nine right, one wrong at .6, one right at .4; two without an answer at .2, of weight .1."""
    right = np.array([True] * 9 + [False, True, False, False])
    confidence = np.array([0.95] * 9 + [0.6, 0.4, 0.2, 0.2], np.float32)
    features = np.zeros((13, len(CONFIDENCE_FEATURES)), np.float32)
    judged = Judged(features, right, np.array([1.0] * 11 + [0.1] * 2, np.float32), np.zeros(13, np.int64))
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


def test_the_threshold_serves_both_together_or_each_regime() -> None:
    within = lot()
    across = [*lot(), *(example(pool, "no paragraph", [0.88, 0.2], [False, False]) for pool in range(3) for _ in "ab")]
    both = fit({"within": within, "across": across})
    each = fit({"within": within, "across": across}, each_regime=True)
    alone = [each["precisions"][name]["0.90"]["threshold"] for name in ("within", "across")]
    assert each["threshold"] == max(alone) >= both["threshold"]
    assert both["precisions"] == each["precisions"]
    assert (both["precision_of"], each["precision_of"]) == ("both regimes together", "each regime")


def test_what_is_fitted_is_json_with_the_features_by_name() -> None:
    fitted = fit({"within": lot(), "across": lot()})
    assert json.loads(json.dumps(fitted, allow_nan=False)) == fitted
    assert 0 < fitted["threshold"] < 1
    assert fitted["precision"] == 0.9
    assert fitted["precisions"].keys() == {"all", "within", "across"}
    assert fitted["precisions"]["all"]["0.90"]["threshold"] == fitted["threshold"]
    assert fitted["held_out"]["examples"] == sum(
        regime["held_out"]["examples"] for regime in fitted["regimes"].values()
    )
    for regime in fitted["regimes"].values():
        assert tuple(regime["rank"]) == RANK_FEATURES
        assert tuple(regime["confidence"]) == CONFIDENCE_FEATURES
        assert regime["held_out"]["right_with_answer"] == 1.0
        assert regime["held_out"]["answered_with_answer"] == 1.0
