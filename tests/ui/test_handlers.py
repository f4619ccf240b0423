from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr
import pytest

from rag.chatbot import MAX_QUESTION
from rag.errors import QuoteError
from rag.types import Answer
from rag.ui import handlers as module
from rag.ui.handlers import MAX_TURNS, Handlers, payload, problem
from rag.ui.strings import EN, ZH

from .fakebot import LAW_ZH, SHOW, SIZE_ZH, UNKNOWN_ZH, YEAR_ZH, FakeBot

BOT = FakeBot()
HANDLERS = Handlers(BOT, None, None)
ANYTHING: list[Any] = [None, [], "x", 7, {}, {"view": None}, {"view": {}, "key": []}, {"view": "sources", "key": "9-9"}]


def event(**data: Any) -> gr.EventData:
    return gr.EventData(None, data)


SAME = gr.skip()


def asked(question: Any, turns: dict[int, Answer] | None = None, lang: Any = "zh") -> list[tuple[Any, ...]]:
    return list(HANDLERS.ask(question, turns or {}, lang, gr.EventData(None, None)))


def test_question_is_shown_before_its_answer() -> None:
    first, last = asked(YEAR_ZH)
    assert first[0] == ""
    assert [m["role"] for m in first[1]] == ["user", "assistant"]
    assert "wb-wait" in first[1][1]["content"]
    assert "#cite-1-1" in last[1][1]["content"]
    assert list(last[2]) == [1]
    assert "wb-card-1-1" in last[3]
    assert first[4] == last[4] == ""


def test_example_is_asked_instead_of_what_is_typed() -> None:
    *_, last = HANDLERS.ask("half a ques", {}, "zh", event(question=SIZE_ZH))
    assert last[2][1].question == SIZE_ZH


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("", ZH.empty_question),
        (" \n\t\u3000", ZH.empty_question),
        (None, ZH.empty_question),
        (["a"], ZH.empty_question),
        ("很" * 20_000, ZH.long_question.format(limit=MAX_QUESTION)),
        ("🙂🙂", ZH.wordless_question),
        ("\x00\x07", ZH.wordless_question),
        ("\ud800", ZH.wordless_question),
    ],
)
def test_what_cannot_be_asked_is_one_line(question: Any, line: str) -> None:
    assert asked(question) == [(SAME, SAME, SAME, SAME, f'<p class="wb-notice" role="alert">{line}</p>')]


def test_problem_is_told_in_the_language_of_the_interface() -> None:
    assert problem(" ", EN) == "Write a question first."
    assert problem("why", EN) is None


def test_control_characters_and_surrogates_are_not_passed_on() -> None:
    *_, last = asked("火星\x00上有\ud83d没有地铁?")
    answer = last[2][1]
    assert answer.question.isprintable()
    answer.question.encode("utf-8")


def test_error_of_the_bot_is_one_line_and_keeps_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    def withheld(self: FakeBot, question: str) -> Answer:
        raise QuoteError("<b> is not in its source: run rag index --repair")

    monkeypatch.setattr(FakeBot, "ask", withheld)
    _, last = asked(YEAR_ZH)
    assert last[:2] == (YEAR_ZH, [])
    assert "&lt;b&gt; is not in its source: run rag index --repair" in last[4]


def test_old_turns_are_dropped_and_numbers_go_on() -> None:
    answer = BOT.ask(UNKNOWN_ZH)
    *_, last = asked(YEAR_ZH, dict.fromkeys(range(1, MAX_TURNS + 1), answer))
    assert list(last[2]) == list(range(2, MAX_TURNS + 2))
    assert f"#cite-{MAX_TURNS + 1}-1" in last[1][-1]["content"]


def test_mistakes_of_ours_are_told_and_taken_back() -> None:
    chat, notice = HANDLERS.restore({1: BOT.ask(YEAR_ZH)}, "en")
    assert len(chat) == 2
    assert EN.failed in notice


def test_clear_forgets_everything() -> None:
    chat, turns, pane, notice = HANDLERS.clear("en")
    assert (chat, turns, notice) == ([], {}, "")
    assert EN.contents in pane


@pytest.mark.parametrize("data", ANYTHING)
def test_language_takes_any_data(data: Any) -> None:
    lang, header, *_ = HANDLERS.language({}, gr.EventData(None, data))
    assert lang == "en"
    assert "Wenbao" in header


def test_language_redraws_everything_and_keeps_the_sources() -> None:
    lang, header, chat, box, send, pane = HANDLERS.language({2: BOT.ask(YEAR_ZH)}, event(lang="zh"))
    assert lang == "zh"
    assert "问报" in header
    assert YEAR_ZH in chat["placeholder"]
    assert (box["label"], box["placeholder"], send["value"]) == (ZH.question, ZH.hint, ZH.send)
    assert "wb-card-2-1" in pane


def test_title_and_examples_of_the_owner() -> None:
    own = Handlers(BOT, "Our paper", ("Why?",))
    assert "Our paper" in own.header(ZH)
    assert "Why?" in own.welcome(ZH)
    assert YEAR_ZH not in own.welcome(ZH)


TURNS = {1: BOT.ask(SIZE_ZH), 2: BOT.ask(UNKNOWN_ZH), 3: BOT.ask(LAW_ZH)}


@pytest.mark.parametrize(
    ("view", "key", "shown"),
    [
        ("sources", "1-2", 'wb-active" id="wb-card-1-2"'),
        ("sources", "2-p1", 'id="wb-card-2-p1"'),
        ("article", "1-2", '<mark class="wb-here">办学规模16轨共<strong>48班</strong>。</mark>'),
        ("article", "2-p2", '<mark class="wb-here">&quot;以旧换新&quot;政策'),
        ("contents", "", 'class="wb-page"'),
        ("read", "0", "全区经济运行分析会召开"),
        ("read", "7", ZH.source_gone),
        ("article", "1-3", ZH.source_gone),
        ("article", "2-1", ZH.source_gone),
        ("article", "1-0", ZH.source_gone),
        ("sources", "4-1", ZH.gone),
        ("sources", "１-１", ZH.gone),
        ("sources", "1-1<b>", ZH.gone),
        ("../..", "1-1-1", ZH.gone),
    ],
)
def test_views_of_the_sources(view: str, key: str, shown: str) -> None:
    html = HANDLERS.open(TURNS, "zh", event(view=view, key=key))
    assert shown in html


@pytest.mark.parametrize("data", ANYTHING)
def test_open_takes_any_data(data: Any) -> None:
    assert ZH.gone in HANDLERS.open(TURNS, "zh", gr.EventData(None, data))
    assert isinstance(payload(gr.EventData(None, data)), dict)


def test_source_removed_since_the_answer() -> None:
    answer = TURNS[1]
    gone = replace(answer, citations=tuple(replace(c, source="gone.txt") for c in answer.citations))
    assert "wb-stale" in HANDLERS.open({1: gone}, "zh", event(view="sources", key="1-1"))
    assert ZH.source_gone in HANDLERS.open({1: gone}, "zh", event(view="article", key="1-1"))


def test_large_corpus_has_no_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CONTENTS", 6)
    assert ZH.no_contents in HANDLERS.open({}, "zh", event(view="contents", key=""))
    assert SHOW not in HANDLERS.open({}, "zh", event(view="contents", key=""))
