"""Encoders of our own make, on onnxruntime: no torch, no network.

Every text is run alone.
Dynamic quantisation scales a whole batch by its largest activation, so in a batch a vector would depend on its
neighbours, and an index that was updated would differ from one that was rebuilt.
Threads, one text each, use the cores.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding.protocol import FloatArray, printable, unit
from rag.errors import ModelError
from rag.text import simplify

SETTINGS = "wenbao.json"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
CLS, SEP = 2, 3


@dataclass(frozen=True, slots=True)
class Settings:
    """``wenbao.json`` of a model folder; ``window`` is in tokens, the two marks at its ends included."""

    name: str
    revision: str
    dimension: int
    window: int

    @classmethod
    def read(cls, folder: Path) -> Settings:
        try:
            found = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
            return cls(found["name"], found["revision"], found["dimension"], found["window"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{folder} holds no usable {SETTINGS} ({error}): reinstall wenbao") from error


class OnnxEmbedder:
    """An ``Embedder`` over a folder made by ``python -m rag.training export``; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings.read(folder)

    @property
    def name(self) -> str:
        return f"{self.settings.name}@{self.settings.revision}"

    @property
    def dimension(self) -> int:
        return self.settings.dimension

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        return self._encode(texts)

    def token_ids(self, text: str) -> list[int]:
        """Ids without the marks at the ends."""
        ids: list[int] = self._tokenizer.encode(simplify(printable(text)), add_special_tokens=False).ids
        return ids

    def _encode(self, texts: Sequence[str]) -> FloatArray:
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        vectors = map(self._vector, texts) if len(texts) < 2 else self._pool.map(self._vector, texts)
        for number, vector in enumerate(vectors):
            rows[number] = vector
        return rows

    def _vector(self, text: str) -> FloatArray:
        """Of a text longer than the window, the mean over equal windows, weighted by their lengths."""
        ids = self.token_ids(text)
        count = max(1, -(-len(ids) // (self.settings.window - 2)))
        cuts = [len(ids) * i // count for i in range(count + 1)]
        windows = [ids[start:end] for start, end in pairwise(cuts)]
        if count == 1:
            return self._run(windows[0])
        weighted = [len(window) * self._run(window) for window in windows]
        return unit(np.sum(weighted, axis=0, dtype=np.float32))

    def _run(self, ids: list[int]) -> FloatArray:
        row = np.array([[CLS, *ids, SEP]], dtype=np.int64)
        vector: FloatArray = self._session.run(None, {"ids": row})[0][0]
        return vector

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(str(self.folder / MODEL), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises classes without a common base
            raise _broken(self.folder / MODEL, error) from error

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        try:
            return Tokenizer.from_file(str(self.folder / TOKENIZER))
        except Exception as error:  # tokenizers raises bare Exception
            raise _broken(self.folder / TOKENIZER, error) from error

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_cores(), thread_name_prefix="embed")


def _cores() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _broken(path: Path, error: Exception) -> ModelError:
    reason = " ".join(str(error).split())[:200]
    return ModelError(f"{path} cannot be loaded ({reason}): reinstall wenbao")
