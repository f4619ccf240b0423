"""Lists that an article spells out over several sentences, for questions that ask for several things."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.text import fold, sentences, squeeze
from rag.types import Passage, Span

_ORDINAL = re.compile(
    r"(?:第?[一二三四五六七八九十]{1,2}(?:是|要|、|,|，)|首先|其次|再次|最后|\(?\d{1,2}[).、]|[（(][一二三四五六七八九十]{1,2}[)）])"
)
_ASKS_FOR_LIST = re.compile(
    r"哪些|哪几|几[个点项条方]|分别|部署|安排|要求|议题|议程|要点|亮点|"
    r"\b(?:list|which|points|measures|tasks|outcomes|decisions|topics)\b",
    re.IGNORECASE,
)
_PREFIX = 2
_LEAST = 3


def asks_for_list(question: str) -> bool:
    """Whether a question about an article asks for several things in it.

    >>> asks_for_list("全会有哪些部署?"), asks_for_list("全会讲了什么?")
    (True, False)
    """
    return _ASKS_FOR_LIST.search(fold(question)) is not None


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence of a list; ``span`` points into the passage's text."""

    passage: Passage
    span: Span

    @property
    def text(self) -> str:
        return self.passage.text[self.span.start : self.span.end]


def enumerations(passages: Sequence[Passage]) -> list[list[Item]]:
    """Lists among an article's passages, in order: runs of paragraphs whose first sentences begin alike.

    "坚持先立后破,…", "坚持统筹协调,…", … or "一是…", "二是…". At least three.
    """
    first_parts = {passage.paragraph: passage for passage in reversed(passages)}
    items = [Item(passage, sentences(passage.text)[0]) for _, passage in sorted(first_parts.items())]
    found: list[list[Item]] = []
    run: list[Item] = []
    for item in items:
        if run and _opening(item) != _opening(run[-1]):
            found.append(run)
            run = []
        run.append(item)
    return [run for run in [*found, run] if len(run) >= _LEAST]


def _opening(item: Item) -> str:
    text = squeeze(fold(item.text))
    if _ORDINAL.match(text):
        return "ordinal"
    # 要 opens what is asked of people; the verb behind it differs from paragraph to paragraph.
    return "要" if text.startswith("要") else text[:_PREFIX]
