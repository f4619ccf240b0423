from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.calibration import (
    RESAMPLES,
    aurc,
    confidence_intervals,
    ece,
    interval,
    mean,
    resampled_aurc,
    resampled_ece,
)

JUDGED = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("judged", "error"),
    [
        ([(1.0, True), (0.0, False)], 0),
        ([(1.0, False)], 1),
        ([(0.8, True)] * 4 + [(0.8, False)], 0),  # says .8 and is right in 4 of 5
        ([(0.95, True), (0.95, False), (0.15, False), (0.15, False)], (2 * 0.45 + 2 * 0.15) / 4),
        ([(0.25, False), (0.85, True)], (0.25 + 0.15) / 2),  # bins do not make up for each other
    ],
)
def test_ece(judged, error):
    assert ece(judged) == pytest.approx(error)


@pytest.mark.parametrize(
    ("judged", "area"),
    [
        ([(0.9, True), (0.5, True)], 0),
        ([(0.9, False), (0.5, False)], 1),
        ([(0.9, True), (0.5, False)], (0 + 1 / 2) / 2),
        ([(0.9, False), (0.5, True)], (1 + 1 / 2) / 2),
        ([(0.9, True), (0.5, False), (0.4, True)], (0 + 1 / 2 + 1 / 3) / 3),
        ([(0.5, True), (0.5, False)], 1 / 2),  # equal confidence: errors shared evenly
    ],
)
def test_aurc(judged, area):
    assert aurc(judged) == pytest.approx(area)


def test_nothing_to_average_gives_none():
    assert (ece([]), aurc([]), mean([]), interval([])) == (None, None, None, None)


@given(JUDGED)
def test_the_order_of_questions_does_not_matter(judged):
    shuffled = random.Random(0).sample(judged, len(judged))
    assert aurc(shuffled) == pytest.approx(aurc(judged))
    assert ece(shuffled) == pytest.approx(ece(judged))


@given(JUDGED)
def test_calibration_scores_are_shares(judged):
    assert 0 <= aurc(judged) <= 1
    assert 0 <= ece(judged) <= 1


def test_the_bootstrap_interval_holds_the_mean_and_repeats():
    values = [1.0] * 80 + [0.0] * 20
    low, high = interval(values)
    assert low == pytest.approx(0.72, abs=0.02)  # .8 ± 1.96 · sqrt(.8 · .2 / 100)
    assert high == pytest.approx(0.88, abs=0.02)
    assert interval(values) == (low, high)
    assert interval([1.0] * 5) == (1.0, 1.0)


@given(JUDGED, st.data())
def test_a_resample_is_scored_as_its_rows_are(judged, data):
    distinct = sorted(set(judged))
    counts = st.lists(st.integers(0, 3), min_size=len(distinct), max_size=len(distinct)).filter(any)
    drawn = data.draw(counts)
    rows = [pair for pair, count in zip(distinct, drawn, strict=True) for _ in range(count)]
    given_twice = np.array([drawn, drawn])
    assert resampled_aurc(np.array(distinct, dtype=float), given_twice) == pytest.approx([aurc(rows)] * 2)
    assert resampled_ece(np.array(distinct, dtype=float), given_twice) == pytest.approx([ece(rows)] * 2)


def test_the_intervals_of_the_confidence_are_those_of_resampled_rows():
    """Row by row, as it is defined; 300 resamples are near enough to the 1000."""
    rng = random.Random(1)
    judged = [(confidence, rng.random() < confidence) for confidence in (rng.random() for _ in range(200))]
    drawn = [rng.choices(judged, k=len(judged)) for _ in range(300)]
    found = confidence_intervals(judged)
    for name, score in (("aurc", aurc), ("ece", ece)):
        assert found[name] == pytest.approx(np.quantile([score(rows) for rows in drawn], [0.025, 0.975]), abs=0.02)
    assert found["aurc"][0] < aurc(judged) < found["aurc"][1]
    assert confidence_intervals(judged) == found


def test_intervals_of_the_confidence_by_hand():
    """Two rows: a resample has each of them once, or one twice, which has the error of that row."""
    judged = [(1.0, True), (0.0, True)]
    assert confidence_intervals(judged) == {"aurc": (0.0, 0.0), "ece": (0.0, 1.0)}
    assert confidence_intervals([]) == {"aurc": None, "ece": None}
    assert RESAMPLES == 1000
