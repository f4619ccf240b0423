"""What the rest of Wenbao asks of an embedding model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.types import Span

FloatArray = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Rows are unit float32 vectors, so that an inner product is a cosine similarity.

    A text's vectors depend on nothing but the text.
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

    def encode_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[FloatArray]:
        """For each text an array (1 + sentences, dimension): the passage vector, then one for each of its ``spans``."""
        ...


def encode_sentences_alone(
    encode: Callable[[Sequence[str]], FloatArray], texts: Sequence[str], spans: Sequence[Sequence[Span]]
) -> list[FloatArray]:
    """``Embedder.encode_sentences`` for a model that gives one vector a text: every sentence is a text of its own."""
    parts = [
        part
        for text, sentences in zip(texts, spans, strict=True)
        for part in (text, *(text[span.start : span.end].strip() for span in sentences))
    ]
    ends = np.cumsum([1 + len(sentences) for sentences in spans])
    return np.split(encode(parts), ends[:-1]) if texts else []


def unit(rows: FloatArray) -> FloatArray:
    """Rows scaled to length one; a row of zeros, which has no direction, stays."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), dtype=np.float32)
