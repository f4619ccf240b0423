"""Check an index against its truth, and derive its parts again where they differ."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from rag.index import parts, schema, store
from rag.index.derive import drop_parts, publish
from rag.index.lock import write_lock
from rag.index.settings import Settings, read_settings
from rag.index.writer import one_line


@dataclass(frozen=True, slots=True)
class RepairSummary:
    """What was wrong and is mended, one line each; nothing if all was well."""

    mended: tuple[str, ...]


def repair(index: Path) -> RepairSummary:
    """Check every part byte for byte and derive again those that differ. No model is needed.

    ``IndexFormatError`` if the SQLite file itself is damaged: only a rebuild from the articles mends that.
    """
    schema.require(index)
    with one_line(index), write_lock(index), closing(schema.connect_to_write(index)) as connection:
        settings = read_settings(connection)
        if settings is None:
            raise schema.unfinished(index)
        for problem in store.problems(connection, settings.dimension):
            raise schema.damaged(index, problem)
        if store.fingerprint(connection) != settings.fingerprint:
            raise schema.damaged(index, "its texts are not those it was built with")
        wrong = list(parts.problems(index, connection))
        if wrong:
            _mend(index, connection, settings, [name for name, _ in wrong])
        parts.remove_others(index, connection)
        return RepairSummary(tuple(line for _, line in wrong))


def _mend(index: Path, connection: sqlite3.Connection, settings: Settings, wrong: Sequence[str]) -> None:
    """Switch to a new generation whose parts named in ``wrong`` are derived anew."""
    settings = replace(settings, generation=settings.generation + 1)
    connection.execute("PRAGMA synchronous = FULL")
    with store.transaction(connection):
        drop_parts(connection, wrong)
        publish(index, connection, settings)
