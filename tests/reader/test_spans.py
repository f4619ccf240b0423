from __future__ import annotations

from math import log1p

import numpy as np
import pytest

from rag.reader.pointers import ScoredSpan
from rag.reader.question import analyse
from rag.reader.spans import SPAN_FEATURES, chosen, fitted_spans, span_features
from rag.types import Span

TEXT = "汽车展于6月1日开幕,持续三天。"
QUESTION = analyse("汽车展何时开幕?")


def scored(part: str, score: float, text: str = TEXT) -> ScoredSpan:
    at = text.index(part)
    return ScoredSpan(Span(at, at + len(part)), score)


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
