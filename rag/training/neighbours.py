"""Paragraphs that BM25 takes for the right one: what the dense model must learn to tell apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rag.training.corpora import Reading

K1, B = 1.2, 0.75
#: A term in more paragraphs than this share tells nothing apart and is slow to look up.
COMMON = 0.2
CHUNK = 512


class Neighbours:
    """BM25 over the paragraphs of a reading set, as a sparse matrix (paragraphs, terms)."""

    def __init__(self, paragraphs: Sequence[str], tokens: Callable[[str], Sequence[str]]) -> None:
        self._tokens = tokens
        counted = [Counter(tokens(text)) for text in paragraphs]
        holders = Counter(term for counts in counted for term in counts)
        common = max(2, COMMON * len(counted))
        kept = (term for term, n in holders.items() if n <= common)
        self._terms = {term: i for i, term in enumerate(kept)}
        self._matrix = self._weights(counted, holders)

    def _weights(self, counted: Sequence[Counter[str]], holders: Counter[str]) -> Any:
        from scipy.sparse import csr_matrix

        lengths = np.array([sum(counts.values()) for counts in counted])
        mean = lengths.mean()
        rows, columns, values = [], [], []
        for row, counts in enumerate(counted):
            for term, n in counts.items():
                if (column := self._terms.get(term)) is not None:
                    rarity = np.log1p((len(counted) - holders[term] + 0.5) / (holders[term] + 0.5))
                    rows.append(row)
                    columns.append(column)
                    values.append(rarity * n * (K1 + 1) / (n + K1 * (1 - B + B * lengths[row] / mean)))
        return csr_matrix((values, (rows, columns)), shape=(len(counted), len(self._terms)), dtype=np.float32)

    def nearest(self, questions: Sequence[str], k: int) -> list[list[int]]:
        """The ``k`` best paragraphs of each question, best first."""
        found: list[list[int]] = []
        for start in range(0, len(questions), CHUNK):
            scores = (self._questions(questions[start : start + CHUNK]) @ self._matrix.T).toarray()
            top = np.argpartition(-scores, min(k, scores.shape[1] - 1), axis=1)[:, :k]
            order = np.argsort(-np.take_along_axis(scores, top, 1), axis=1, kind="stable")
            found += np.take_along_axis(top, order, 1).tolist()
        return found

    def _questions(self, questions: Sequence[str]) -> Any:
        from scipy.sparse import csr_matrix

        cells = [
            (row, self._terms[term])
            for row, text in enumerate(questions)
            for term in set(self._tokens(text))
            if term in self._terms
        ]
        rows, columns = zip(*cells, strict=True) if cells else ((), ())
        return csr_matrix((np.ones(len(cells), np.float32), (rows, columns)), shape=(len(questions), len(self._terms)))


def hard_paragraphs(reading: Reading, tokens: Callable[[str], Sequence[str]], k: int = 8) -> list[list[int]]:
    """For each question the paragraphs that BM25 ranks highest, apart from its own and any that hold the answer."""
    nearest = Neighbours(reading.paragraphs, tokens).nearest([q.text for q in reading.questions], 2 * k)
    hard = []
    for question, found in zip(reading.questions, nearest, strict=True):
        answer = reading.paragraphs[question.paragraph][question.start : question.end]
        kept = [p for p in found if p != question.paragraph and answer not in reading.paragraphs[p]]
        hard.append(kept[:k])
    return hard
