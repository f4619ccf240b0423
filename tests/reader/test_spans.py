from __future__ import annotations

from math import log1p

import numpy as np
import pytest

from rag.reader.pointers import Pointed, ScoredSpan
from rag.reader.question import analyse
from rag.reader.spans import SPAN_FEATURES, chosen, fitted_spans, read_twice, span_features
from rag.types import Span

TEXT = "汽车展于6月1日开幕,持续三天。"
QUESTION = analyse("汽车展何时开幕?")


def scored(part: str, score: float, text: str = TEXT) -> ScoredSpan:
    at = text.index(part)
    return ScoredSpan(Span(at, at + len(part)), score)


def tokens(text: str, first: dict[str, float], last: dict[str, float]) -> Pointed:
    """One token a character; an answer begins and ends anywhere with score 0 but for those that are named."""
    n, size = len(text), 1
    return Pointed(
        np.arange(n),
        np.arange(1, n + 1),
        np.array([first.get(c, 0.0) for c in text], np.float32),
        np.array([last.get(c, 0.0) for c in text], np.float32),
        np.zeros((n, size), np.float32),
        np.zeros((n, size), np.float32),
    )


def test_a_sentence_is_read_within_its_passage_and_alone() -> None:
    text, sentence = "前文。甲乙丙丁。", Span(3, 8)
    passage = tokens(text, {"甲": 4, "乙": 3}, {"丁": 4})
    alone = tokens("甲乙丙丁。", {"乙": 2}, {"丁": 1, "。": 2})
    spans = read_twice(passage, sentence, alone)
    assert len(spans) == 15  # 5 + 4 + 3 + 2 + 1 runs of tokens
    best, second, third = ((text[each.span.start : each.span.end], each.score) for each in spans[:3])
    assert best == ("乙丙丁", (3 + 4 + 2 + 1) / 2)
    assert second == ("甲乙丙丁", (4 + 4 + 0 + 1) / 2)
    assert third == ("乙丙丁。", (3 + 0 + 2 + 2) / 2)


def test_what_one_reading_cannot_cut_so_counts_as_its_last() -> None:
    text = "甲乙丙。"
    passage = tokens(text, {"甲": 4}, {"丙": 4})
    whole = Pointed(*(np.array([at]) for at in (0, 3)), *np.ones((2, 1), np.float32), *np.ones((2, 1, 1), np.float32))
    found = {text[each.span.start : each.span.end]: each.score for each in read_twice(passage, Span(0, 4), whole)}
    assert found["甲乙丙"] == (8 + 3) / 2
    assert found["乙"] == (0 + 3) / 2
    nothing = tokens("", {}, {})
    assert read_twice(passage, Span(0, 4), nothing)[0] == ScoredSpan(Span(0, 3), 8.0)


def test_features_by_hand() -> None:
    spans = [scored("汽车展于6月1日开幕,持续", 5.0), scored("6月1日", 4.0), scored("车展", 1.0)]
    rows = span_features(QUESTION, TEXT, spans)
    assert rows.shape == (3, len(SPAN_FEATURES))
    first, day, show = (dict(zip(SPAN_FEATURES, row.tolist(), strict=True)) for row in rows)
    assert first == pytest.approx(first | {"score": 0, "commas": 1, "opens": 1, "closes": 0, "bare": 1, "shape": 0})
    assert 0 < first["said"] < 1
    assert day == pytest.approx(day | {"score": -1, "said": 0, "commas": 0, "opens": 0, "closes": 0, "shape": 1})
    assert show["said"] == 1
    assert show["shape"] == -1
    assert show["length"] == pytest.approx(log1p(3), rel=1e-6)  # 车, 展 and the pair


def test_what_is_asked_is_not_said_again() -> None:
    weights = {"zh": np.zeros(len(SPAN_FEATURES), np.float32), "en": np.ones(len(SPAN_FEATURES), np.float32)}
    weights["zh"][SPAN_FEATURES.index("said")] = -1
    spans = [scored("汽车展于6月1日", 5.0), scored("6月1日", 4.0)]
    assert chosen(QUESTION, TEXT, spans, weights) == scored("6月1日", 4.0).span
    weights["zh"][SPAN_FEATURES.index("score")] = 9
    assert chosen(QUESTION, TEXT, spans, weights) == scored("汽车展于6月1日", 5.0).span


def test_english_text_has_weights_of_its_own() -> None:
    text = "The show opened on June 1."
    weights = {"zh": np.zeros(len(SPAN_FEATURES), np.float32), "en": np.zeros(len(SPAN_FEATURES), np.float32)}
    weights["en"][SPAN_FEATURES.index("length")] = 1
    spans = [scored("June 1", 5.0, text), scored("opened on June 1", 2.0, text)]
    assert chosen(QUESTION, text, spans, weights) == spans[1].span


def test_the_shipped_weights_have_every_feature_and_trust_the_pointers() -> None:
    for name in ("zh", "en"):
        weights = dict(zip(SPAN_FEATURES, fitted_spans()[name].tolist(), strict=True))
        assert weights["score"] > 0.3
        assert weights["said"] < 0
