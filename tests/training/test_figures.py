"""English dates and numbers in Chinese."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.training.figures import figures


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("on june 28, 1969, at", ["1969年6月28日"]),
        ("on 10 june 2003", ["2003年6月10日"]),
        ("may 1945 and march 3rd", ["1945年5月", "3月3日"]),
        ("the 19th century", ["19世纪"]),
        ("the 42nd street", ["第42"]),
        ("the 1990s", ["1990年代"]),
        ("3 million people, 2.5 billion, 12 thousand, 3 thousand", ["300万", "25亿", "1.2万", "3000"]),
        ("$1.5 billion or £300", ["15亿美元", "300英镑"]),
        ("25 percent", ["25%"]),
        ("in 1826, until 1614", ["1826年", "1614年"]),
        ("1826 men, in 1826%, in 1500.5, of 24 schools, june is here, may 1945a", []),
    ],
)
def test_figures_are_written_as_in_chinese(english: str, chinese: list[str]) -> None:
    assert ["".join(new for _, _, new in parts) for parts in figures(english)] == chinese


def test_each_part_of_a_date_has_its_place() -> None:
    text = "on june 28, 1969"
    (date,) = figures(text)
    assert [(text[start:end], new) for start, end, new in date if new] == [
        ("1969", "1969年"),
        ("june", "6月"),
        ("28", "28日"),
    ]


@given(st.lists(st.sampled_from(["june", "10", "1826", "th", "in", " ", ",", "$", "million", "s", "."])).map("".join))
def test_the_parts_of_a_figure_fill_it_and_figures_do_not_overlap(text: str) -> None:
    done = 0
    for parts in figures(text):
        at = min(parts)[0]
        assert at >= done
        for start, end, _ in sorted(parts):
            assert start == at < end
            at = end
        done = at
    assert done <= len(text)
