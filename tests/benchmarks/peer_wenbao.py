"""Wenbao itself, as ``rag evaluate`` opens a pool; ``model`` as with ``--model``."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Wenbao:
    def __init__(self, model: str | None) -> None:
        self._model = model
        self._bot: Any = None

    def index(self, texts: list[str], store: Path) -> None:
        from rag.embedding import load_embedder
        from rag.evaluation.pool import pool_documents, pool_sources
        from rag.index import build

        build(store / "index", pool_documents(pool_sources(texts)), load_embedder(self._model))

    def load(self, texts: list[str], store: Path) -> None:
        from rag.chatbot import Chatbot

        del texts
        self._bot = Chatbot.open(store / "index", model=self._model)

    def search(self, question: str, k: int) -> list[int]:
        """Parts of one paragraph count once; sources are ``p00000`` and on."""
        sources = dict.fromkeys(hit.passage.source for hit in self._bot.search(question, k=2 * k))
        return [int(source[1:]) for source in sources][:k]

    def answer(self, question: str) -> str | None:
        answer: str | None = self._bot.ask(question, min_confidence=0.0).answer
        return answer


def make(options: dict[str, Any]) -> Wenbao:
    return Wenbao(options.get("model"))
