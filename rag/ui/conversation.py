"""One visitor's questions and answers. They are kept on the server, never taken from the browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from secrets import token_hex

from rag.types import Answer

MAX_TURNS = 50


@dataclass(frozen=True, slots=True)
class Conversation:
    """Answers by turn number, oldest first; numbers keep growing when old turns are dropped.

    ``ratings`` says which rated turns the visitor found good, ``pending`` is the question being answered, ``visitor``
    a random name for a visitor who rates.
    """

    answers: Mapping[int, Answer] = field(default_factory=dict)
    ratings: Mapping[int, bool] = field(default_factory=dict)
    pending: str | None = None
    visitor: str = ""

    @property
    def last(self) -> int:
        """The number of the last turn, 0 before the first."""
        return max(self.answers, default=0)

    @property
    def history(self) -> tuple[Answer, ...]:
        return tuple(self.answers.values())

    def before(self, turn: int) -> tuple[Answer, ...]:
        """The answers before a turn, which it may follow on."""
        return tuple(answer for number, answer in self.answers.items() if number < turn)

    def asking(self, question: str) -> Conversation:
        return replace(self, pending=question)

    def without(self, turn: int) -> Conversation:
        """The same without ``turn``, if that is the last one."""
        if turn != self.last:
            return self
        return replace(self, answers={n: a for n, a in self.answers.items() if n != turn})

    def answered(self, answer: Answer) -> Conversation:
        answers = dict([*self.answers.items(), (self.last + 1, answer)][-MAX_TURNS:])
        ratings = {turn: good for turn, good in self.ratings.items() if turn in answers}
        return replace(self, answers=answers, ratings=ratings, pending=None)

    def rated(self, turn: int, good: bool) -> Conversation:
        return replace(self, ratings={**self.ratings, turn: good})

    def named(self) -> Conversation:
        """The same with a name for its visitor that nobody can guess."""
        return self if self.visitor else replace(self, visitor=token_hex(8))
