"""From what a user calls a model to the model."""

from __future__ import annotations

from pathlib import Path

from rag.embedding.onnx import OnnxEmbedder
from rag.embedding.protocol import Embedder
from rag.embedding.runtime import SETTINGS

BUNDLED = "wenbao-mini"
MODELS = Path(__file__).parents[1] / "models"


def load_embedder(model: str | None = None) -> Embedder:
    """The bundled model, or any that sentence-transformers can load by name or folder.

    A folder of our own kind is run on onnxruntime too. Raises ``ModelError``.
    """
    folder = MODELS / BUNDLED if model in (None, BUNDLED) else Path(str(model))
    if model in (None, BUNDLED) or (folder / SETTINGS).is_file():
        return OnnxEmbedder(folder)
    from rag.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(str(model))
