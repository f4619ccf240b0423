"""The table of word embeddings, four bits a weight, mapped from its file: only the rows that are used are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.embedding.protocol import FloatArray
from rag.errors import ModelError

#: Weights that share a scale, and the bytes of such a block: a scale in float16, then two weights a byte.
BLOCK, BLOCK_BYTES = 32, 18


class WordEmbeddings:
    """Rows in blocks of 32 weights (the format Q4_0 of llama.cpp): a float16 scale, then 16 bytes.

    The low halves of the bytes are the first 16 weights, the high halves the last 16; a weight is its four bits less
    eight, times the scale.
    """

    def __init__(self, path: Path) -> None:
        """``ModelError`` if the file cannot be read or is not such a table."""
        try:
            self._blocks: npt.NDArray[np.uint8] = np.load(path, mmap_mode="r")
        except (OSError, ValueError) as error:
            raise ModelError(f"{path} cannot be loaded ({error}): reinstall wenbao") from error
        if self._blocks.dtype != np.uint8 or self._blocks.ndim != 3 or self._blocks.shape[2] != BLOCK_BYTES:
            raise ModelError(f"{path} holds no word embeddings: reinstall wenbao")

    def __len__(self) -> int:
        return len(self._blocks)

    @property
    def dimension(self) -> int:
        return int(self._blocks.shape[1]) * BLOCK

    def rows(self, ids: npt.NDArray[np.int64]) -> FloatArray:
        """(n, dimension)"""
        return unpack_blocks(self._blocks[ids])


def unpack_blocks(blocks: npt.NDArray[np.uint8]) -> FloatArray:
    """(n, d) from blocks (n, d / 32, 18)."""
    scales = blocks[..., :2].copy().view("<f2").astype(np.float32)
    packed = blocks[..., 2:]
    weights = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32) - 8
    return np.asarray((weights * scales).reshape(len(blocks), -1), dtype=np.float32)
