"""The parts of an index that are derived from its SQLite file: two FAISS files and a BM25 folder per generation.

A part is written under another name, forced to disk, and renamed; once named it is never written to again.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from rag.index.schema import damaged
from rag.lexical import LexicalIndex

VECTORS, SENTENCES, LEXICAL = "vectors", "sentences", "lexical"
_NAME = re.compile(r"(?:vectors|sentences|lexical)-(\d+)(?:\.faiss)?(?P<unfinished>\.tmp)?")
_ROWS_AT_ONCE = 8192

_PASSAGE_VECTORS = (
    "SELECT v.vector FROM passages p JOIN vectors v ON v.id = p.vector WHERE p.row IS NOT NULL ORDER BY p.row"
)
_SENTENCE_VECTORS = """
SELECT v.vector FROM passages p JOIN sentences s ON s.passage = p.id JOIN vectors v ON v.id = s.vector
WHERE p.row IS NOT NULL ORDER BY p.row, s.start
"""
_TEXTS = "SELECT article, text FROM passages WHERE row IS NOT NULL ORDER BY row"


def names(generation: int) -> dict[str, str]:
    """The file name of each part of a generation."""
    return {
        VECTORS: f"{VECTORS}-{generation}.faiss",
        SENTENCES: f"{SENTENCES}-{generation}.faiss",
        LEXICAL: f"{LEXICAL}-{generation}",
    }


def write_parts(index: Path, connection: sqlite3.Connection, generation: int, dimension: int) -> None:
    """Derive every part of ``generation`` from the rows that ``connection`` sees, and record sizes and digests."""
    name = names(generation)
    _write_vectors(connection, _PASSAGE_VECTORS, _unfinished(index / name[VECTORS]), dimension)
    _write_vectors(connection, _SENTENCE_VECTORS, _unfinished(index / name[SENTENCES]), dimension)
    LexicalIndex.build(
        _unfinished(index / name[LEXICAL]),
        (f"{article}\n{text}" for article, text in connection.execute(_TEXTS)),
    )
    connection.execute("DELETE FROM parts")
    for part in name.values():
        _finish(index / part)
        connection.execute("INSERT INTO parts VALUES (?, ?, ?)", (part, size(index / part), digest(index / part)))
    _sync(index)


def _write_vectors(connection: sqlite3.Connection, query: str, path: Path, dimension: int) -> None:
    import faiss
    import numpy as np

    flat = faiss.IndexFlatIP(dimension)
    cursor = connection.execute(query)
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        flat.add(np.frombuffer(b"".join(row[0] for row in rows), dtype="<f4").reshape(len(rows), dimension))
    faiss.write_index(flat, str(path))


def _unfinished(path: Path) -> Path:
    """A clear place to write ``path`` to first."""
    temporary = path.with_name(f"{path.name}.tmp")
    remove(temporary)
    return temporary


def _finish(path: Path) -> None:
    temporary = path.with_name(f"{path.name}.tmp")
    for file in _files(temporary):
        _sync(file)
    if temporary.is_dir():
        _sync(temporary)
    remove(path)
    temporary.replace(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _files(part: Path) -> list[Path]:
    """The files of a part; tantivy's lock files say nothing and come and go."""
    if part.is_file():
        return [part]
    return sorted(file for file in part.rglob("*") if file.is_file() and file.suffix != ".lock")


def size(part: Path) -> int:
    """Bytes of a part, 0 if there is none."""
    return sum(file.stat().st_size for file in _files(part))


def digest(part: Path) -> str:
    """A hash of all bytes of a part."""
    total = hashlib.sha256()
    for file in _files(part):
        with file.open("rb") as handle:
            total.update(hashlib.file_digest(handle, "sha256").digest())
    return total.hexdigest()


def check_sizes(index: Path, connection: sqlite3.Connection, generation: int) -> None:
    """``FileNotFoundError`` for a part that is not there, ``IndexFormatError`` for one cut short or replaced."""
    recorded = dict(connection.execute("SELECT name, bytes FROM parts"))
    for part in names(generation).values():
        if not (index / part).exists():
            raise FileNotFoundError(part)
        if size(index / part) != recorded.get(part):
            raise damaged(index, f"{part} has not the size it was written with", mend="--repair")


def problems(index: Path, connection: sqlite3.Connection, generation: int) -> Iterator[str]:
    """What is wrong with the parts, byte for byte."""
    recorded = dict(connection.execute("SELECT name, digest FROM parts"))
    for part in names(generation).values():
        if not (index / part).exists():
            yield f"{part} is missing"
        elif digest(index / part) != recorded.get(part):
            yield f"{part} is damaged"


def remove_old(index: Path, generation: int) -> None:
    """Remove what dead writers left and what no reader needs; the last generation but one may just be being opened."""
    for path in index.iterdir():
        match = _NAME.fullmatch(path.name)
        if match and (match["unfinished"] or int(match[1]) not in (generation, generation - 1)):
            remove(path)


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
