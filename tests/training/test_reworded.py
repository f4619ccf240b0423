"""English put into Chinese, and where answers went."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.training.reworded import reworded

TEXT = "The school of the city is in China, and Tolkien visited it in 1965."


def test_words_become_chinese_and_what_the_dictionary_has_not_stays() -> None:
    put = reworded("Tolkien was born in 1892.", 1.0, random.Random(0))
    assert put.text.startswith("Tolkien是")
    assert put.text.endswith("在1892年。")


def test_an_answer_is_found_where_it_went() -> None:
    put = reworded(TEXT, 1.0, random.Random(0))
    start, end = put.span(TEXT.index("1965"), TEXT.index("1965") + 4)
    assert put.text[start:end] == "1965年"
    start, end = put.span(TEXT.index("in China"), TEXT.index("China") + 5)
    assert put.text[start] == "在"
    assert put.text[end] == "，"


def test_a_word_is_the_same_word_each_time() -> None:
    put = reworded("school, school, school, school, school", 1.0, random.Random(3))
    assert len(set(put.text.split("，"))) == 1


def test_nothing_is_swapped_of_a_share_of_nothing() -> None:
    assert reworded("The school is in China", 0.0, random.Random(0)).text == "The school is in China"


def test_names_are_written_as_they_sound_with_a_dot_between_two() -> None:
    put = reworded(
        "In 1965 Tolkien Trevathan met Edison at the school, Tolkien said.", 1.0, random.Random(0), names=True
    )
    assert "托尔金·特雷瓦坦" in put.text
    assert put.text.count("托尔金") == 2
    assert "爱迪生" in put.text, "the dictionary comes first"
    assert "·爱迪生" not in put.text


def test_a_name_that_was_written_anew_is_found_where_it_went() -> None:
    text = "The school of Tolkien Trevathan is in China."
    put = reworded(text, 1.0, random.Random(0), names=True)
    start, end = put.span(text.index("Tolkien"), text.index(" is in"))
    assert put.text[start:end] == "托尔金·特雷瓦坦"


def test_short_forms_and_some_names_stay() -> None:
    put = reworded("NFL, Otis and the school", 1.0, random.Random(0), names=True)
    assert put.text.startswith("NFL，Otis和")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("the capital of France, and", "法国的首都，和"),
        ("The school of the city is in China", "城市的学校是在中国"),
        ("the history of the Chinese language is", "汉语的历史是"),
        ("one of the cities", "一的城市"),
        ("the number of schools", "数字的学校"),
        ("Japan's capital, the US", "日本的首都，美国"),
        ("the school of Tolkien Trevathan left", "托尔金·特雷瓦坦的学校离开"),
        ("the school of March 3, 1965", "学校的1965年3月3日"),
        ("we told us of the US", "我们告诉我们的美国"),
    ],
)
def test_what_belongs_to_something_stands_behind_it(english: str, chinese: str) -> None:
    assert reworded(english, 1.0, random.Random(0), names=True).text == chinese


def test_an_answer_on_one_side_of_an_of_is_found_where_it_went() -> None:
    text = "It is the largest city of the United States, and so on."
    put = reworded(text, 1.0, random.Random(0))
    assert put.text.startswith("是美国的最大")
    start, end = put.span(text.index("United"), text.index(", and"))
    assert put.text[start:end] == "美国"
    start, end = put.span(text.index("largest"), text.index(" of"))
    assert put.text[start - 1 : start + 2] == "的最大"
    assert put.text[end] == "，"


#: What hypothesis puts texts together from.
WORDS = ["the", "school", " ", "ﬁ", "武", ".", ",", "1", "of", "Tolkien", "'s", "june", "1965", "$"]


@given(
    st.lists(st.sampled_from(WORDS), max_size=30).map("".join),
    st.data(),
    st.integers(0, 5),
)
def test_every_place_of_the_text_has_its_place(text: str, data: st.DataObject, seed: int) -> None:
    put = reworded(text, 0.7, random.Random(seed), names=seed > 2)
    assert put.starts[-1] == len(text)
    assert put.starts == sorted(put.starts)
    spots = sorted(spot for spot in put.spots if spot[0] < spot[1])
    assert "".join(put.text[first:last] for first, last in spots) == put.text, "each character comes from one piece"
    if text:
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        first, last = put.span(start, end)
        assert 0 <= first <= last <= len(put.text)
