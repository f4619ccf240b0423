"""Weights of a softmax choice among candidates of which some are worth more than others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rag.embedding import FloatArray

_STRENGTH = 1e-3


def fit_softmax(
    examples: Sequence[tuple[FloatArray, FloatArray, float]],
    features: int,
    *,
    near: FloatArray | None = None,
    strength: float = _STRENGTH,
) -> FloatArray:
    """Weights (features,) under which what is chosen is worth most, drawn to ``near`` (features,), 0 if unsaid.

    An example is the features (n, features) of its candidates, their worths (n,) from 0 to 1, and its own weight.
    One whose candidates are all worth the same teaches nothing.
    """
    from scipy.optimize import minimize

    usable = [(x, worth, weight) for x, worth, weight in examples if len(worth) and worth.max() > worth.min()]
    total = sum(weight for _, _, weight in usable)
    start = np.zeros(features) if near is None else near.astype(np.float64)

    def loss(w: Any) -> tuple[float, Any]:
        away = w - start
        value, slope = strength * total * float(away @ away), 2 * strength * total * away
        for x, worth, weight in usable:
            scores = x @ w
            p = np.exp(scores - scores.max())
            won = p * worth
            value -= weight * float(np.log(won.sum() / p.sum() + 1e-12))
            slope = slope - weight * ((won / won.sum() - p / p.sum()) @ x)
        return value, slope

    best = minimize(loss, start, jac=True, method="L-BFGS-B")
    return np.asarray(best.x, dtype=np.float32)
