"""Scores of the confidence, and bootstrap intervals of these and of mean scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

BINS = 10
RESAMPLES = 1000
_AT_ONCE = 50  # resamples: as many numbers as rows are held for each
LEVEL = 0.95
Judged = tuple[float, bool]  # (confidence, right)
Interval = tuple[float, float]
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


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
    """``(coverage, risk)`` for the most confident answer, the two most confident, and so on; risk is the share wrong.

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


def interval(values: Sequence[float]) -> Interval | None:
    """Percentile bootstrap interval of the mean; the seed is fixed, so the same rows give the same interval."""
    if not values:
        return None
    distinct, counts = np.unique(np.asarray(values, dtype=np.float64), return_counts=True)
    return _percentiles([drawn @ distinct / len(values) for drawn in _resamples(counts)])


def confidence_intervals(judged: Sequence[Judged]) -> dict[str, Interval | None]:
    """Percentile bootstrap intervals of ``aurc`` and ``ece``, by name."""
    if not judged:
        return {"aurc": None, "ece": None}
    distinct, counts = np.unique(np.asarray(judged, dtype=np.float64), axis=0, return_counts=True)
    resampled = [(resampled_aurc(distinct, drawn), resampled_ece(distinct, drawn)) for drawn in _resamples(counts)]
    areas, errors = zip(*resampled, strict=True)
    return {"aurc": _percentiles(areas), "ece": _percentiles(errors)}


def resampled_aurc(distinct: Floats, drawn: Counts) -> Floats:
    """``aurc`` of each resample; the r-th holds ``drawn[r, i]`` times ``distinct[i]``, a pair (confidence, right).

    ``distinct`` is sorted. Where ``s`` of each answer of one confidence is wrong, after ``n`` surer ones with ``e``
    errors, the risk at coverage ``g`` is ``s + (e - n s) / g``: its sum over them needs but harmonic numbers.
    """
    confidence, right = distinct[::-1].T  # the surest first
    starts = np.flatnonzero(np.diff(confidence, prepend=np.inf))
    given = np.add.reduceat(drawn[:, ::-1], starts, axis=1)  # (resamples, distinct confidences)
    wrong = np.add.reduceat(drawn[:, ::-1] * (1 - right), starts, axis=1)
    reached = np.cumsum(given, axis=1)
    surer, errors = reached - given, np.cumsum(wrong, axis=1) - wrong
    share = wrong / np.maximum(given, 1)
    total = int(reached[0, -1])
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, total + 1))])
    risks = wrong + (errors - surer * share) * (harmonic[reached] - harmonic[surer])
    areas: Floats = risks.sum(axis=1) / total
    return areas


def resampled_ece(distinct: Floats, drawn: Counts) -> Floats:
    """``ece`` of each resample; ``drawn`` as in ``resampled_aurc``."""
    confidence, right = distinct.T
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gaps = np.where(bins[:, None] == np.arange(BINS), (confidence - right)[:, None], 0.0)  # (distinct, bins)
    errors: Floats = np.abs(drawn @ gaps).sum(axis=1) / drawn[0].sum()
    return errors


def _resamples(counts: Counts) -> Iterator[Counts]:
    """How often resamples of as many rows hold each distinct value: batches of ``(resamples, values)``.

    Drawing multinomial counts is the same as drawing row by row, and faster.
    """
    rng, total = np.random.default_rng(0), int(counts.sum())
    for _ in range(RESAMPLES // _AT_ONCE):
        yield rng.multinomial(total, counts / total, size=_AT_ONCE)


def _percentiles(resampled: Sequence[Floats]) -> Interval:
    low, high = np.quantile(np.concatenate(resampled), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
