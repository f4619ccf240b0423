"""LlamaIndex: its BM25 retriever, or a vector index over FAISS.

As in its documents: "BM25 Retriever" and "Faiss Vector Store" on https://developers.llamaindex.ai/python.
The BM25 retriever takes a pattern of tokens but no tokenizer; one that takes each Chinese character is given.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PATTERN = r"(?u)[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+"
#: In tokens, for a model that names none: LlamaIndex takes no model without one, and ours splits longer texts itself.
LENGTH = 512


class LlamaIndex:
    def __init__(self, model: str | None) -> None:
        self._model = model
        self._retriever: Any = None

    def index(self, texts: list[str], store: Path) -> None:
        from llama_index.core.schema import TextNode

        nodes = [TextNode(id_=str(number), text=text) for number, text in enumerate(texts)]
        if not self._model:
            from llama_index.retrievers.bm25 import BM25Retriever

            made = BM25Retriever.from_defaults(nodes=nodes, token_pattern=PATTERN, skip_stemming=True, language="zh")
            made.persist(str(store))
            return
        import faiss
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.vector_stores.faiss import FaissVectorStore

        embedder = self._embedder()
        vectors = FaissVectorStore(faiss_index=faiss.IndexFlatIP(len(embedder.get_text_embedding("a"))))
        context = StorageContext.from_defaults(vector_store=vectors)
        index = VectorStoreIndex(nodes, storage_context=context, embed_model=embedder)
        index.storage_context.persist(persist_dir=str(store))

    def load(self, texts: list[str], store: Path) -> None:
        del texts
        if not self._model:
            from llama_index.retrievers.bm25 import BM25Retriever

            self._retriever = BM25Retriever.from_persist_dir(str(store))
            # Neither is kept with the index; without them a question is cut by its white space.
            self._retriever.token_pattern, self._retriever.skip_stemming = PATTERN, True
            return
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.vector_stores.faiss import FaissVectorStore

        vectors = FaissVectorStore.from_persist_dir(str(store))
        context = StorageContext.from_defaults(vector_store=vectors, persist_dir=str(store))
        self._retriever = load_index_from_storage(context, embed_model=self._embedder()).as_retriever()

    def search(self, question: str, k: int) -> list[int]:
        self._retriever.similarity_top_k = k
        return [int(found.node.node_id) for found in self._retriever.retrieve(question)]

    def _embedder(self) -> Any:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        length = None if names_length(Path(self._model or "")) else LENGTH
        return HuggingFaceEmbedding(model_name=self._model, max_length=length, trust_remote_code=True, device="cpu")


def names_length(model: Path) -> bool:
    """Whether a model's folder says after how many tokens a text is cut; a length given in its place would win."""
    settings = model / "sentence_bert_config.json"
    return settings.exists() and "max_seq_length" in json.loads(settings.read_text(encoding="utf-8"))


def make(options: dict[str, Any]) -> LlamaIndex:
    return LlamaIndex(options.get("model"))
