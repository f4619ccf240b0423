"""Text to unit vectors: the bundled model on onnxruntime, any other through sentence-transformers."""

from rag.embedding.load import BUNDLED, REPLACED, load_embedder
from rag.embedding.protocol import Embedder, FloatArray, encode_sentences_alone, unit
from rag.embedding.text import printable

__all__ = [
    "BUNDLED",
    "REPLACED",
    "Embedder",
    "FloatArray",
    "encode_sentences_alone",
    "load_embedder",
    "printable",
    "unit",
]
