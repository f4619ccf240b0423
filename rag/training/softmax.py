"""Weights of a softmax over candidates, some of which are worth more than others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rag.embedding import FloatArray

_STRENGTH = 1e-3


def fit_softmax(examples: Sequence[tuple[FloatArray, FloatArray, float]], features: int) -> FloatArray:
    """Weights (features,) under which what is chosen is worth most, drawn to 0.

    An example is the features (n, features) of its candidates, their worths (n,) from 0 to 1, and its own weight.
    One whose candidates are all worth the same teaches nothing.
    """
    from scipy.optimize import minimize

    usable = [(x, worth, weight) for x, worth, weight in examples if len(worth) and worth.max() > worth.min()]
    total = sum(weight for _, _, weight in usable)

    def loss(w: Any) -> tuple[float, Any]:
        value, slope = _STRENGTH * total * float(w @ w), 2 * _STRENGTH * total * w
        for x, worth, weight in usable:
            scores = x @ w
            p = np.exp(scores - scores.max())
            won = p * worth
            value -= weight * float(np.log(won.sum() / p.sum() + 1e-12))
            slope = slope - weight * ((won / won.sum() - p / p.sum()) @ x)
        return value, slope

    best = minimize(loss, np.zeros(features), jac=True, method="L-BFGS-B")
    return np.asarray(best.x, dtype=np.float32)
