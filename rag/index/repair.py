"""Check an index against its truth, and derive its parts again where they differ."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from rag.index import parts, schema, store
from rag.index.lock import write_lock
from rag.index.settings import Settings, read_settings
from rag.index.switch import publish
from rag.index.writer import one_line


@dataclass(frozen=True, slots=True)
class RepairSummary:
    """What was wrong and is mended, one line each; nothing if all was well."""

    mended: tuple[str, ...]


def repair(index: Path) -> RepairSummary:
    """Check every part byte for byte and derive them again if one differs. No model is needed.

    ``IndexFormatError`` if the SQLite file itself is damaged: only a rebuild from the articles mends that.
    """
    schema.require(index)
    with one_line(index), write_lock(index), closing(schema.connect_to_write(index)) as connection:
        settings = read_settings(connection)
        if settings is None:
            raise schema.unfinished(index)
        for problem in _problems_of_truth(connection, settings):
            raise schema.damaged(index, problem)
        wrong = tuple(parts.problems(index, connection, settings.generation))
        if wrong:
            settings = replace(settings, generation=settings.generation + 1)
            with store.transaction(connection):
                publish(index, connection, settings)
        parts.remove_old(index, settings.generation)
        return RepairSummary(wrong)


def _problems_of_truth(connection: sqlite3.Connection, settings: Settings) -> Iterator[str]:
    for (line,) in connection.execute("PRAGMA integrity_check(1)"):
        if line != "ok":
            yield str(line)
    for table, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"a row of {table} refers to nothing"
    if store.fingerprint(connection) != settings.fingerprint:
        yield "its texts are not those it was built with"
    if store.has_bad_vector(connection, settings.dimension):
        yield "a vector is missing"
