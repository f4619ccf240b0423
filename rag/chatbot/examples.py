"""Example questions made from the corpus; only what is then answered from where it was drafted is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from rag.chatbot.drafts import Draft, drafts
from rag.types import Answer, Article

_TRIED = 60


class _Asks(Protocol):
    def ask_all(self, questions: Sequence[str], *, min_confidence: float | None = None) -> list[Answer]: ...
    def articles(self, source: str | None = None) -> tuple[Article, ...]: ...


def make_examples(bot: _Asks, lang: str, most: int = 8) -> tuple[str, ...]:
    """At most ``most`` questions that ``bot`` answers from the place they were made from, over different articles.

    Kinds of questions take turns: what stands first for one article stands later for the next.
    """
    rows = [list(drafts(article, lang)) for article in bot.articles()]
    tried = list(_spread(row[n % len(row) :] + row[: n % len(row)] for n, row in enumerate(rows) if row))[:_TRIED]
    good: dict[str, None] = {}
    for start in range(0, len(tried), most):  # few are asked, because a page waits for them
        some = tried[start : start + most]
        answers = bot.ask_all([draft.question for draft in some])
        good |= {draft.question: None for draft, answer in zip(some, answers, strict=True) if _is_right(draft, answer)}
        if len(good) >= most:
            break
    return tuple(good)[:most]


def _is_right(draft: Draft, answer: Answer) -> bool:
    if answer.abstained:
        return False
    first = answer.citations[0]
    there = (first.source, first.article_number) == (draft.source, draft.article_number)
    return there and draft.held in (first.marked if draft.held else first.quote)


def _spread(lists: Iterable[Sequence[Draft]]) -> Iterator[Draft]:
    """First the first of every list, then the second of every list, and so on."""
    rows = list(lists)
    for i in range(max(map(len, rows), default=0)):
        yield from (row[i] for row in rows if len(row) > i)
