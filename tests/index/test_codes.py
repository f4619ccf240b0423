"""Codes keep cosines, and say how far they can be off."""

from __future__ import annotations

import numpy as np
import pytest

from rag.index.codes import Coder, query_codes


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("dimension", [1, 8, 26, 37, 312, 384])
def test_codes_keep_cosines(dimension: int) -> None:
    coder = Coder(dimension)
    rows = unit(np.random.default_rng(0).normal(size=(200, dimension)))
    kept = coder.decode(coder.encode(rows))
    assert np.abs(kept @ rows.T - rows @ rows.T).max() < 0.012
    axes = np.eye(dimension, dtype=np.float32)
    assert np.abs(coder.decode(coder.encode(axes)) - axes).max() < 0.02
    zeros = np.zeros((2, dimension), np.float32)
    assert not coder.encode(zeros).any()
    assert not query_codes(coder.turn(zeros))[0].any()


def test_axes_of_a_short_vector_are_kept_exactly() -> None:
    axes = np.eye(9, dtype=np.float32)
    assert Coder(9).decode(Coder(9).encode(axes)).tolist() == axes.tolist()


def test_whole_numbers_are_off_by_what_they_say_at_most() -> None:
    rows = unit(np.random.default_rng(0).normal(size=(50, 32)))
    whole, step, lost = query_codes(rows)
    assert np.array_equal(whole, np.rint(whole))
    assert np.abs(whole).max() <= 127
    assert (np.abs(whole * step[:, None] @ rows.T - rows @ rows.T) <= lost[:, None] + 1e-6).all()
    assert (lost < 0.03).all()
