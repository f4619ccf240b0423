"""From what a user calls a model to the model."""

from __future__ import annotations

from pathlib import Path

from rag.embedding.onnx import OnnxEmbedder
from rag.embedding.protocol import Embedder
from rag.embedding.runtime import MODELS, SETTINGS
from rag.errors import ModelError

BUNDLED = "wenbao-small"
#: What the bundled model was called before.
REPLACED = "wenbao-mini"


def load_embedder(model: str | None = None) -> Embedder:
    """The bundled model, or any that sentence-transformers can load by name or folder.

    A folder of our own kind is run on onnxruntime too. Raises ``ModelError``.
    """
    if model == REPLACED:
        raise ModelError(f"the model {REPLACED} was replaced by {BUNDLED}: leave out --model")
    folder = MODELS / BUNDLED if model in (None, BUNDLED) else Path(str(model))
    if model in (None, BUNDLED) or (folder / SETTINGS).is_file():
        return OnnxEmbedder(folder)
    from rag.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(str(model))
