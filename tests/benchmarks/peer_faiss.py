"""Plain FAISS over sentence-transformers vectors: what most people write first."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Faiss:
    def __init__(self, model: str) -> None:
        self._model = model
        self._encoder: Any = None
        self._vectors: Any = None

    def index(self, texts: list[str], store: Path) -> None:
        import faiss

        vectors = self._encode(texts)
        made = faiss.IndexFlatIP(vectors.shape[1])
        made.add(vectors)
        faiss.write_index(made, str(store / "vectors.faiss"))

    def load(self, texts: list[str], store: Path) -> None:
        import faiss

        del texts
        self._vectors = faiss.read_index(str(store / "vectors.faiss"))

    def search(self, question: str, k: int) -> list[int]:
        _, found = self._vectors.search(self._encode([question]), k)
        return [int(number) for number in found[0]]

    def _encode(self, texts: list[str]) -> Any:
        if self._encoder is None:
            from sentence_transformers import SentenceTransformer

            self._encoder = SentenceTransformer(self._model, trust_remote_code=True, device="cpu")
        return self._encoder.encode(texts, normalize_embeddings=True, show_progress_bar=False)


def make(options: dict[str, Any]) -> Faiss:
    return Faiss(options["model"])
