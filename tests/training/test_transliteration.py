"""Names written as they sound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import is_cjk
from rag.training.transliteration import transliterated


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Edison", "埃迪松"),
        ("Tesla", "特斯拉"),
        ("Philadelphia", "菲拉德尔菲阿"),
        ("Stanford", "斯坦福尔德"),
        ("Bruce", "布鲁斯"),
        ("Xavier", "扎维尔"),
        ("Quentin", "孔廷"),
        ("Matthew", "马图"),
        ("Dublin", "杜布林"),
        ("Max", "马克斯"),
    ],
)
def test_a_name_is_written_as_it_is_spelt(name: str, written: str) -> None:
    assert transliterated(name) == written


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12))
def test_nothing_latin_is_left(name: str) -> None:
    assert all(map(is_cjk, transliterated(name.capitalize())))


@given(st.sampled_from("bdfgklmnprstvz"), st.sampled_from("aeiou"))
def test_each_consonant_with_a_vowel_is_one_character(consonant: str, vowel: str) -> None:
    assert len(transliterated(f"{consonant}{vowel}l")) == 2
