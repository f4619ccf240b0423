from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, cast

import pytest

from rag.chatbot import Chatbot
from rag.errors import IndexModelError
from rag.types import Answer
from rag.ui import live as live_module
from rag.ui.live import LiveBot

from .fakebot import YEAR_ZH, FakeBot


class Closable(FakeBot):
    def __init__(self) -> None:
        super().__init__()
        self.closed = self.outdated = False
        self.begun, self.go_on = Event(), Event()
        self.go_on.set()

    def ask(self, question: str, **options: Any) -> Answer:
        self.begun.set()
        assert self.go_on.wait(10)
        assert not self.closed
        return super().ask(question, **options)

    def close(self) -> None:
        self.closed = True

    def is_outdated(self) -> bool:
        return self.outdated


def live(bot: Closable) -> LiveBot:
    return LiveBot(cast(Chatbot, bot))


def test_new_questions_go_to_the_new_bot_and_the_old_one_is_closed() -> None:
    old, new = Closable(), Closable()
    bot = live(old)
    bot.ask(YEAR_ZH)
    bot.exchange(cast(Chatbot, new))
    assert old.closed
    bot.ask(YEAR_ZH)
    assert (old.asked, new.asked, new.closed) == ([YEAR_ZH], [YEAR_ZH], False)
    bot.close()
    assert new.closed


def test_a_bot_in_use_is_closed_only_afterwards() -> None:
    old = Closable()
    old.go_on.clear()
    bot = live(old)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(bot.ask, YEAR_ZH)
        assert old.begun.wait(10)
        bot.exchange(cast(Chatbot, Closable()))
        assert not old.closed
        old.go_on.set()
        assert answer.result(10).answer == "2018年"
    assert old.closed


def test_everything_else_is_passed_on() -> None:
    fake = Closable()
    bot = live(fake)
    assert bot.threshold == 0.5
    assert bot.info() == fake.info()
    assert bot.examples("zh", 2) == fake.examples("zh", 2)
    fake.examples = lambda lang, n=4: ()  # type: ignore[method-assign]
    assert len(bot.examples("zh", 3)) == 3
    assert bot.articles() == fake.articles()
    assert bot.search(YEAR_ZH, 3, "dense") == fake.search(YEAR_ZH, 3)
    assert [a.answer for a in bot.ask_all([YEAR_ZH])] == ["2018年"]
    source = fake.articles()[0].source
    assert bot.document(source) == fake.document(source)


def test_it_follows_its_index(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = Closable(), Closable()
    bot = LiveBot(cast(Chatbot, old), lambda: cast(Chatbot, new))
    old.outdated = True
    bot.ask(YEAR_ZH)
    assert (old.asked, new.asked) == ([YEAR_ZH], [])  # it has just been opened
    monkeypatch.setattr(live_module, "SECONDS_BETWEEN_LOOKS", 0.0)
    bot.ask(YEAR_ZH)
    assert (old.asked, new.asked, old.closed) == ([YEAR_ZH], [YEAR_ZH], True)


def test_it_stays_with_what_it_has_if_the_new_index_cannot_be_opened(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Chatbot:
        raise IndexModelError("the index was built with other@1")

    monkeypatch.setattr(live_module, "SECONDS_BETWEEN_LOOKS", 0.0)
    old = Closable()
    old.outdated = True
    bot = LiveBot(cast(Chatbot, old), broken)
    assert bot.ask(YEAR_ZH).answer == "2018年"
    assert "built with other@1" in caplog.text
