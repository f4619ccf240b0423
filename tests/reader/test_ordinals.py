"""Which of several things of a kind is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reader.ordinals import ordinals, speaks_of_others


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("区委十三届八次全会有哪些部署?", {"次全": {8}}),
        ("第8次全会与第九次全会", {"次全": {8, 9}}),
        ("第二十届亚运会", {"届亚": {20}}),
        ("全年举办活动一百场", {}),
        ("2024年6月1日", {}),
        ("12345号楼", {}),
        ("第三条线路", {"条线": {3}}),
        ("三条线路", {}),
    ],
)
def test_what_is_counted_off_is_found(text: str, found: dict[str, set[int]]) -> None:
    assert ordinals(text) == found


@pytest.mark.parametrize(
    ("told", "others"),
    [
        ("区委十三届七次全会召开", True),
        ("七次全会之后,八次全会召开", False),
        ("全会召开", False),
        ("七次会议召开", False),
        ("第8次全会召开", False),
    ],
)
def test_others_are_those_that_count_the_same_thing_otherwise(told: str, others: bool) -> None:
    assert speaks_of_others(ordinals("八次全会讲了什么?"), ordinals(told)) is others


@given(st.text(alphabet="零〇一二两三四五六七八九十百千万亿第次届期全会0123456789 ０９八。", max_size=16))
def test_any_text_can_be_looked_through(text: str) -> None:
    assert all(numbers for numbers in ordinals(text).values())


@given(st.integers(1, 99))
def test_a_numeral_is_the_number_that_digits_write(number: int) -> None:
    tens, ones = divmod(number, 10)
    numeral = (
        ("一二三四五六七八九"[tens - 1] if tens > 1 else "")
        + "十" * bool(tens)
        + "零一二三四五六七八九"[ones] * bool(ones)
    )
    assert ordinals(f"第{numeral}届大会") == ordinals(f"第{number}届大会") == {"届大": {number}}
