"""LangChain: its FAISS store, or its BM25 retriever with jieba as the preprocessing function.

https://docs.langchain.com/oss/python/integrations/vectorstores/faiss and …/retrievers/bm25.
The BM25 retriever cannot be saved, so it is built again at every start.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


class LangChain:
    def __init__(self, model: str | None) -> None:
        self._model = model
        self._found: Any = None

    def index(self, texts: list[str], store: Path) -> None:
        if not self._model:
            self._words(texts)
            return
        from langchain_community.vectorstores import FAISS

        metadatas = [{"number": number} for number in range(len(texts))]
        FAISS.from_texts(texts, self._embedder(), metadatas=metadatas).save_local(str(store))

    def load(self, texts: list[str], store: Path) -> None:
        if not self._model:
            self._found = self._words(texts)
            return
        from langchain_community.vectorstores import FAISS

        kept = FAISS.load_local(str(store), self._embedder(), allow_dangerous_deserialization=True)
        self._found = kept.similarity_search

    def search(self, question: str, k: int) -> list[int]:
        return [int(document.metadata["number"]) for document in self._found(question, k=k)]

    def _words(self, texts: list[str]) -> Any:
        import jieba
        from langchain_community.retrievers import BM25Retriever

        metadatas = [{"number": number} for number in range(len(texts))]
        retriever = BM25Retriever.from_texts(texts, metadatas=metadatas, preprocess_func=jieba.lcut)

        def found(question: str, k: int) -> Any:
            retriever.k = k
            return retriever.invoke(question)

        return found

    def _embedder(self) -> Any:
        from langchain_huggingface import HuggingFaceEmbeddings

        return HuggingFaceEmbeddings(model_name=self._model, model_kwargs={"device": "cpu", "trust_remote_code": True})


def make(options: dict[str, Any]) -> LangChain:
    return LangChain(options.get("model"))
