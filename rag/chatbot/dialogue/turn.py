"""One earlier question with its answer, as a follow-up question can lean on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.text import language
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Turn:
    """``question`` stands alone; ``marked`` are the answering parts, ``quotes`` the sentences they stand in.

    ``headline`` is that of the cited article, empty if nothing was cited; ``nearby`` the passages that were retrieved.
    """

    question: str
    marked: tuple[str, ...]
    headline: str
    quotes: tuple[str, ...]
    nearby: tuple[str, ...] = ()

    @property
    def lang(self) -> str:
        return language(self.question)

    @property
    def evidence(self) -> str:
        """Everything of the article that the answer showed."""
        return "\n".join((self.headline, *self.quotes))


def turn_of(answer: Answer) -> Turn:
    """The turn that an answer ends; of an interpreted question, what was really asked."""
    return Turn(
        question=answer.interpreted_as or answer.question,
        marked=tuple(citation.marked for citation in answer.citations),
        headline=answer.citations[0].article if answer.citations else "",
        quotes=tuple(citation.quote for citation in answer.citations),
        nearby=tuple(hit.passage.text for hit in answer.passages),
    )


def last_cited(history: Sequence[Answer]) -> Answer | None:
    """The last answer that cites something: its article is the one at hand."""
    return next((answer for answer in reversed(history) if answer.citations), None)
