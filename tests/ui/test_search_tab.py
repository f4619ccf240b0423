from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from rag.errors import IndexFormatError
from rag.types import Hit, Leg, Passage, Scores
from rag.ui.search_tab import SearchTab, ranked, search_html, verdict
from rag.ui.strings import EN, ZH

from .fakebot import HOSTILE, PERHAPS_ZH, UNKNOWN_ZH, YEAR_ZH, FakeBot

TAB = SearchTab(FakeBot())


def hit(name: str, dense: float | None, lexical: float | None, fused: float) -> Hit:
    return Hit(Passage(name, "a.txt", "T", 1, 1, name, 0, 1), Scores(dense, lexical, fused))


def test_ranks_of_all_legs_are_put_together_in_fused_order() -> None:
    rows = ranked(
        {
            "fused": [hit("a", 0.5, 9.0, 0.8), hit("b", 0.7, None, 0.6)],
            "dense": [hit("b", 0.7, None, 0.7), hit("c", 0.65, None, 0.65)],
            "lexical": [hit("a", None, 9.0, 9.0)],
        }
    )
    assert [(row.passage.passage_id, row.ranks) for row in rows] == [
        ("a", {"fused": 1, "lexical": 1}),
        ("b", {"fused": 2, "dense": 1}),
        ("c", {"dense": 2}),
    ]
    assert rows[0].scores == {"fused": 0.8, "dense": 0.5, "lexical": 9.0}
    assert rows[2].scores == {"dense": 0.65}


def test_verdict_names_confidence_and_threshold() -> None:
    bot = FakeBot()
    assert verdict(bot.ask(YEAR_ZH), 0.5, EN) == "Confidence 0.93 reaches the threshold 0.50: would answer “2018年”"
    assert verdict(bot.ask(PERHAPS_ZH), 0.5, EN) == (
        "Confidence 0.46 is below the threshold 0.50: would show “武进吾悦广场” as a possibility"
    )
    assert verdict(bot.ask(UNKNOWN_ZH), 0.5, ZH) == "把握 0.12，低于阈值 0.50：不会回答"


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
    assert searched(data) == search_html("", "", ZH)


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
