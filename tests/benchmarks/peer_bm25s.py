"""bm25s over jieba's words, as https://github.com/xhluca/bm25s shows for a tokenizer of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Bm25s:
    def __init__(self) -> None:
        self._bm25: Any = None

    def index(self, texts: list[str], store: Path) -> None:
        import bm25s
        import jieba

        made = bm25s.BM25()
        made.index([jieba.lcut(text) for text in texts], show_progress=False)
        made.save(str(store))

    def load(self, texts: list[str], store: Path) -> None:
        import bm25s
        import jieba

        del texts
        jieba.initialize()
        self._bm25 = bm25s.BM25.load(str(store))

    def search(self, question: str, k: int) -> list[int]:
        import jieba

        found, _ = self._bm25.retrieve([jieba.lcut(question)], k=k, show_progress=False)
        return [int(number) for number in found[0]]


def make(options: dict[str, Any]) -> Bm25s:
    del options
    return Bm25s()
