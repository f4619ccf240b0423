from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ui.permalink import Place, fingerprint

from .fakebot import SHOW, YEAR_ZH, FakeBot


def test_link_names_source_and_range_and_a_check() -> None:
    place = Place.of(FakeBot().ask(YEAR_ZH).citations[0])
    assert place.query == f"?source={SHOW}&start=2491&end=2513&check=c3077dce"
    assert Place.parse(place.query) == place


def test_check_is_of_the_visible_characters() -> None:
    assert fingerprint("召 开\n会议") == fingerprint("召开会议") != fingerprint("召开会仪")
    place = Place("a.txt", 1, 5, fingerprint("召开会议"))
    assert place.stands_in("x召开会议y")
    assert not place.stands_in("召开会议y")
    assert not place.stands_in("x召开")
    assert Place("a.txt", 0, 2).stands_in("ab")
    assert not Place("a.txt", 0, 3).stands_in("ab")


@given(st.text(min_size=1, max_size=60).filter(lambda s: s.isprintable()), st.integers(0, 10**8), st.integers(1, 1000))
def test_every_source_survives_the_link(source: str, start: int, length: int) -> None:
    place = Place(source, start, start + length)
    assert Place.parse(place.query) == place
    assert not set('"<>() \n') & set(place.query)


@given(st.text(max_size=200))
def test_anything_can_be_parsed(text: str) -> None:
    parsed = Place.parse(text)
    assert parsed is None or parsed.start < parsed.end


@pytest.mark.parametrize(
    "query", ["source=a&start=٣&end=9", "source=a&start=1&end=1", "source=&start=1&end=2", "\ud800"]
)
def test_what_names_no_place(query: str) -> None:
    assert Place.parse(query) is None
