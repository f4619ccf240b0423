"""An embedder whose cosines can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.embedding import FloatArray, encode_sentences_alone
from rag.types import Span

KEYWORDS = ("汽车", "经济", "学校", "天气", "car", "economy", "school", "weather")


class KeywordEmbedder:
    """One axis per keyword and one for texts with none: a row counts the keywords of its text, scaled to length 1.

    ``batches`` holds the texts of every call, in order.
    """

    def __init__(self, keywords: Sequence[str] = KEYWORDS, name: str = "keywords@1") -> None:
        self.name = name
        self.dimension = len(keywords) + 1
        self.batches: list[list[str]] = []
        self._keywords = tuple(keywords)

    @property
    def count(self) -> int:
        """How many texts were embedded."""
        return sum(map(len, self.batches))

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        return self._encode(texts)

    def encode_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[FloatArray]:
        return encode_sentences_alone(self.encode_passages, texts, spans)

    def _encode(self, texts: Sequence[str]) -> FloatArray:
        self.batches.append(list(texts))
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:-1] = [text.lower().count(keyword) for keyword in self._keywords]
            row[-1] = not row.any()
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
