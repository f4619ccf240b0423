from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from rag.chatbot import MAX_QUESTION
from rag.errors import IndexFormatError, InputError, QuoteError, RagError
from rag.types import Answer
from rag.ui import build_app
from rag.ui.conversation import MAX_TURNS, Conversation
from rag.ui.feedback import Feedback
from rag.ui.page.events import payload, problem, text_of, turn_of
from rag.ui.page.handlers import Handlers
from rag.ui.render.search_tab import search_html
from rag.ui.wording import EN, ZH

from ..fakebot import LAW_ZH, SHOW, SIZE_ZH, UNKNOWN_ZH, YEAR_EN, YEAR_ZH, FakeBot

BOT = FakeBot()
HANDLERS = Handlers(BOT)
NEW = Conversation()
ANYTHING: list[Any] = [None, [], "x", 7, {}, {"view": None}, {"view": {}, "key": []}, {"view": "sources", "key": "9-9"}]


def event(**data: Any) -> gr.EventData:
    return gr.EventData(None, data)


SAME = gr.skip()


def asked(question: Any, talk: Conversation = NEW, lang: Any = "zh") -> list[tuple[Any, ...]]:
    return list(HANDLERS.ask(question, talk, lang, gr.EventData(None, None)))


def test_question_is_shown_before_its_answer() -> None:
    first, last = asked(YEAR_ZH)
    assert first[0] == ""
    assert [m["role"] for m in first[1]] == ["user", "assistant"]
    assert "wb-wait" in first[1][1]["content"]
    assert first[2].pending == YEAR_ZH
    assert "#cite-1-1" in last[1][1]["content"]
    assert (list(last[2].answers), last[2].pending) == ([1], None)
    assert "wb-card-1-1" in last[3]
    assert first[4] == last[4] == ""


def test_example_is_asked_instead_of_what_is_typed() -> None:
    *_, last = HANDLERS.ask("half a ques", NEW, "zh", event(question=SIZE_ZH))
    assert last[2].answers[1].question == SIZE_ZH


class Remembering(FakeBot):
    """Keeps the earlier questions that each question came with."""

    def ask(
        self,
        question: str,
        *,
        min_confidence: float | None = None,
        history: Sequence[Answer] = (),
        candidates: bool = False,
    ) -> Answer:
        self.given = [answer.question for answer in history]
        return super().ask(question, min_confidence=min_confidence, candidates=candidates)


def test_a_question_comes_with_the_answers_of_its_conversation() -> None:
    bot = Remembering()
    talk = Conversation({1: BOT.ask(SIZE_ZH), 2: BOT.ask(LAW_ZH)})
    list(Handlers(bot).ask(YEAR_ZH, talk, "zh", event()))
    assert bot.given == [SIZE_ZH, LAW_ZH]
    list(Handlers(bot).again(talk, "zh", event(turn=2)))
    assert bot.given == [SIZE_ZH]


def test_the_last_turn_is_asked_again_in_its_place_and_an_older_one_at_the_end() -> None:
    talk = Conversation({1: BOT.ask(SIZE_ZH), 2: BOT.ask(LAW_ZH)})
    *_, last = HANDLERS.again(talk, "zh", event(turn=2))
    assert [a.question for a in last[2].history] == [SIZE_ZH, LAW_ZH]
    *_, last = HANDLERS.again(talk, "zh", event(turn=1))
    assert [a.question for a in last[2].history] == [SIZE_ZH, LAW_ZH, SIZE_ZH]


@pytest.mark.parametrize("data", [*ANYTHING, {"turn": True}, {"turn": "1"}, {"turn": 3}])
def test_asking_again_takes_any_data(data: Any) -> None:
    (only,) = HANDLERS.again(Conversation({1: BOT.ask(SIZE_ZH)}), "zh", gr.EventData(None, data))
    assert only[:4] == (SAME, SAME, SAME, SAME)
    assert ZH.gone in only[4]


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


def test_no_box_cuts_what_is_pasted_into_it() -> None:
    """A browser cuts without a word, and what is left was answered; so it is the server that counts, and says so."""
    parts = {part["props"].get("elem_id"): part["props"] for part in build_app(BOT).config["components"]}
    assert parts["wb-question"].get("max_length") is None
    assert "maxlength" not in search_html("", ZH)
    (told,) = asked("很" * (MAX_QUESTION + 1))
    assert ZH.long_question.format(limit=MAX_QUESTION) in told[4]


def test_problem_is_told_in_the_language_of_the_interface() -> None:
    assert problem(" ", EN) == "Write a question first."
    assert problem("why", EN) is None


def test_control_characters_and_surrogates_are_not_passed_on() -> None:
    *_, last = asked("火星\x00上有\ud83d没有地铁?")
    answer = last[2].answers[1]
    assert answer.question.isprintable()
    answer.question.encode("utf-8")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (QuoteError("/srv/index is broken"), ZH.failed),
        (IndexFormatError("/srv/index is broken"), ZH.index_trouble),
        (InputError("<b> is no question"), ZH.refused),
    ],
)
def test_error_of_the_bot_is_told_to_visitors_without_its_details_and_keeps_the_question(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: RagError, line: str
) -> None:
    def withheld(self: FakeBot, question: str, **_: Any) -> Answer:
        raise error

    monkeypatch.setattr(FakeBot, "ask", withheld)
    _, last = asked(YEAR_ZH)
    assert last[:3] == (YEAR_ZH, [], NEW)
    assert last[4] == f'<p class="wb-notice" role="alert">{line}</p>'
    assert ("/srv/index is broken" in caplog.text) is not isinstance(error, InputError)
    assert YEAR_ZH not in caplog.text


def test_old_turns_are_dropped_and_numbers_go_on() -> None:
    answer = BOT.ask(UNKNOWN_ZH)
    *_, last = asked(YEAR_ZH, Conversation(dict.fromkeys(range(1, MAX_TURNS + 1), answer), {1: True, 2: True}))
    assert list(last[2].answers) == list(range(2, MAX_TURNS + 2))
    assert last[2].ratings == {2: True}
    assert f"#cite-{MAX_TURNS + 1}-1" in last[1][-1]["content"]


def test_an_abstention_suggests_what_was_not_asked_yet() -> None:
    talk = Conversation({1: BOT.ask(YEAR_ZH)})
    *_, last = asked(UNKNOWN_ZH, talk)
    reply = last[1][-1]["content"]
    assert f'<button class="wb-example">{SIZE_ZH}</button><button class="wb-example">{LAW_ZH}</button>' in reply
    assert YEAR_ZH not in reply


def test_mistakes_of_ours_are_told_and_taken_back() -> None:
    before = Conversation({1: BOT.ask(YEAR_ZH)}, {1: True})
    box, chat, talk, notice = HANDLERS.restore(before.asking(SIZE_ZH), "en")
    assert (box, len(chat), talk) == (SIZE_ZH, 2, before)
    assert EN.failed in notice


def test_clear_forgets_everything_but_who_rates() -> None:
    chat, talk, pane, notice = HANDLERS.clear(Conversation(visitor="a"), "en")
    assert (chat, talk, notice) == ([], Conversation(visitor="a"), "")
    assert EN.contents in pane


@pytest.mark.parametrize("data", ANYTHING)
def test_language_takes_any_data(data: Any) -> None:
    lang, header, *_ = HANDLERS.language(NEW, gr.EventData(None, data))
    assert lang == "en"
    assert "Wenbao" in header


def test_language_redraws_everything_and_keeps_the_sources() -> None:
    talk = Conversation({2: BOT.ask(YEAR_EN)})
    lang, header, chat, box, send, pane, search, notice = HANDLERS.language(talk, event(lang="zh"))
    assert lang == "zh"
    assert "问报" in header
    assert "把握：中 · 64%" in chat["value"][1]["content"]
    assert YEAR_ZH in chat["placeholder"]
    assert (box["label"], box["placeholder"], send["value"]) == (ZH.question, ZH.hint, ZH.send)
    assert "wb-card-2-1" in pane
    assert ZH.search_about in search
    assert notice == ""


def test_language_keeps_the_view_that_is_open_and_opens_the_link_of_the_first_visit() -> None:
    talk = Conversation({1: BOT.ask(SIZE_ZH)})
    assert EN.back in HANDLERS.language(talk, event(lang="en", view="article", key="1-2"))[5]
    link = f"?lang=en&source={SHOW}&start=2491&end=2513&check=c3077dce"
    assert "2018年,新能源" in HANDLERS.language(NEW, event(lang="en", view="place", key=link))[5]


def test_ratings_are_kept_shown_and_followed_by_a_word(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "f.sqlite3")
    handlers = Handlers(BOT, feedback=feedback)
    talk = Conversation({1: BOT.ask(SIZE_ZH)})
    chat, rated, notice = handlers.rate(talk, "zh", event(turn=1, good=False))
    assert rated.ratings == {1: False}
    assert "✓ 不对" in chat[1]["content"]
    assert ZH.tell_wrong in notice
    assert ZH.noted in handlers.comment(rated, "zh", event(turn=1, word="  应是\n1.7万 "))
    assert [(r.question, r.good, r.word) for r in feedback.ratings()] == [(SIZE_ZH, False, "应是 1.7万")]


@pytest.mark.parametrize("data", [*ANYTHING, {"turn": 2, "good": True}, {"turn": True}])
def test_only_turns_of_the_conversation_can_be_rated(tmp_path: Path, data: Any) -> None:
    handlers = Handlers(BOT, feedback=Feedback(tmp_path / "f.sqlite3"))
    talk = Conversation({1: BOT.ask(SIZE_ZH)})
    assert ZH.gone in handlers.rate(talk, "zh", gr.EventData(None, data))[2]
    assert ZH.gone in handlers.comment(talk, "zh", gr.EventData(None, data))
    assert ZH.gone in HANDLERS.rate(talk, "zh", event(turn=1, good=True))[2]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_hold_ratings_is_told_to_the_log_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    handlers = Handlers(BOT, feedback=Feedback(tmp_path / "missing" / "f.sqlite3"))
    talk = Conversation({1: BOT.ask(SIZE_ZH)}, {1: True})
    assert handlers.rate(talk, "zh", event(turn=1, good=True))[2].count(ZH.failed) == 1
    assert ZH.failed in handlers.comment(talk, "zh", event(turn=1, word="x"))
    assert "cannot hold ratings" in caplog.text
    assert SIZE_ZH not in caplog.text


def test_export_is_markdown_in_html_and_nothing_without_a_conversation() -> None:
    talk = Conversation({1: BOT.ask(YEAR_ZH)})
    html = HANDLERS.export(talk, "zh", event(base="https://paper.example/ask/"))
    assert f"(https://paper.example/ask/?source={SHOW}&amp;start=2491" in html
    assert html != HANDLERS.export(talk, "zh", event(base="https://paper.example/ask/"))
    assert HANDLERS.export(NEW, "zh", event(base=7)) == ""


def test_title_and_examples_of_the_owner() -> None:
    own = Handlers(BOT, "Our paper", ("Why?",))
    assert "Our paper" in own.header(ZH)
    assert "Why?" in own.welcome(ZH)
    assert YEAR_ZH not in own.welcome(ZH)


@pytest.mark.parametrize("data", ANYTHING)
def test_open_takes_any_data(data: Any) -> None:
    talk = Conversation({1: BOT.ask(SIZE_ZH)})
    assert ZH.gone in HANDLERS.open(talk, "zh", gr.EventData(None, data))
    assert isinstance(payload(gr.EventData(None, data)), dict)
    assert text_of(gr.EventData(None, data), "key") in {"", "9-9"}
    assert turn_of(gr.EventData(None, data)) == 0
