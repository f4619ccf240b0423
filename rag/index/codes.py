"""Vectors as an index keeps them: one signed byte a number.

A unit vector is turned by a fixed random rotation first (signs and Hadamard transforms).
Its numbers are then spread alike, whatever the model, so that one step fits all of them and no vector's code depends
on which others are there: an update equals a rebuild. Cosines are off by .0005 (standard deviation, 384 numbers).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.embedding import FloatArray

    Codes = NDArray[np.int8]

LARGEST = 127
#: Of the numbers of a rotated unit vector one in two million is further from 0 than this many standard deviations.
_DEVIATIONS = 5.0
_SEED = 20240501


class Coder:
    """To codes and back, for vectors of one dimension."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        spread = _DEVIATIONS / dimension**0.5
        # A short vector may have a number near 1; turning it would gain nothing.
        self._turns = spread < 1
        #: What a code of 1 stands for.
        self.step = min(1.0, spread) / LARGEST

    def encode(self, vectors: FloatArray) -> Codes:
        """(n, dimension) unit rows."""
        import numpy as np

        codes = np.rint(self.turn(vectors) / np.float32(self.step))
        whole: Codes = np.clip(codes, -LARGEST, LARGEST).astype(np.int8)
        return whole

    def decode(self, codes: Codes) -> FloatArray:
        """The vectors, on the model's own axes."""
        import numpy as np

        turned: FloatArray = codes.astype(np.float32) * np.float32(self.step)
        if not self._turns:
            return turned
        signs, mixing = _rotation(self.dimension)
        return _mixed(_hadamard(turned, len(mixing)), mixing.T) * signs

    def turn(self, vectors: FloatArray) -> FloatArray:
        """The vectors on the axes of the codes; inner products stay as they are."""
        if not self._turns:
            return vectors
        signs, mixing = _rotation(self.dimension)
        return _hadamard(_mixed(vectors * signs, mixing), len(mixing))


def query_codes(turned: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Queries in whole numbers, which FAISS multiplies with codes fastest; what a 1 in each stands for; what is lost.

    The loss, the length of what rounding took away, is how far an inner product with a unit vector can be off at most.
    """
    import numpy as np

    largest = np.abs(turned).max(axis=1, keepdims=True, initial=0)
    step = np.where(largest == 0, 1, largest) / np.float32(LARGEST)
    whole = np.rint(turned / step)
    lost = np.linalg.norm(turned - whole * step, axis=1)
    return whole.astype(np.float32), step[:, 0].astype(np.float32), lost.astype(np.float32)


@lru_cache(maxsize=4)
def _rotation(dimension: int) -> tuple[FloatArray, FloatArray]:
    """Random signs, and an orthogonal matrix as large as the odd part of the dimension, which mixes equal blocks.

    With a Hadamard transform of each block this is a random rotation that takes no matrix product, and so no threads.
    ``RandomState`` is frozen: it gives these numbers in every NumPy (NEP 19).
    """
    import numpy as np

    random = np.random.RandomState(_SEED)
    signs = np.where(random.random_sample(dimension) < 0.5, -1, 1).astype(np.float32)
    blocks = dimension // (dimension & -dimension)
    q, r = np.linalg.qr(random.standard_normal((blocks, blocks)))
    # Without the signs the result would depend on how the library solves it.
    return signs, np.ascontiguousarray(q * np.sign(np.diag(r)), dtype=np.float32)


def _mixed(rows: FloatArray, mixing: FloatArray) -> FloatArray:
    """Each number of the i-th block of a row becomes a mixture of the numbers at its place in all blocks."""
    import numpy as np

    if len(mixing) == 1:
        return rows
    blocks = rows.reshape(len(rows), len(mixing), -1)
    mixed: FloatArray = np.einsum("nip,ji->njp", blocks, mixing)
    return mixed.reshape(rows.shape)


def _hadamard(rows: FloatArray, blocks: int) -> FloatArray:
    """The orthogonal Walsh-Hadamard transform of each of the ``blocks`` equal parts of a row; it undoes itself."""
    import numpy as np

    length = rows.shape[1] // blocks
    held = rows
    width = 1
    while width < length:
        pairs = held.reshape(len(rows), -1, 2, width)
        held = np.stack([pairs[:, :, 0] + pairs[:, :, 1], pairs[:, :, 0] - pairs[:, :, 1]], axis=2)
        width *= 2
    return np.asarray(held.reshape(rows.shape) / np.float32(length**0.5), np.float32)
