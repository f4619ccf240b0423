"""What an index was built with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from rag.corpus import CORPUS_VERSION
from rag.lexical import TOKENS_VERSION

#: Raised whenever passages or sentences are embedded in another way.
EMBEDDED_VERSION = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one state of an index.

    ``edition`` counts the rebuilds from nothing, ``generation`` the states that the index has had.
    """

    model: str
    dimension: int
    tokens: int = TOKENS_VERSION
    corpus: int = CORPUS_VERSION
    embedded: int = EMBEDDED_VERSION
    edition: int = 0
    generation: int = 0
    fingerprint: str = ""

    @property
    def recipe(self) -> str:
        """What decides the passages and vectors of a document. A document of another recipe is processed again."""
        return f"{self.model} corpus {self.corpus} embedded {self.embedded} edition {self.edition}"

    def key(self, text: str) -> bytes:
        """The key of the vector of ``text``: equal texts are embedded once."""
        return hashlib.blake2b(f"{self.model}\0{self.edition}\0{text}".encode(), digest_size=16).digest()


def silent(stage: str, done: int, total: int) -> None:
    """The progress of a caller who asked for none."""
