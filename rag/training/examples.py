"""Questions over small corpora as the reader sees them, to fit its ranking and its confidence on.

A question is seen four times: as it is; with its gold paragraph withheld; with only the answering sentences withheld;
and asked of another corpus. The last three have no answer, so their right confidence is low.
The corpora are small (``rag.training.pools``), because an index over a few newspaper pages is small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding import Embedder, FloatArray
from rag.evaluation.answers import likeness
from rag.evaluation.pool import pool_key
from rag.index import Index, build
from rag.reader.features import CONFIDENCE_FEATURES, RANK_FEATURES, Asked, Candidate, rank_features
from rag.reader.pointers import Pointed, bundled_reader
from rag.reader.sentence_reader import Pointers, SentenceReader, Weights, is_across
from rag.reader.store import IndexSentences
from rag.retriever import Retriever
from rag.text import squeeze
from rag.training.pools import Pool, PoolQuestion
from rag.types import Hit, Passage, Span

HITS = 10


@dataclass(frozen=True, slots=True)
class Example:
    """One view of a question: rank features (n, f), which candidates answer (n,), and what the confidence needs.

    ``near`` (n,) is the F1 of what the pointers mark in a candidate that answers, 0 for all others.
    """

    pool: int
    kind: str
    asked: Asked
    candidates: Sequence[Candidate]
    features: FloatArray
    right: np.ndarray[Any, np.dtype[np.bool_]]
    near: FloatArray

    @property
    def regime(self) -> str:
        """``"within"`` a language or ``"across"`` languages, as the reader decides it."""
        return "across" if is_across(self.asked, self.candidates) else "within"


class _Remembers:
    """Keeps what was read for the last question, because its views share most passages."""

    def __init__(self, pointers: Pointers) -> None:
        self._pointers = pointers
        self._seen: dict[str, dict[str, Pointed]] = {}

    def read(self, question: str, texts: Sequence[str]) -> list[Pointed]:
        seen = self._seen.pop(question, {})
        new = [text for text in dict.fromkeys(texts) if text not in seen]
        seen |= zip(new, self._pointers.read(question, new), strict=True)
        # An English question is read in two wordings.
        self._seen = dict([*self._seen.items(), (question, seen)][-2:])
        return [seen[text] for text in texts]


def pool_examples(
    number: int, pool: Pool, strangers: Sequence[PoolQuestion], embedder: Embedder, work: Path
) -> Iterator[Example]:
    """All examples of a pool that have a candidate."""
    folder = work / pool_key({document.text: document.source for document, _ in pool.articles}, embedder.name)
    build(folder, pool.documents(), embedder)
    with Index.open(folder) as index:
        yield from _examples(number, index, [*pool.questions, *strangers], embedder)


def _examples(number: int, index: Index, questions: Sequence[PoolQuestion], embedder: Embedder) -> Iterator[Example]:
    retriever = Retriever(index, embedder)
    reader = SentenceReader(IndexSentences(index), retriever.embedder, _Remembers(bundled_reader()), _no_weights())
    texts = [question.text for question in questions]
    retrieved = retriever.retrieve(texts, 2 * HITS)
    for question, vector, hits in zip(questions, retriever.embedder.encode_queries(texts), retrieved, strict=True):
        asked = reader.ask(question.text, vector)
        for kind, candidates in _views(reader, question, hits):
            if candidates:
                yield _example(number, kind, asked, candidates, question)


def _no_weights() -> dict[str, Weights]:
    zero = Weights(np.zeros(len(RANK_FEATURES), np.float32), np.zeros(len(CONFIDENCE_FEATURES), np.float32))
    return {"within": zero, "across": zero}


def _views(
    reader: SentenceReader, question: PoolQuestion, hits: Sequence[Hit]
) -> Iterator[tuple[str, Sequence[Candidate]]]:
    whole = reader.candidates(question.text, hits)
    if not question.source:
        yield "elsewhere", whole
        return
    yield "whole", whole
    others = [hit for hit in hits if not _is_gold(hit.passage, question)]
    yield "no paragraph", reader.candidates(question.text, others)
    by_passage = groupby(whole, key=lambda candidate: candidate.hit.passage.passage_id)
    yield "no sentence", [kept for _, group in by_passage for kept in _without(reader, question, list(group))]


def _is_gold(passage: Passage, question: PoolQuestion) -> bool:
    return (passage.source, passage.paragraph) == (question.source, question.paragraph)


def _without(reader: SentenceReader, question: PoolQuestion, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """A passage's sentences that do not hold the answer, as if it had no others."""
    kept = [candidate for candidate in candidates if not _answers(squeeze(candidate.text), question)]
    if len(kept) == len(candidates) or not kept:
        return kept
    hit = candidates[0].hit
    passage = replace(hit.passage, text="".join(candidate.text for candidate in kept))
    spans, at = [], 0
    for candidate in kept:
        spans.append((Span(at, at + len(candidate.text)), candidate.vector))
        at += len(candidate.text)
    return reader.pointed(question.text, [(Hit(passage, hit.scores), spans)])


def _answers(sentence: str, question: PoolQuestion) -> bool:
    return question.evidence in sentence or any(answer in sentence for answer in question.answers)


def _example(number: int, kind: str, asked: Asked, candidates: Sequence[Candidate], question: PoolQuestion) -> Example:
    right = np.asarray(
        [_is_gold(c.hit.passage, question) and question.evidence in squeeze(c.text) for c in candidates],
        dtype=np.bool_,
    )
    near = [
        max(likeness(_marked(candidate), answer) for answer in question.answers) if is_right else 0.0
        for candidate, is_right in zip(candidates, right, strict=True)
    ]
    features = rank_features(asked, candidates)
    return Example(number, kind, asked, candidates, features, right, np.asarray(near, np.float32))


def _marked(candidate: Candidate) -> str:
    span = candidate.answer.span
    return squeeze(candidate.hit.passage.text[span.start : span.end])
