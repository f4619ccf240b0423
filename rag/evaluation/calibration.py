"""Scores of the confidence, and bootstrap intervals of mean scores."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

BINS = 10
RESAMPLES = 1000
Judged = tuple[float, bool]  # (confidence, right)


def ece(judged: Sequence[Judged], bins: int = BINS) -> float | None:
    """Expected calibration error over bins of equal width (Guo et al. 2017), each weighted by its size.

    >>> round(ece([(0.95, True), (0.95, False)]), 2)
    0.45
    """
    if not judged:
        return None
    gaps = [0.0] * bins
    for confidence, right in judged:
        gaps[min(int(confidence * bins), bins - 1)] += confidence - right
    return sum(map(abs, gaps)) / len(judged)


def aurc(judged: Sequence[Judged]) -> float | None:
    """Area under the risk-coverage curve (Geifman and El-Yaniv 2017): the error rate, averaged over all coverages.

    Answers of equal confidence share their errors evenly, so their order does not matter.

    >>> aurc([(0.9, True), (0.5, False)])
    0.25
    """
    return mean([risk for _, risk in coverage_curve(judged)])


def coverage_curve(judged: Sequence[Judged]) -> list[tuple[float, float]]:
    """``(coverage, risk)`` when the surest answer is given, the two surest, and so on: the share wrong among them.

    >>> coverage_curve([(0.9, True), (0.5, False)])
    [(0.5, 0.0), (1.0, 0.5)]
    """
    wrong = np.cumsum(_wrong_shares(judged)).tolist()
    return [(given / len(judged), errors / given) for given, errors in enumerate(wrong, start=1)]


def _wrong_shares(judged: Sequence[Judged]) -> list[float]:
    shares: list[float] = []
    for _, group in groupby(sorted(judged, reverse=True), key=lambda pair: pair[0]):
        rights = [right for _, right in group]
        shares += [rights.count(False) / len(rights)] * len(rights)
    return shares


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def interval(values: Sequence[float], *, level: float = 0.95, seed: int = 0) -> tuple[float, float] | None:
    """Percentile bootstrap interval of the mean; the seed is fixed, so the same rows give the same interval."""
    if not values:
        return None
    means = resampled_means(values, seed=seed)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def resampled_means(values: Sequence[float], *, seed: int = 0) -> NDArray[np.float64]:
    """The means of as many values drawn with replacement, ``RESAMPLES`` times.

    How often each distinct value is drawn is multinomial, which says the same as drawing row by row, and faster.
    """
    distinct, counts = np.unique(np.asarray(values, dtype=np.float64), return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(values), counts / len(values), size=RESAMPLES)
    means: NDArray[np.float64] = drawn @ distinct / len(values)
    return means
