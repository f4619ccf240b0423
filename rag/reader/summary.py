"""The sentences that tell what is in an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.embedding import FloatArray
from rag.types import Passage, Span

#: The most sentences of a summary, its lead among them.
MOST = 4
_SHORTEST = 12
_DAMPING, _SIMILAR = 0.85, 0.1
# Half of what MMR weighs is centrality, half is difference from what was chosen; as in Carbonell and Goldstein.
_DIVERSITY = 0.5
_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article; ``span`` points into the passage's text, ``vector`` has shape (d,)."""

    passage: Passage
    span: Span
    vector: FloatArray

    @property
    def text(self) -> str:
        return self.passage.text[self.span.start : self.span.end].strip()


def summary(sentences: Sequence[Sentence], asked: FloatArray, most: int = MOST) -> list[Sentence]:
    """The lead and the most central sentences of an article, in its order. ``asked`` is the question, shape (d,).

    The lead is the first whole sentence.

    Central by LexRank (Erkan and Radev 2004, "LexRank: Graph-based Lexical Centrality as Salience in Text
    Summarization"), biased towards the question (Otterbacher, Erkan and Radev 2009, "Biased LexRank"), over cosines of
    sentence vectors instead of words; without repetition by maximal marginal relevance (Carbonell and Goldstein 1998).
    """
    whole = [sentence for sentence in sentences if _is_whole(sentence.text)] or list(sentences[:1])
    if len(whole) <= 1:
        return whole
    vectors = np.stack([sentence.vector for sentence in whole])
    worth = _centrality(vectors, vectors @ asked)
    chosen = _diverse(worth, vectors, first=0, most=most)
    return [whole[at] for at in sorted(chosen)]


def _is_whole(text: str) -> bool:
    """A sentence with an end, neither a heading nor a scrap."""
    return len(text) >= _SHORTEST and text.endswith(tuple('。！？!?.”"』」）)'))


def _centrality(vectors: FloatArray, likeness: FloatArray) -> FloatArray:
    """The stationary distribution of a walk between similar sentences, shape (n,), scaled to at most 1."""
    similar = np.clip(vectors @ vectors.T, 0, None)
    similar[similar < _SIMILAR] = 0
    np.fill_diagonal(similar, 0)
    sums = similar.sum(axis=1, keepdims=True)
    steps = np.divide(similar, sums, out=np.full_like(similar, 1 / len(vectors)), where=sums > 0)
    bias = np.clip(likeness, 1e-3, None)
    bias = bias / bias.sum()
    ranks = bias
    for _ in range(_ROUNDS):
        ranks = (1 - _DAMPING) * bias + _DAMPING * (ranks @ steps)
    return np.asarray(ranks / ranks.max(), np.float32)


def _diverse(worth: FloatArray, vectors: FloatArray, *, first: int, most: int) -> list[int]:
    """Up to ``most`` rows, ``first`` among them, each worth much and unlike those chosen before."""
    chosen = [first]
    while len(chosen) < min(most, len(worth)):
        alike = (vectors @ vectors[chosen].T).max(axis=1)
        gain = (1 - _DIVERSITY) * worth - _DIVERSITY * alike
        gain[chosen] = -np.inf
        chosen.append(int(np.argmax(gain)))
    return chosen
