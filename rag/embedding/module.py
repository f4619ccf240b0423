"""Our encoder as a sentence-transformers module, so that ``SentenceTransformer(folder)`` loads the same folder.

The folder's ``modules.json`` names ``OnnxModule``; nothing else imports this file, for it imports torch.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers.base.modules.input_module import InputModule

from rag.embedding.onnx import OnnxEmbedder
from rag.embedding.runtime import MODEL, SETTINGS, TOKENIZER


class OnnxModule(InputModule):
    """Texts pass through as they are; vectors come from ``OnnxEmbedder``."""

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.embedder = OnnxEmbedder(folder)
        # sentence-transformers asks the first parameter for device and dtype.
        self.anchor = torch.nn.Parameter(torch.zeros(0), requires_grad=False)

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        return {"texts": [(prompt or "") + text for text in inputs]}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        vectors = self.embedder.encode_passages(features["texts"])
        return {**features, "sentence_embedding": torch.from_numpy(vectors).to(self.anchor.device)}

    def get_embedding_dimension(self) -> int:
        return self.embedder.dimension

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        for name in (SETTINGS, MODEL, TOKENIZER):
            shutil.copyfile(self.embedder.folder / name, Path(output_path) / name)

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> OnnxModule:
        """From a folder on this machine."""
        return cls(Path(model_name_or_path))
