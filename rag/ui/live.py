"""A bot that can be exchanged while it answers: after an update, new questions go to the new index."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Literal

from rag.chatbot import Chatbot
from rag.chatbot.answerer import Info
from rag.errors import RagError
from rag.types import Answer, Article, Document, Filter, Hit, Leg

_EXAMPLES = 8
#: How often the index is checked for a newer state.
SECONDS_BETWEEN_LOOKS = 5.0

_log = logging.getLogger(__name__)


class LiveBot:
    """Passes every question on to the current bot. A bot that was exchanged is closed when nobody uses it any more."""

    def __init__(self, bot: Chatbot, reopen: Callable[[], Chatbot] | None = None) -> None:
        """With ``reopen``, which opens the index again, the bot is exchanged when a writer has changed its index."""
        self._bot = bot
        self._reopen = reopen
        self._looked = time.monotonic()
        self._looking = Lock()
        self._users: dict[Chatbot, int] = {bot: 0}
        self._lock = Lock()
        self._examples: dict[str, tuple[str, ...]] = {}

    def exchange(self, bot: Chatbot) -> None:
        """From now on ask ``bot``."""
        with self._lock:
            self._bot = bot
            self._users.setdefault(bot, 0)
        self._close_unused()

    def close(self) -> None:
        with self._lock:
            bots, self._users = list(self._users), {}
        for bot in bots:
            bot.close()

    def _follow(self) -> None:
        """Exchange the bot if its index has a newer state. One thread checks; the others go on with the present bot."""
        if self._reopen is None or not self._looking.acquire(blocking=False):
            return
        try:
            if time.monotonic() - self._looked >= SECONDS_BETWEEN_LOOKS:
                self._looked = time.monotonic()
                if self._bot.is_outdated():
                    self.exchange(self._reopen())
        except RagError as error:
            _log.warning("the index has changed and cannot be opened; answering from what it was: %s", error)
        finally:
            self._looking.release()

    @contextmanager
    def _current(self) -> Iterator[Chatbot]:
        self._follow()
        with self._lock:
            bot = self._bot
            self._users[bot] += 1
        try:
            yield bot
        finally:
            with self._lock:
                self._users[bot] -= 1
            self._close_unused()

    def _close_unused(self) -> None:
        with self._lock:
            unused = [bot for bot, users in self._users.items() if users == 0 and bot is not self._bot]
            for bot in unused:
                del self._users[bot]
        for bot in unused:
            bot.close()

    @property
    def threshold(self) -> float:
        with self._current() as bot:
            return bot.threshold

    def ask(
        self,
        question: str,
        *,
        min_confidence: float | None = None,
        history: Sequence[Answer] = (),
        candidates: bool = False,
    ) -> Answer:
        with self._current() as bot:
            return bot.ask(question, min_confidence=min_confidence, history=history, candidates=candidates)

    def ask_all(
        self, questions: Sequence[str], *, min_confidence: float | None = None, candidates: bool = False
    ) -> list[Answer]:
        with self._current() as bot:
            return bot.ask_all(questions, min_confidence=min_confidence, candidates=candidates)

    def search(self, question: str, k: int = 10, leg: Leg = "fused", *, where: Filter | None = None) -> list[Hit]:
        with self._current() as bot:
            return bot.search(question, k, leg, where=where)

    def document(self, source: str) -> Document:
        with self._current() as bot:
            return bot.document(source)

    def articles(self, source: str | None = None) -> tuple[Article, ...]:
        with self._current() as bot:
            return bot.articles(source)

    def examples(self, lang: Literal["zh", "en"], n: int = 4) -> tuple[str, ...]:
        """Example questions, kept from the first bot that had any: they take seconds to make and change little."""
        if not self._examples.get(lang):
            with self._current() as bot:
                self._examples[lang] = bot.examples(lang, _EXAMPLES)
        return self._examples[lang][:n]

    def info(self) -> Info:
        with self._current() as bot:
            return bot.info()
