"""LlamaIndex: its BM25 retriever, or a vector index over FAISS.

As in its documents: "BM25 Retriever" and "Faiss Vector Store" on https://developers.llamaindex.ai/python.
The BM25 retriever takes a pattern of tokens but no tokenizer; one that takes each Chinese character is given.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

PATTERN = r"(?u)[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+"


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

        # A length that the model does not name must be given; ours splits longer texts itself.
        return HuggingFaceEmbedding(model_name=self._model, max_length=512, trust_remote_code=True, device="cpu")


def make(options: dict[str, Any]) -> LlamaIndex:
    return LlamaIndex(options.get("model"))
