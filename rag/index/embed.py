"""Vectors for the texts that wait for one."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from rag.embedding import Embedder
from rag.errors import ModelError
from rag.index import store
from rag.types import Progress

if TYPE_CHECKING:
    from rag.embedding import FloatArray

_BATCH = 128
_UNIT = 1e-3


def embed_pending(connection: sqlite3.Connection, embedder: Embedder, progress: Progress) -> None:
    """Embed batch after batch, each kept as soon as it is done."""
    total = store.pending_count(connection)
    done = 0
    while texts := store.pending_texts(connection, _BATCH):
        vectors = check_vectors(embedder, embedder.encode_passages([text for _, text in texts]), len(texts))
        with store.transaction(connection):
            store.write_vectors(connection, texts, [row.tobytes() for row in vectors.astype("<f4")])
        done += len(texts)
        progress("embed", done, total)


def check_vectors(embedder: Embedder, vectors: FloatArray, count: int) -> FloatArray:
    """``vectors`` if they are ``count`` unit rows, else ``ModelError``: one bad row would spoil every ranking."""
    import numpy as np

    if vectors.shape != (count, embedder.dimension):
        wanted = (count, embedder.dimension)
        raise ModelError(f"{embedder.name} gave vectors of shape {vectors.shape}, not {wanted}: use another model")
    length = np.linalg.norm(vectors, axis=1)
    # A text without a single known piece may come out as zeros; it is far from everything.
    if not bool(np.all((np.abs(length - 1) < _UNIT) | (length == 0))):
        raise ModelError(f"{embedder.name} gave a vector that is not of length 1: use another model")
    return vectors
