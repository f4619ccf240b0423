"""Example questions made from the corpus. Shown are those that are answered from the article they were made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from rag.chatbot.answerer import Answerer
from rag.chatbot.question_templates import Draft, drafts
from rag.types import Answer

_TRIED = 60


def make_examples(bot: Answerer, lang: str, most: int = 8) -> tuple[str, ...]:
    """At most ``most`` questions that ``bot`` answers from the place they were made from, over different articles.

    Kinds of questions take turns: what stands first for one article stands later for the next.
    """
    by_article = (list(drafts(article, lang)) for article in bot.articles())
    turned = (row[n % len(row) :] + row[: n % len(row)] for n, row in enumerate(by_article) if row)
    # One draft of each of the first articles is tried, so no more articles need to be looked at.
    tried = list(islice(_spread(list(islice(turned, _TRIED))), _TRIED))
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


def _spread(rows: Sequence[Sequence[Draft]]) -> Iterator[Draft]:
    """First the first draft of every row, then the second of every row, and so on."""
    for i in range(max(map(len, rows), default=0)):
        yield from (row[i] for row in rows if len(row) > i)
