"""What is marked: whole words and numbers, closed quotation marks, no punctuation at the ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reader.postprocess import clean_span
from rag.types import Span


def marked(text: str, part: str) -> str:
    start = text.index(part)
    span = clean_span(text, Span(0, len(text)), Span(start, start + len(part)))
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("会议6月1日召开,时间不长。", "6月1日召开,", "6月1日召开"),
        ("共放映200场次。", "20", "200"),
        ("收入增长12.5%左右。", "12.", "12.5%"),
        ("评选《春到人间》为佳作。", "春到人间》", "《春到人间》"),
        ("获评“小巨人”企业。", "“小巨人", "“小巨人”"),
        ("The bridge opened in Ashford town.", "ford", "Ashford"),
        ("Tickets cost $4,500 each.", "4,5", "4,500"),
        ("末班车21:45开出。", "21", "21:45"),
        ("区长郗志远出席。", "郗志远", "郗志远"),
        ("会议6月1日在礼堂召开。", "6月1日在", "6月1日"),
    ],
)
def test_a_mark_is_whole(text: str, part: str, expected: str) -> None:
    assert marked(text, part) == expected


def test_a_mark_stays_in_its_sentence() -> None:
    text = "甲说“好。乙说”不好。"
    assert clean_span(text, Span(0, 5), Span(2, 4)) == Span(2, 4)


@given(st.text("《》“”()1.2a 。,区的", min_size=1, max_size=30), st.data())
def test_a_cleaned_mark_is_inside_the_sentence_and_not_empty(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    span = clean_span(text, Span(0, len(text)), Span(start, end))
    assert 0 <= span.start < span.end <= len(text)
