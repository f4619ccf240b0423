"""The kind of a question, by a multinomial logistic regression over query vectors; no word is looked at.

``python -m rag.training.kinds`` fits the weights, for one embedder, and writes what they reach beside them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.types import QuestionKind

WEIGHTS = "kinds.json"
#: What the regression tells apart: ``this_article`` points at an article ("这篇讲了什么") and does not name it.
LABELS = ("fact", "article", "this_article", "contents", "small_talk")
OTHERS: tuple[QuestionKind, ...] = ("article", "contents", "small_talk")

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """The kind of a question and its probability; ``names_article`` is false for one that only points at an article."""

    kind: QuestionKind
    probability: float
    names_article: bool = False


@dataclass(frozen=True, slots=True)
class KindClassifier:
    """``model`` names the embedder of the vectors; ``weights`` (d, labels), ``bias`` (labels,).

    A question is a fact unless another kind has a probability of at least ``threshold``: a summary in the place of a
    fact is worse than a fact looked for in vain.
    """

    model: str
    threshold: float
    weights: FloatArray
    bias: FloatArray

    def labels(self, vectors: FloatArray) -> FloatArray:
        """Probabilities (n, labels), in the order of ``LABELS``, for unit query vectors (n, d)."""
        scores = vectors @ self.weights + self.bias
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)

    def others(self, vectors: FloatArray) -> FloatArray:
        """Probabilities (n, 3) of ``OTHERS``; an article is asked for with or without its name."""
        _, named, this, contents, talk = self.labels(vectors).T
        return np.stack([named + this, contents, talk], axis=1)

    def classify(self, vectors: FloatArray) -> list[Judged]:
        """One kind for each unit query vector, shape (n, d)."""
        return [self._judged(*row) for row in zip(self.labels(vectors), self.others(vectors), strict=True)]

    def _judged(self, labels: FloatArray, others: FloatArray) -> Judged:
        best = int(np.argmax(others))
        if others[best] < self.threshold:
            return Judged("fact", float(labels[0]))
        names_article = OTHERS[best] == "article" and bool(labels[1] >= labels[2])
        return Judged(OTHERS[best], float(others[best]), names_article)


def from_json(values: Mapping[str, Any]) -> KindClassifier:
    """The classifier that ``rag.training.kinds`` wrote."""
    rows = [values["weights"][label] for label in LABELS]
    bias = [values["bias"][label] for label in LABELS]
    return KindClassifier(
        values["model"], values["threshold"], np.asarray(rows, np.float32).T, np.asarray(bias, np.float32)
    )


@cache
def bundled_kinds() -> KindClassifier:
    """The shipped weights."""
    return from_json(json.loads(files("rag.questions").joinpath(WEIGHTS).read_text(encoding="utf-8")))
