from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.normal import SquashedText, locate, squash


@pytest.mark.parametrize(
    ("raw", "squashed"),
    [
        ("召 开\n会议", "召开会议"),
        ("“厂中厂”和'粉尘'", "厂中厂和粉尘"),
        ("８９.５％", "89.5%"),
        ("《红色武进 光荣之城》", "《红色武进光荣之城》"),
        ("优Ⅲ类，", "优iii类,"),
        ("ｶﾞｽ", "ガス"),  # a half-width mark belongs to the character before it
        ("e\u0301", "é"),
        (" \u3000\n", ""),
    ],
)
def test_squash(raw, squashed):
    assert squash(raw) == squashed


@pytest.mark.parametrize(
    ("text", "needle", "ranges"),
    [
        ("于昨日召 开 。", "“召开”", [(3, 6)]),
        ("啊啊啊", "啊啊", [(0, 2), (1, 3)]),
        ("优Ⅲ类", "III", [(1, 2)]),  # one character of the text makes three
        ("𠮷野家在此", "野家", [(1, 3)]),
        ("没有", "别的", []),
        ("没有", " “ ", []),
    ],
)
def test_locate_gives_ranges_of_the_text_itself(text, needle, ranges):
    assert [(span.start, span.end) for span in locate(text, needle)] == ranges


@given(st.text(max_size=60))
def test_a_squashed_text_is_the_squashing_and_its_origins_rise(text):
    squashed = SquashedText.of(text)
    starts = [span.start for span in squashed.origins]
    assert squashed.text == squash(text)
    assert len(squashed.origins) == len(squashed.text)
    assert starts == sorted(starts)


@given(st.text(max_size=30), st.text(alphabet="武进区 123%“”，", max_size=8), st.text(max_size=30))
def test_what_was_put_in_is_found_there(before, needle, after):
    text = f"{before} {needle} {after}"
    place = range(len(before) + 1, len(before) + 1 + len(needle))
    if squash(needle):
        assert any(span.start in place and span.end - 1 in place for span in locate(text, needle))
