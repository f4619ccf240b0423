from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from rag.errors import IndexFormatError
from rag.types import Hit, Leg
from rag.ui.page.search_tab import SearchTab
from rag.ui.render.search_tab import search_html
from rag.ui.wording import ZH

from ..fakebot import HOSTILE, YEAR_ZH, FakeBot

TAB = SearchTab(FakeBot())


def searched(data: Any, lang: Any = "zh") -> str:
    return TAB.search(lang, gr.EventData(None, data))


def test_search_shows_form_verdict_and_ranks() -> None:
    html = searched({"query": f" {YEAR_ZH} "})
    assert f'value=" {YEAR_ZH} "' in html
    assert "把握 0.93" in html
    assert html.count("<li>") == 10
    assert "<div><dt>融合</dt><dd>第 1 名 <b>0.500</b></dd></div>" in html


@pytest.mark.parametrize("data", [None, {}, [], {"query": 7}, {"query": ""}])
def test_nothing_asked_is_the_form_alone(data: Any) -> None:
    assert searched(data) == search_html("", ZH)


@pytest.mark.parametrize("query", ["  ", "??", "很" * 2000])
def test_what_cannot_be_asked_is_one_line(query: str) -> None:
    assert searched({"query": query}).count('role="alert"') == 1


def test_hostile_queries_and_texts_are_shown_as_they_are() -> None:
    html = searched({"query": HOSTILE + '" autofocus onfocus="x'})
    assert "<img" not in html
    assert '" autofocus' not in html


def test_trouble_of_the_bot_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: FakeBot, question: str, k: int, leg: Leg) -> list[Hit]:
        raise IndexFormatError("/srv/index")

    monkeypatch.setattr(FakeBot, "search", broken)
    html = searched({"query": YEAR_ZH})
    assert ZH.index_trouble in html
    assert "/srv" not in html
