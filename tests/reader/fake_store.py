"""What a reader asks of an index, over a handful of passages: every known term weighs 1, every other ``UNSEEN``.

And what points at answers: at those it is told, whatever the question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from keyword_embedder import KeywordEmbedder

from rag.embedding import FloatArray
from rag.lexical import Term, tokens
from rag.reader.pointers import Pointed
from rag.text import sentences
from rag.types import Hit, Passage, Scores, Span

UNSEEN = 3.0


class FakeStore:
    def __init__(self, embedder: KeywordEmbedder, passages: Sequence[Passage]) -> None:
        self.unseen_weight = UNSEEN
        self._embedder, self._passages = embedder, passages
        self._known = {token for passage in passages for token in tokens(passage.embedded_text)}

    def sentences(self, passage: Passage) -> Sequence[tuple[Span, FloatArray]]:
        spans = sentences(passage.text)
        vectors = self._embedder.encode_passages([passage.text[span.start : span.end] for span in spans])
        return list(zip(spans, vectors, strict=True))

    def article(self, passage: Passage) -> Sequence[Passage]:
        return [p for p in self._passages if (p.source, p.article_number) == (passage.source, passage.article_number)]

    def terms(self, text: str) -> Sequence[Term]:
        found = dict.fromkeys(tokens(text))
        return [Term(1.0 if token in self._known else UNSEEN, ((token,),)) for token in found]


class FakePointers:
    """Every character is a token; an answer scores what is said, a character that is none -2."""

    def __init__(self, answers: Mapping[str, float] | None = None) -> None:
        self._answers = answers or {}

    def read(self, question: str, texts: Sequence[str]) -> Sequence[Pointed]:
        return [self._pointed(text) for text in texts]

    def _pointed(self, text: str) -> Pointed:
        first, last = np.full(len(text), -1.0, np.float32), np.full(len(text), -1.0, np.float32)
        for answer, score in self._answers.items():
            if answer in text:
                first[text.index(answer)] = last[text.index(answer) + len(answer) - 1] = score / 2
        places = np.arange(len(text))
        unfit = np.zeros((len(text), 0), np.float32)
        return Pointed(places, places + 1, first, last, unfit, unfit)


def passage(paragraph: int, text: str, title: str = "新闻", source: str = "a.txt") -> Passage:
    return Passage(f"{source}#1.{paragraph}", source, title, 1, paragraph, text, 0, len(text))


def hit(found: Passage, dense: float | None = 0.5, lexical: float | None = 1.0, fused: float = 0.5) -> Hit:
    return Hit(found, Scores(dense, lexical, fused))
