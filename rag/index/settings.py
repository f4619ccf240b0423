"""What an index was built with."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import asdict, dataclass, fields
from typing import Any

from rag.corpus import CORPUS_VERSION
from rag.lexical import TOKENS_VERSION

#: Raised whenever passages or sentences are embedded in another way.
EMBEDDED_VERSION = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """``edition`` counts the rebuilds from nothing; ``generation`` the states the index has had, 0 for none yet."""

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
        """What decides the passages and vectors of a document; documents of another recipe are done again."""
        return f"{self.model} corpus {self.corpus} embedded {self.embedded} edition {self.edition}"

    def key(self, text: str) -> bytes:
        """Names the vector of ``text``: equal texts are embedded once."""
        return hashlib.blake2b(f"{self.model}\0{self.edition}\0{text}".encode(), digest_size=16).digest()


def read_settings(connection: sqlite3.Connection) -> Settings | None:
    """``None`` before the first state of an index is finished. ``sqlite3.DatabaseError`` if they make no sense."""
    found = dict(connection.execute("SELECT name, value FROM settings"))
    if not found:
        return None
    try:
        values: dict[str, Any] = {
            f.name: found[f.name] if f.type == "str" else int(found[f.name]) for f in fields(Settings)
        }
    except (KeyError, ValueError) as error:
        raise sqlite3.DatabaseError(f"its settings make no sense: {error}") from error
    return Settings(**values)


def write_settings(connection: sqlite3.Connection, settings: Settings) -> None:
    rows = [(name, str(value)) for name, value in asdict(settings).items()]
    connection.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", rows)


def silent(stage: str, done: int, total: int) -> None:
    """The progress of a caller who asked for none."""
