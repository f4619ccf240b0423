"""Text to unit vectors: the bundled model on onnxruntime, any other through sentence-transformers."""

from rag.embedding.load import BUNDLED, load_embedder
from rag.embedding.protocol import Embedder, FloatArray, printable, unit

__all__ = ["BUNDLED", "Embedder", "FloatArray", "load_embedder", "printable", "unit"]
