"""Whether figures were made with the models that ship, so that a document can say where they were not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.embedding import load_embedder
from rag.evaluation.manifest import reader


@dataclass(frozen=True, slots=True)
class Shipped:
    """The embedding model by name and revision, and the digest of the reader, as the manifest of a run has them."""

    model: str
    reader: str

    def made(self, run: Mapping[str, Any]) -> bool:
        """Whether a run was made with these; one that does not say so was not.

        A run of retrieval alone reads nothing, and a benchmark of the embedding model knows no reader: there the model
        decides.

        >>> Shipped("m@1", "ab").made({"model": "m@1", "reader": "cd", "retrieval": True})
        True
        """
        reads = "reader" in run and not run.get("retrieval")
        return run.get("model") == self.model and (not reads or run["reader"] == self.reader)


def shipped() -> Shipped:
    """What lies in this package; the weights are not loaded for it."""
    return Shipped(load_embedder().name, reader())
