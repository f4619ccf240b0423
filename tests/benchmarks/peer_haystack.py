"""Haystack: its in-memory store with BM25 (which splits Chinese by character), with vectors, and with both joined.

As in its documents: https://docs.haystack.deepset.ai/docs/inmemorybm25retriever, …/inmemoryembeddingretriever, and
…/documentjoiner for the hybrid.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Haystack:
    def __init__(self, kind: str, model: str | None) -> None:
        self._kind = kind
        self._model = model
        self._run: Any = None

    def index(self, texts: list[str], store: Path) -> None:
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        documents = [Document(id=str(number), content=text) for number, text in enumerate(texts)]
        if self._model:
            from haystack_integrations.components.embedders.sentence_transformers import (
                SentenceTransformersDocumentEmbedder,
            )

            embedder = SentenceTransformersDocumentEmbedder(
                model=self._model, trust_remote_code=True, progress_bar=False
            )
            embedder.warm_up()
            documents = embedder.run(documents=documents)["documents"]
        kept = InMemoryDocumentStore(embedding_similarity_function="cosine")
        kept.write_documents(documents)
        kept.save_to_disk(str(store / "store.json"))

    def load(self, texts: list[str], store: Path) -> None:
        from haystack import Pipeline
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        del texts
        kept = InMemoryDocumentStore.load_from_disk(str(store / "store.json"))
        pipeline = Pipeline()
        if self._kind in {"bm25", "hybrid"}:
            pipeline.add_component("bm25", InMemoryBM25Retriever(document_store=kept))
        if self._kind in {"vectors", "hybrid"}:
            from haystack_integrations.components.embedders.sentence_transformers import (
                SentenceTransformersTextEmbedder,
            )

            embedder = SentenceTransformersTextEmbedder(model=self._model, trust_remote_code=True, progress_bar=False)
            pipeline.add_component("embedder", embedder)
            pipeline.add_component("vectors", InMemoryEmbeddingRetriever(document_store=kept))
            pipeline.connect("embedder.embedding", "vectors.query_embedding")
        if self._kind == "hybrid":
            pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
            pipeline.connect("bm25", "joiner")
            pipeline.connect("vectors", "joiner")
        pipeline.warm_up()
        self._run = pipeline.run

    def search(self, question: str, k: int) -> list[int]:
        last = {"bm25": "bm25", "vectors": "vectors", "hybrid": "joiner"}[self._kind]
        given: dict[str, dict[str, Any]] = {"joiner": {"top_k": k}} if self._kind == "hybrid" else {}
        if self._kind in {"bm25", "hybrid"}:
            given["bm25"] = {"query": question, "top_k": k}
        if self._kind in {"vectors", "hybrid"}:
            given |= {"embedder": {"text": question}, "vectors": {"top_k": k}}
        return [int(document.id) for document in self._run(given)[last]["documents"]]


def make(options: dict[str, Any]) -> Haystack:
    return Haystack(options["kind"], options.get("model"))
