"""Vectors as an index stores them: one signed byte for each number.

A fixed random rotation (signs and Hadamard transforms) is applied to unit vectors first. Their numbers then have the
same distribution whatever the model is, so that one step fits all of them. The code of a vector does not depend on
other vectors, so that an update equals a rebuild. Cosines are off by .0005 (standard deviation, 384 numbers).
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
#: One in two million numbers of rotated unit vectors is further from 0 than this many standard deviations.
_DEVIATIONS = 5.0
_SEED = 20240501


class Coder:
    """Turns vectors of one dimension into codes, and back."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        spread = _DEVIATIONS / dimension**0.5
        # A number of a short vector may be near 1 in any case; a rotation would gain nothing.
        self._turns = spread < 1
        #: The number that a code of 1 stands for.
        self.step = min(1.0, spread) / LARGEST

    def encode(self, vectors: FloatArray) -> Codes:
        """The codes of unit rows (n, dimension)."""
        import numpy as np

        rounded = np.rint(self.turn(vectors) / np.float32(self.step))
        codes: Codes = np.clip(rounded, -LARGEST, LARGEST).astype(np.int8)
        return codes

    def decode(self, codes: Codes) -> FloatArray:
        """The vectors that codes stand for, on the axes of the model."""
        import numpy as np

        turned: FloatArray = codes.astype(np.float32) * np.float32(self.step)
        if not self._turns:
            return turned
        signs, mixing = _rotation(self.dimension)
        return _mixed(_hadamard(turned, len(mixing)), mixing.T) * signs

    def turn(self, vectors: FloatArray) -> FloatArray:
        """The vectors on the axes of the codes. Inner products do not change."""
        if not self._turns:
            return vectors
        signs, mixing = _rotation(self.dimension)
        return _hadamard(_mixed(vectors * signs, mixing), len(mixing))


def query_codes(turned: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Queries rounded to whole numbers, which FAISS multiplies with codes fastest.

    Returns the whole numbers, the step that a 1 stands for in each query, and the loss: the length of what rounding
    took away. An inner product with a unit vector is off by the loss at most.
    """
    import numpy as np

    largest = np.abs(turned).max(axis=1, keepdims=True, initial=0)
    step = np.where(largest == 0, 1, largest) / np.float32(LARGEST)
    whole = np.rint(turned / step)
    lost = np.linalg.norm(turned - whole * step, axis=1)
    return whole.astype(np.float32), step[:, 0].astype(np.float32), lost.astype(np.float32)


@lru_cache(maxsize=4)
def _rotation(dimension: int) -> tuple[FloatArray, FloatArray]:
    """Random signs, and an orthogonal matrix of the size of the dimension's odd factor, which mixes equal blocks.

    Together with a Hadamard transform of each block, this is a random rotation without a large matrix product, and so
    without threads. ``RandomState`` is frozen: it gives the same numbers in every version of NumPy (NEP 19).
    """
    import numpy as np

    random = np.random.RandomState(_SEED)
    signs = np.where(random.random_sample(dimension) < 0.5, -1, 1).astype(np.float32)
    blocks = dimension // (dimension & -dimension)
    q, r = np.linalg.qr(random.standard_normal((blocks, blocks)))
    # The signs make the result independent of how the library computes it.
    return signs, np.ascontiguousarray(q * np.sign(np.diag(r)), dtype=np.float32)


def _mixed(rows: FloatArray, mixing: FloatArray) -> FloatArray:
    """Mix the blocks of each row: number by number, a block becomes a weighted sum of all blocks."""
    import numpy as np

    if len(mixing) == 1:
        return rows
    blocks = rows.reshape(len(rows), len(mixing), -1)
    mixed: FloatArray = np.einsum("nip,ji->njp", blocks, mixing)
    return mixed.reshape(rows.shape)


def _hadamard(rows: FloatArray, blocks: int) -> FloatArray:
    """The orthogonal Walsh-Hadamard transform of each of the ``blocks`` equal parts of a row. It is its own inverse."""
    import numpy as np

    length = rows.shape[1] // blocks
    transformed = rows
    width = 1
    while width < length:
        pairs = transformed.reshape(len(rows), -1, 2, width)
        transformed = np.stack([pairs[:, :, 0] + pairs[:, :, 1], pairs[:, :, 0] - pairs[:, :, 1]], axis=2)
        width *= 2
    return np.asarray(transformed.reshape(rows.shape) / np.float32(length**0.5), np.float32)
