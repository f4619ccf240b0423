"""What whoever asks needs of something that answers; ``rag.Chatbot`` is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from rag.types import Answer, Article, Document, Filter, Hit, Leg


class Info(Protocol):
    """How much an answerer knows."""

    @property
    def sources(self) -> int: ...
    @property
    def articles(self) -> int: ...
    @property
    def passages(self) -> int: ...


class Answerer(Protocol):
    """Every method may raise a ``RagError``, whose message is one line for the user."""

    @property
    def threshold(self) -> float: ...
    def ask(
        self,
        question: str,
        *,
        min_confidence: float | None = None,
        history: Sequence[Answer] = (),
        candidates: bool = False,
    ) -> Answer: ...
    def ask_all(
        self, questions: Sequence[str], *, min_confidence: float | None = None, candidates: bool = False
    ) -> list[Answer]: ...
    def search(self, question: str, k: int = 10, leg: Leg = "fused", *, where: Filter | None = None) -> list[Hit]: ...
    def document(self, source: str) -> Document: ...
    def articles(self, source: str | None = None) -> tuple[Article, ...]: ...
    def examples(self, lang: Literal["zh", "en"], n: int = 4) -> tuple[str, ...]: ...
    def info(self) -> Info: ...
