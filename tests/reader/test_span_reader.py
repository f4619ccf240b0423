"""Which sentences are chosen, what they mark, and how sure that is: with a model whose logits are given."""

from __future__ import annotations

import math

import numpy as np
import pytest
from fake_store import FakeModel, FakeStore, hit, passage
from keyword_embedder import KeywordEmbedder

from rag.reader import MOST_CANDIDATES, SpanReader
from rag.reader.span_reader import FEATURES, Weights, fitted, fitted_tentative_threshold, fitted_threshold, items
from rag.types import Span

MEETING = passage(1, "会议由张三主持。会议在礼堂召开。有三十人参加。")
PARK = passage(2, "公园有树木五百棵。")


def weights(fused: float = 0.0, cosine: float = 0.0) -> Weights:
    """Confidence is the chance of the sentence, because the logistic function undoes the log-odds."""
    only = np.asarray([float(name == "sentence") for name in FEATURES], np.float32)
    return Weights(fused, cosine, only)


def reader(answers: dict[str, float], fused: float = 0.0) -> SpanReader:
    embedder = KeywordEmbedder()
    return SpanReader(FakeStore(embedder, [MEETING, PARK]), embedder, FakeModel(answers), weights(fused))


def test_the_likeliest_sentence_answers_with_its_likeliest_span() -> None:
    (reading,) = reader({"张三": 3.0, "礼堂": 1.0, "五百棵": 0.0}).read(["谁主持?"], [[hit(MEETING), hit(PARK)]])
    (finding,) = reading.findings
    assert finding.passage.text[finding.marked.start : finding.marked.end] == "张三"
    assert finding.sentence == Span(0, 8)
    whole = 1 + math.exp(3) + math.exp(1) + 1
    assert reading.confidence == pytest.approx(math.exp(3) / whole, abs=1e-5)


def test_spans_of_all_passages_are_on_one_scale() -> None:
    (reading,) = reader({"张三": 1.0, "五百棵": 4.0}).read(["有多少棵树?"], [[hit(MEETING), hit(PARK)]])
    assert reading.findings[0].passage == PARK


def test_equal_marks_of_several_spans_count_together() -> None:
    """礼堂 and 礼堂召开 are likelier together than 张三, whose span is the likeliest."""
    candidates = reader({"张三": 2.0, "礼堂": 1.8, "礼堂召开": 1.7}).candidates(
        "?", KeywordEmbedder().encode_queries(["?"])[0], [hit(MEETING)]
    )
    assert candidates[0].span == Span(8, 16)
    assert [candidate.chance for candidate in candidates] == sorted((c.chance for c in candidates), reverse=True)


def test_retrieval_counts_as_much_as_its_weight_says() -> None:
    hits = [hit(PARK, fused=0.9), hit(MEETING, fused=0.5)]
    answers = {"五百棵": 1.0, "张三": 2.0}
    assert reader(answers, fused=0.0).read(["?"], [hits])[0].findings[0].passage == MEETING
    assert reader(answers, fused=5.0).read(["?"], [hits])[0].findings[0].passage == PARK


def test_candidates_are_the_best_sentences_the_surest_first() -> None:
    answers = {"张三": 3.0, "礼堂": 2.0, "三十人": 1.0, "五百棵": 0.0}
    (reading,) = reader(answers).read(["?"], [[hit(MEETING), hit(PARK)]])
    marks = [c.finding.passage.text[c.finding.marked.start : c.finding.marked.end] for c in reading.candidates]
    assert marks == ["张三", "礼堂", "三十人"]
    assert len(marks) == MOST_CANDIDATES
    assert reading.candidates[0].confidence == reading.confidence
    ratios = [candidate.confidence / reading.confidence for candidate in reading.candidates]
    assert ratios == pytest.approx([1.0, math.exp(-1), math.exp(-2)], abs=1e-4)


def test_all_items_of_a_list_are_marked_in_order() -> None:
    text = "参展的有轿车、客车和货车,门票免费。"
    spans = [
        (Span(text.index(part), text.index(part) + 2), chance)
        for part, chance in (("货车", 0.3), ("轿车", 0.25), ("客车", 0.24), ("门票", 0.02))
    ]
    assert [text[s.start : s.end] for s in items(spans)] == ["轿车", "客车", "货车"]


def test_spans_that_overlap_a_likelier_one_are_no_items() -> None:
    assert items([(Span(0, 4), 0.4), (Span(2, 6), 0.3), (Span(8, 9), 0.05)]) == [Span(0, 4)]


def test_a_span_that_holds_several_items_gives_way_to_them() -> None:
    spans = [(Span(0, 7), 0.4), (Span(0, 3), 0.2), (Span(4, 7), 0.15), (Span(9, 10), 0.01)]
    assert items(spans) == [Span(0, 3), Span(4, 7)]
    assert items([spans[0], spans[1]]) == [Span(0, 7)]


def test_without_passages_there_is_no_reading() -> None:
    (reading,) = reader({}).read(["谁?"], [[]])
    assert (reading.findings, reading.confidence, reading.candidates) == ((), 0.0, ())


def test_the_turn_before_reaches_the_model() -> None:
    embedder, model = KeywordEmbedder(), FakeModel({"礼堂": 2.0})
    made = SpanReader(FakeStore(embedder, [MEETING]), embedder, model, weights())
    made.read(["在哪里?", "谁?"], [[hit(MEETING)], [hit(MEETING)]], ["会议由谁主持?\n张三", ""])
    assert model.asked == [("在哪里?", "会议由谁主持?\n张三"), ("谁?", "")]


def test_the_shipped_weights_are_complete() -> None:
    assert fitted().confidence.shape == (len(FEATURES),)
    assert 0 < fitted_tentative_threshold() < fitted_threshold() < 1
