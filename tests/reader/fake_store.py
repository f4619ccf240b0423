"""What a reader asks of an index, over a handful of passages: every known term weighs 1, every other ``UNSEEN``.

And a model that marks the answers it was given, whatever the question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from keyword_embedder import KeywordEmbedder

from rag.embedding import FloatArray
from rag.lexical import Term, tokens
from rag.reader.span_model import PassageSpans, ScoredSpan
from rag.text import sentences
from rag.types import Hit, Passage, Scores, Span

UNSEEN = 3.0


class FakeStore:
    def __init__(self, embedder: KeywordEmbedder, passages: Sequence[Passage]) -> None:
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


class FakeModel:
    """Marks the given texts with their logits, wherever they stand in a passage."""

    def __init__(self, answers: Mapping[str, float] | None = None) -> None:
        self._answers = answers or {}
        self.asked: list[tuple[str, str]] = []

    def read(self, question: str, passages: Sequence[tuple[str, str]], context: str = "") -> list[PassageSpans]:
        self.asked.append((question, context))
        return [self._read(text) for _, text in passages]

    def _read(self, text: str) -> PassageSpans:
        spans = [
            ScoredSpan(Span(text.index(answer), text.index(answer) + len(answer)), logit)
            for answer, logit in self._answers.items()
            if answer in text
        ]
        ordered = tuple(sorted(spans, key=lambda scored: -scored.logit))
        mass = float(np.logaddexp.reduce([scored.logit for scored in ordered])) if ordered else -np.inf
        return PassageSpans(ordered, mass)


def passage(paragraph: int, text: str, title: str = "新闻", source: str = "a.txt") -> Passage:
    return Passage(f"{source}#1.{paragraph}", source, title, 1, paragraph, text, 0, len(text))


def hit(found: Passage, dense: float | None = 0.5, lexical: float | None = 1.0, fused: float = 0.5) -> Hit:
    return Hit(found, Scores(dense, lexical, fused))
