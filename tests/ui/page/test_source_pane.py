from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rag.ui.conversation import Conversation
from rag.ui.page import source_pane as module
from rag.ui.page.source_pane import SourcePane
from rag.ui.wording import ZH

from ..fakebot import HOSTILE, LAW_ZH, MEETING, PERHAPS_ZH, SHOW, SIZE_ZH, UNKNOWN_ZH, FakeBot

BOT = FakeBot()
PANE = SourcePane(BOT)
TALK = Conversation({1: BOT.ask(SIZE_ZH), 2: BOT.ask(UNKNOWN_ZH), 3: BOT.ask(LAW_ZH), 4: BOT.ask(PERHAPS_ZH)})


@pytest.mark.parametrize(
    ("view", "key", "shown"),
    [
        ("sources", "1-2", 'wb-active" id="wb-card-1-2"'),
        ("sources", "2-p2", 'wb-active" id="wb-card-2-p2"'),
        ("article", "1-2", '<mark class="wb-here">办学规模16轨共<strong>48班</strong>。</mark>'),
        ("article", "2-p2", '<mark class="wb-here">&quot;以旧换新&quot;政策'),
        ("sources", "4-2", 'wb-active" id="wb-card-4-2"'),
        ("sources", "4-p2", 'wb-active" id="wb-card-4-p2"'),
        ("article", "4-1", '<mark class="wb-here">2024武进区新能源汽车展在<strong>武进吾悦广场</strong>启动,</mark>'),
        ("article", "4-3", ZH.source_gone),
        ("contents", "", 'class="wb-page"'),
        ("add", "", ZH.add_off),
        ("article", "1-3", ZH.source_gone),
        ("article", "2-1", ZH.source_gone),
        ("article", "1-0", ZH.source_gone),
        ("sources", "5-1", ZH.gone),
        ("sources", "１-１", ZH.gone),
        ("sources", "1-1<b>", ZH.gone),
        ("../..", "1-1-1", ZH.gone),
        (["place"], "1-1", ZH.gone),
    ],
)
def test_views(view: Any, key: str, shown: str) -> None:
    assert shown in PANE.view(view, key, TALK, ZH)


HERE = f"source={SHOW}&start=2491&end=2513"


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        (f"?{HERE}", '<mark class="wb-here">2018年,新能源汽车开始出现在巡展车队中,</mark>'),
        (f"{HERE}&check=c3077dce&lang=en", '<mark class="wb-here">2018年,新能源汽车开始出现在巡展车队中,</mark>'),
        (f"{HERE}&check=00000000", ZH.link_stale),
        ("source=gone.txt&start=1&end=2", ZH.link_gone),
        ("source=../../etc/passwd&start=1&end=2", ZH.link_gone),
        (f"source={SHOW}&start=900000&end=900001", ZH.link_wrong),
        (f"source={SHOW}&start=900000&end=900001&check=c3077dce", ZH.link_stale),
        (f"source={SHOW}&start=9&end=9", ZH.link_wrong),
        (f"source={SHOW}&start=-1&end=9", ZH.link_wrong),
        (f"source={SHOW}&start=1", ZH.link_wrong),
        ("start=1&end=2", ZH.link_wrong),
        ("%ff", ZH.link_wrong),
        ("source=" + "x" * 5000 + "&start=1&end=2", ZH.link_wrong),
        ("&" * 100, ZH.link_wrong),
        (7, ZH.link_wrong),
    ],
)
def test_links_to_a_place(link: Any, shown: str) -> None:
    assert shown in PANE.view("place", link, Conversation(), ZH)


def test_a_stale_link_marks_nothing_but_shows_the_article() -> None:
    html = PANE.view("place", f"{HERE}&check=00000000", Conversation(), ZH)
    assert "2024武进区新能源汽车展启动" in html
    assert "wb-here" not in html


def test_the_link_of_a_whole_article_marks_nothing() -> None:
    article = BOT.articles(SHOW)[2]
    html = PANE.view("place", f"source={SHOW}&start={article.start}&end={article.end}", Conversation(), ZH)
    assert "2024武进区新能源汽车展启动" in html
    assert "<mark" not in html


def test_a_link_to_a_headline_opens_its_article() -> None:
    assert "区政府召开全体" in PANE.view("place", f"source={MEETING}&start=0&end=5", Conversation(), ZH)


def test_latest_is_the_last_turn_or_the_contents() -> None:
    assert 'id="wb-card-4-1"' in PANE.latest(TALK, ZH)
    assert 'class="wb-page"' in PANE.latest(Conversation(), ZH)


def test_no_nearest_passage_is_put_first_unless_it_is_opened() -> None:
    assert "wb-active" not in PANE.latest(Conversation({2: BOT.ask(UNKNOWN_ZH)}), ZH)
    tentative = PANE.latest(Conversation({2: BOT.ask(PERHAPS_ZH)}), ZH)
    assert "wb-active" not in tentative
    assert 'data-at="2-1"' in tentative


def test_source_removed_since_the_answer() -> None:
    answer = TALK.answers[1]
    gone = replace(answer, citations=tuple(replace(c, source="gone.txt") for c in answer.citations))
    assert "wb-stale" in PANE.view("sources", "1-1", Conversation({1: gone}), ZH)
    assert ZH.source_gone in PANE.view("article", "1-1", Conversation({1: gone}), ZH)


def test_large_corpus_has_no_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CONTENTS", 6)
    assert ZH.no_contents in PANE.contents(ZH)
    assert SHOW not in PANE.contents(ZH)


def test_hostile_article_opens_by_its_link() -> None:
    citation = BOT.ask(HOSTILE).citations[0]
    html = PANE.view("place", module.Place.of(citation).query, Conversation(), ZH)
    assert 'class="wb-here"' in html
    assert "<img" not in html
    assert "<svg" not in html
