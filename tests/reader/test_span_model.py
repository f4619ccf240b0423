"""The arithmetic of spans by hand, and the shipped model on plain sentences."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelError
from rag.reader.span_model import (
    FIT,
    LONGEST_ANSWER,
    SEPARATOR,
    START,
    PassageSpans,
    ScoredSpan,
    SpanModel,
    _merge,
    _spans,
    bundled_reader,
    window_ids,
)
from rag.types import Span

FESTIVAL = (
    "灯会开幕",
    "第五届灯会定于正月十五晚上7点在人民公园开幕,由文化馆馆长邹若愚主持。门票20元,儿童免费。"
    "展出的花灯有龙灯、兔灯和走马灯。如遇下雨,灯会顺延一天。",
)


def values(begin: list[float], end: list[float], bias: float = 0.0) -> np.ndarray:
    """One mark in front with the bias, then a token for each number."""
    rows = np.zeros((len(begin) + 1, 2 + 2 * FIT), np.float32)
    rows[0, 0] = bias
    rows[1:, 0], rows[1:, 1] = begin, end
    return rows


def offsets(count: int) -> np.ndarray:
    return np.array([[2 * n, 2 * n + 2] for n in range(count)])


def test_a_window_has_question_context_and_passage_between_marks() -> None:
    assert window_ids([5, 6], [], [7]) == ([START, 5, 6, SEPARATOR, SEPARATOR, 7, SEPARATOR], 5)
    assert window_ids([5], [8], [7]) == ([START, 5, SEPARATOR, 8, SEPARATOR, SEPARATOR, 7, SEPARATOR], 6)


def test_a_span_begins_before_it_ends() -> None:
    read = _spans(values([0, 1, 0, 5], [3, 0, 2, 0]), 1, offsets(4))
    assert read.spans[0] == ScoredSpan(Span(6, 8), 5.0)
    assert {scored.span: scored.logit for scored in read.spans}[Span(2, 6)] == 3.0
    assert len(read.spans) == 10


def test_the_mass_is_the_sum_over_all_spans() -> None:
    read = _spans(values([0, 1], [0, 2], bias=-1.0), 1, offsets(2))
    assert [scored.logit for scored in read.spans] == [2.0, 1.0, -1.0]
    assert read.mass == pytest.approx(math.log(math.exp(2) + math.exp(1) + math.exp(-1)))


def test_ends_have_to_fit() -> None:
    rows = values([0, 0], [0, 0])
    rows[1, 2], rows[2, 2 + FIT] = 2.0, 3.0
    assert _spans(rows, 1, offsets(2)).spans[0] == ScoredSpan(Span(0, 4), 6.0)


def test_an_answer_has_a_longest_length() -> None:
    begin, end = [0.0] * 80, [0.0] * 80
    begin[0], end[LONGEST_ANSWER] = 4.0, 4.0
    assert _spans(values(begin, end), 1, offsets(80)).spans[0].logit == 4.0
    end[LONGEST_ANSWER - 1] = 3.0
    assert _spans(values(begin, end), 1, offsets(80)).spans[0].span == Span(0, 2 * LONGEST_ANSWER)


def test_tokens_of_the_headline_are_no_answer() -> None:
    places = np.array([[-6, -2], [-2, 0], [0, 2], [2, 4]])
    assert {s.span for s in _spans(values([9, 9, 0, 0], [9, 9, 0, 0]), 1, places).spans} == {
        Span(0, 2),
        Span(2, 4),
        Span(0, 4),
    }


def test_of_a_span_in_two_parts_the_higher_logit_counts() -> None:
    one = PassageSpans((ScoredSpan(Span(0, 2), 1.0), ScoredSpan(Span(2, 4), 0.5)), 1.5)
    other = PassageSpans((ScoredSpan(Span(2, 4), 2.0),), 2.0)
    merged = _merge([one, other])
    assert merged.spans == (ScoredSpan(Span(2, 4), 2.0), ScoredSpan(Span(0, 2), 1.0))
    assert merged.mass == 2.0


def test_a_folder_without_settings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no usable wenbao\.json"):
        SpanModel(tmp_path)
    (tmp_path / "wenbao.json").write_text(json.dumps({"name": "x"}), encoding="utf-8")
    with pytest.raises(ModelError, match="reinstall wenbao"):
        SpanModel(tmp_path)


def best(question: str, context: str = "") -> str:
    (read,) = bundled_reader().read(question, [FESTIVAL], context)
    span = read.spans[0].span
    return FESTIVAL[1][span.start : span.end]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("灯会哪天开幕", "正月十五"),
        ("門票多少錢", "20元"),
        ("开幕式谁主持", "邹若愚"),
        ("Where does the lantern fair open?", "人民公园"),
        ("How much is a ticket?", "20元"),
    ],
)
def test_the_shipped_model_marks_answers(question: str, expected: str) -> None:
    assert expected in best(question)


def test_a_question_without_an_answer_gets_less_than_no_answer() -> None:
    (told,) = bundled_reader().read("门票多少钱", [FESTIVAL])
    (untold,) = bundled_reader().read("停车场有多少个车位", [FESTIVAL])
    assert told.mass > 0 > untold.mass


def test_a_passage_longer_than_the_window_is_read_to_its_end() -> None:
    filler = "公园里的树木长得很高,路边的花开得很好。" * 60
    (read,) = bundled_reader().read("灯会门票多少钱", [("", filler + FESTIVAL[1])])
    span = read.spans[0].span
    assert "20元" in (filler + FESTIVAL[1])[span.start : span.end]


def test_reading_is_the_same_alone_and_beside_others() -> None:
    (alone,) = bundled_reader().read("门票多少钱", [FESTIVAL])
    assert bundled_reader().read("门票多少钱", [("", "别的文章。"), FESTIVAL])[1] == alone
