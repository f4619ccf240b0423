"""Questions over small corpora as the reader sees them, to fit its ranking and its confidence on.

A question with an answer is seen three times: as it is, with its gold paragraph withheld, and asked of another corpus.
The last two have no answer, so their right confidence is low; so have the near-miss questions of the news pages.
The corpora are small (``rag.training.pools``), because an index over a few newspaper pages is small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag.embedding import Embedder, FloatArray
from rag.evaluation.answers import contains, likeness
from rag.evaluation.pool import pool_key
from rag.index import Index, build
from rag.lexical import Term
from rag.reader.span_model import PassageSpans
from rag.reader.span_reader import FEATURES, READ, Candidate, Model, SpanReader, Weights, with_context
from rag.reader.store import IndexSentences
from rag.retriever import Retriever
from rag.text import squeeze
from rag.training.pools import Pool, PoolQuestion
from rag.types import Hit, Passage

#: Passages retrieved: some are withheld.
HITS = 2 * READ


@dataclass(frozen=True, slots=True)
class Example:
    """One view of a question: its candidates, and of each (n,) whether it answers and the F1 of what it marks."""

    pool: int
    kind: str
    question: str
    vector: FloatArray
    terms: Sequence[Term]
    candidates: Sequence[Candidate]
    right: tuple[bool, ...]
    likeness: tuple[float, ...]


class RememberingModel:
    """Keeps what was read for the last question, because its views share most passages."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._asked = ("", "")
        self._seen: dict[tuple[str, str], PassageSpans] = {}

    def read(self, question: str, passages: Sequence[tuple[str, str]], context: str = "") -> list[PassageSpans]:
        if self._asked != (question, context):
            self._asked, self._seen = (question, context), {}
        new = [passage for passage in dict.fromkeys(passages) if passage not in self._seen]
        if new:
            self._seen |= zip(new, self._model.read(question, new, context), strict=True)
        return [self._seen[passage] for passage in passages]


def pool_examples(
    number: int, pool: Pool, strangers: Sequence[PoolQuestion], embedder: Embedder, model: Model, work: Path
) -> Iterator[Example]:
    """All examples of a pool that have a candidate."""
    folder = work / pool_key({document.text: document.source for document, _ in pool.articles}, embedder.name)
    build(folder, pool.documents(), embedder)
    with Index.open(folder) as index:
        reader = SpanReader(
            IndexSentences(index),
            embedder,
            RememberingModel(model),
            Weights(0.0, 0.0, np.zeros(len(FEATURES), np.float32)),
        )
        questions = [replace(question, text=index.named(question.text)) for question in (*pool.questions, *strangers)]
        texts = [with_context(question.text, question.context) for question in questions]
        retrieved = Retriever(index, embedder).retrieve(texts, HITS)
        vectors = embedder.encode_queries(texts)
        for at, (question, vector, hits) in enumerate(zip(questions, vectors, retrieved, strict=True)):
            is_stranger = at >= len(pool.questions)
            for kind, given in _views(question, hits, is_stranger=is_stranger):
                candidates = reader.candidates(question.text, vector, given, question.context)
                if candidates:
                    terms = index.terms(texts[at])
                    yield _example(number, kind, vector, terms, candidates, question)


def _views(question: PoolQuestion, hits: Sequence[Hit], *, is_stranger: bool) -> Iterator[tuple[str, Sequence[Hit]]]:
    if not question.source:
        yield ("elsewhere" if is_stranger else "none"), hits[:READ]
        return
    yield "whole", hits[:READ]
    yield "no paragraph", [hit for hit in hits if not _is_gold(hit.passage, question)][:READ]


def _is_gold(passage: Passage, question: PoolQuestion) -> bool:
    return (passage.source, passage.paragraph) == (question.source, question.paragraph)


def _example(
    number: int,
    kind: str,
    vector: FloatArray,
    terms: Sequence[Term],
    candidates: Sequence[Candidate],
    question: PoolQuestion,
) -> Example:
    right = tuple(
        kind == "whole" and _is_gold(candidate.hit.passage, question) and contains(candidate.text, question.answers)
        for candidate in candidates
    )
    marks = [squeeze(_marked(candidate)) for candidate in candidates]
    near = tuple(
        max((likeness(mark, answer) for answer in question.answers), default=0.0) if is_right else 0.0
        for mark, is_right in zip(marks, right, strict=True)
    )
    return Example(number, kind, question.text, vector, terms, candidates, right, near)


def _marked(candidate: Candidate) -> str:
    span, _ = candidate.spans[0]
    return candidate.hit.passage.text[span.start : span.end]
