"""A few seconds of what ``python tests/ui/load.py`` does for minutes, inside this process."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

from rag.types import Answer

from .fakebot import LAW_ZH, SIZE_ZH, STALE_ZH, UNKNOWN_EN, UNKNOWN_ZH, YEAR_EN, YEAR_ZH, FakeBot
from .load import load
from .running import chat

QUESTIONS = [YEAR_ZH, YEAR_EN, SIZE_ZH, UNKNOWN_ZH, UNKNOWN_EN, STALE_ZH, LAW_ZH]


def test_fifty_people_at_once_get_the_answers_to_their_own_questions() -> None:
    with chat(FakeBot()) as url:
        figures = asyncio.run(load(url, QUESTIONS, people=50, seconds=3, pid=os.getpid()))
    assert figures.errors == {}
    assert figures.mixed_up == 0
    assert len(figures.latencies) >= 50


class SlowBot(FakeBot):
    """Slow enough that others have to wait on any machine."""

    def ask(self, question: str, **options: Any) -> Answer:
        time.sleep(0.2)
        return super().ask(question, **options)


def test_above_the_queue_limit_some_are_told_to_wait_and_all_others_are_answered() -> None:
    with chat(SlowBot(), queue=4) as url:
        figures = asyncio.run(load(url, QUESTIONS, people=30, seconds=1.5, pid=os.getpid()))
    told = "RuntimeError: 503: the server is busy: 4 questions are waiting already; ask again in a few seconds"
    assert set(figures.errors) == {told}
    assert figures.mixed_up == 0
    assert figures.latencies
