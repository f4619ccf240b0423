"""The seam behind which readers are exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.embedding import FloatArray
from rag.lexical import Term
from rag.types import Hit, Passage, Span


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence that answers; both spans point into ``passage.text``. ``score`` ranks findings of one question."""

    passage: Passage
    sentence: Span
    marked: Span
    score: float


@dataclass(frozen=True, slots=True)
class ScoredFinding:
    """A finding and the chance, between 0 and 1, that its sentence holds the answer."""

    finding: Finding
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found, best first; several findings answer together.

    ``confidence`` is the chance that the first finding's sentence holds the answer. ``not_found`` are the parts of a
    question of several that the findings do not answer. ``candidates`` are the best single findings, the first among
    them.
    """

    findings: tuple[Finding, ...]
    confidence: float
    not_found: tuple[str, ...] = ()
    candidates: tuple[ScoredFinding, ...] = ()


class Reader(Protocol):
    """Chooses what answers a question among retrieved passages. Safe to share between threads."""

    def read(
        self, questions: Sequence[str], hits: Sequence[Sequence[Hit]], contexts: Sequence[str] | None = None
    ) -> list[Reading]:
        """One reading a question, in order; ``hits[i]`` are the passages retrieved for ``questions[i]``, best first.

        ``contexts[i]`` is the question and answer before, in two lines, for a question that follows one; else empty.
        """
        ...


class SentenceStore(Protocol):
    """What the sentence reader asks of an index."""

    def sentences(self, passage: Passage) -> Sequence[tuple[Span, FloatArray]]:
        """Sentence spans in ``passage.text`` with their unit vectors, shape (d,)."""
        ...

    def article(self, passage: Passage) -> Sequence[Passage]:
        """All passages of the passage's article, in reading order."""
        ...

    def terms(self, text: str) -> Sequence[Term]:
        """What a text looks for word by word, with inverse document frequencies in the index."""
        ...
