"""Our encoder as a sentence-transformers module, so that ``SentenceTransformer(folder)`` loads the same folder.

The folder's ``modules.json`` names ``OnnxModule``; nothing else imports this file, for it imports torch.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from sentence_transformers.base.modules.input_module import InputModule

from rag.embedding.onnx import OnnxEmbedder
from rag.embedding.runtime import MODEL, SETTINGS, TOKENIZER, WORDS


class OnnxModule(InputModule):
    """Texts pass through as they are; vectors come from ``OnnxEmbedder``.

    The prefixes for questions and passages are the folder's prompts, which sentence-transformers puts in front.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.embedder = OnnxEmbedder(folder)
        # sentence-transformers asks the first parameter for device and dtype.
        self.anchor = torch.nn.Parameter(torch.zeros(0), requires_grad=False)

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        return {"prompt": prompt or "", "texts": list(inputs)}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        vectors = self.embedder.encode(features["prompt"], features["texts"])
        return {**features, "sentence_embedding": torch.from_numpy(vectors).to(self.anchor.device)}

    def get_embedding_dimension(self) -> int:
        return self.embedder.dimension

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """A folder that needs no other: the tokenizer and the word embeddings lie in it."""
        out = Path(output_path)
        shutil.copyfile(self.embedder.folder / MODEL, out / MODEL)
        for name in (TOKENIZER, WORDS):
            shutil.copyfile(self.embedder.base / name, out / name)
        settings = asdict(replace(self.embedder.settings, base="."))
        (out / SETTINGS).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> OnnxModule:
        """From a folder on this machine."""
        return cls(Path(model_name_or_path))
