"""What the rest of Wenbao asks of an embedding model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

_SURROGATES = re.compile("[\ud800-\udfff]")


class Embedder(Protocol):
    """Rows are unit float32 vectors, so that an inner product is a cosine similarity.

    A text's vector depends on nothing but the text.
    ``name`` changes when the vectors would.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """(n, dimension); (0, dimension) without texts."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """(n, dimension); (0, dimension) without texts."""
        ...


def printable(text: str) -> str:
    """Without lone surrogates, which tokenizers cannot take.

    >>> printable("a\\ud83d")
    'a\ufffd'
    """
    return _SURROGATES.sub("\ufffd", text)


def unit(rows: FloatArray) -> FloatArray:
    """Rows scaled to length one; a row of zeros, which has no direction, stays."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), dtype=np.float32)
