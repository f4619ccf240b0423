"""txtai: keyword search and hybrid search, as on https://neuml.github.io/txtai/embeddings/configuration/general/."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Txtai:
    def __init__(self, model: str | None) -> None:
        self._model = model
        self._embeddings: Any = None

    def index(self, texts: list[str], store: Path) -> None:
        from txtai import Embeddings

        if self._model:
            extra = {"vectors": {"trust_remote_code": True}}
            embeddings = Embeddings(path=self._model, method="sentence-transformers", hybrid=True, **extra)
        else:
            embeddings = Embeddings(keyword=True)
        embeddings.index(list(enumerate(texts)))
        embeddings.save(str(store / "index"))

    def load(self, texts: list[str], store: Path) -> None:
        from txtai import Embeddings

        del texts
        self._embeddings = Embeddings()
        self._embeddings.load(str(store / "index"))

    def search(self, question: str, k: int) -> list[int]:
        return [int(number) for number, _ in self._embeddings.search(question, k)]


def make(options: dict[str, Any]) -> Txtai:
    return Txtai(options.get("model"))
