"""Encoders of our own make, on onnxruntime: no torch, no network.

Every text is run alone.
Dynamic quantisation scales a whole batch by its largest activation, so in a batch a vector would depend on its
neighbours, and an index that was updated would differ from one that was rebuilt.
Threads, one text each, use the cores.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from rag.embedding.protocol import FloatArray, printable, unit
from rag.embedding.runtime import CLS, MODEL, SEP, SETTINGS, TOKENIZER, cores, open_session, open_tokenizer
from rag.errors import ModelError
from rag.text import simplify

#: Texts handed to the threads at a time.
BLOCK = 1024


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
    """An ``Embedder`` over a folder made by ``python -m rag.training export``; safe to share between threads.

    Weights are loaded at the first text; the name is known without them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings.read(folder)
        self._lock = Lock()
        self._engine: Engine | None = None

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
        ids: list[int] = self._loaded().tokenizer.encode(simplify(printable(text)), add_special_tokens=False).ids
        return ids

    def _encode(self, texts: Sequence[str]) -> FloatArray:
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        if len(texts) == 1:
            rows[0] = self._vector(texts[0])
            return rows
        for start in range(0, len(texts), BLOCK):
            vectors = self._loaded().pool.map(self._vector, texts[start : start + BLOCK])
            for number, vector in enumerate(vectors, start):
                rows[number] = vector
        return rows

    def _vector(self, text: str) -> FloatArray:
        """Of a text longer than the window, the mean over equal windows, weighted by their lengths."""
        ids = self.token_ids(text)
        count = max(1, -(-len(ids) // (self.settings.window - 2)))
        cuts = [len(ids) * i // count for i in range(count + 1)]
        windows = [ids[start:end] for start, end in pairwise(cuts)]
        if count == 1:
            return self._loaded().run(windows[0])
        weighted = [len(window) * self._loaded().run(window) for window in windows]
        return unit(np.sum(weighted, axis=0, dtype=np.float32))

    def _loaded(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = Engine.load(self.folder)
            return self._engine


@dataclass(frozen=True, slots=True)
class Engine:
    """What takes time and memory to load."""

    tokenizer: Any
    session: Any
    pool: ThreadPoolExecutor

    @classmethod
    def load(cls, folder: Path) -> Engine:
        tokenizer, session = open_tokenizer(folder / TOKENIZER), open_session(folder / MODEL)
        return cls(tokenizer, session, ThreadPoolExecutor(cores(), thread_name_prefix="embed"))

    def run(self, ids: list[int]) -> FloatArray:
        """The unit vector (d,) of one window."""
        row = np.array([[CLS, *ids, SEP]], dtype=np.int64)
        vector: FloatArray = self.session.run(None, {"ids": row})[0][0]
        return vector
