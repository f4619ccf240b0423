"""The packed table of word embeddings."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rag.embedding.words import WordEmbeddings


def test_a_block_is_a_scale_and_two_weights_a_byte(tmp_path: Path) -> None:
    # Bytes 0x9F: low halves are 15 (weight 7), high halves 9 (weight 1).
    block = np.concatenate([np.frombuffer(np.float16(0.5).tobytes(), np.uint8), np.full(16, 0x9F, np.uint8)])
    zeros = np.concatenate([np.frombuffer(np.float16(2).tobytes(), np.uint8), np.full(16, 0x88, np.uint8)])
    np.save(tmp_path / "words.npy", np.stack([np.stack([block, zeros]), np.stack([zeros, block])]))
    words = WordEmbeddings(tmp_path / "words.npy")
    assert (len(words), words.dimension) == (2, 64)
    first, second = [3.5] * 16 + [0.5] * 16, [0.0] * 32
    assert words.rows(np.array([1, 0])).tolist() == [second + first, first + second]
