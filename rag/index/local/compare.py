"""Whether the parts hold what the SQLite file says, passage by passage; ``parts`` compares their bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rag.index.local import parts
from rag.index.local.ann import AnnIndex, AnnRecord
from rag.index.local.build_parts import is_large, places_of, read_segments
from rag.index.local.merge_policy import Range
from rag.index.local.records import numbers_in_order
from rag.index.local.segment import (
    FLIP,
    PASSAGE_CODES,
    ROWS_AT_ONCE,
    SENTENCE_CODES,
    CodeFile,
    Segment,
    load_numbers,
    texts,
)
from rag.lexical import LexicalIndex

if TYPE_CHECKING:
    from rag.index.local.segment import Ints

#: Passages of a segment whose words are checked.
_SAMPLE = 256
_LIVE = "SELECT p.id, p.sentences FROM passages p JOIN documents d ON d.id = p.document WHERE live ORDER BY p.id"


def differences(
    index: Path, connection: sqlite3.Connection, generation: int, known: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Each part that has to be built again, and what is wrong with it. Parts ``known`` to be wrong are skipped."""
    numbers, counts = _live(connection)
    yield from _segment_differences(index, connection, numbers, known)
    order = parts.order_name(generation)
    if order not in parts.recorded(connection):
        yield order, f"{order} is not recorded"
    elif order not in known and not _is_order(index / order, connection, numbers):
        yield order, f"{order} is not the order of the passages"
    yield from _ann_differences(index, connection, numbers, counts, known)


def _live(connection: sqlite3.Connection) -> tuple[Ints, Ints]:
    """The numbers of the live passages, and how many sentences each has."""
    import numpy as np

    rows = np.array(connection.execute(_LIVE).fetchall(), np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def _segment_differences(
    index: Path, connection: sqlite3.Connection, numbers: Ints, known: Collection[str]
) -> Iterator[tuple[str, str]]:
    last, count, recorded = 0, 0, parts.recorded(connection)
    for segment in read_segments(connection):
        assert segment.id is not None
        name = parts.segment_name(segment.id)
        within = numbers[(numbers >= segment.first) & (numbers <= segment.last)]
        if name not in recorded:
            yield name, f"{name} is not recorded"
        elif segment.first <= last or len(within) != segment.count:
            yield name, f"{name} is recorded with other passages than there are"
        elif name not in known and not _holds(index / name, connection, segment, within):
            yield name, f"{name} does not hold the passages it was made of"
        last, count = max(last, segment.last), count + len(within)
    if count < len(numbers):
        yield parts.segment_name(0), f"{len(numbers) - count} passages were in no segment"


def _holds(folder: Path, connection: sqlite3.Connection, wanted: Range, numbers: Ints) -> bool:
    """Whether a segment has these passages with their sentences and vectors, and the words of a sample of them."""
    import numpy as np

    try:
        segment, lexical = Segment(folder, 0), LexicalIndex(folder / "lexical")
    except (RuntimeError, ValueError, IndexError):
        return False
    if not np.array_equal(segment.numbers, numbers) or lexical.rows() != numbers.tolist():
        return False
    if not all(lexical.holds(n, text) for n in _sample(numbers) for text in texts(connection, n, n)):
        return False
    counts = [row[1] for row in connection.execute(PASSAGE_CODES, (wanted.first, wanted.last))]
    if not np.array_equal(np.diff(segment.starts), counts):
        return False
    queries = ((segment.passages, PASSAGE_CODES), (segment.sentences, SENTENCE_CODES))
    return all(_same_codes(file, connection.execute(query, (wanted.first, wanted.last))) for file, query in queries)


def _sample(numbers: Ints) -> list[int]:
    """Some of ``numbers``, evenly spread: to check the words of every passage would take as long as writing them."""
    import numpy as np

    chosen = np.linspace(0, len(numbers) - 1, min(_SAMPLE, len(numbers))).astype(np.int64)
    return [int(number) for number in numbers[chosen]]


def _same_codes(file: CodeFile, rows: sqlite3.Cursor) -> bool:
    """Whether a file holds the codes that are the last column of ``rows``."""
    import numpy as np

    at = 0
    while batch := rows.fetchmany(ROWS_AT_ONCE):
        expected = np.frombuffer(b"".join(row[-1] for row in batch), np.uint8) ^ np.uint8(FLIP)
        if file.read(at, at + len(batch)) != expected.tobytes():
            return False
        at += len(batch)
    return at == file.count


def _is_order(path: Path, connection: sqlite3.Connection, numbers: Ints) -> bool:
    import numpy as np

    ordered = np.fromiter(numbers_in_order(connection), np.int64)
    try:
        return np.array_equal(load_numbers(path), places_of(ordered[np.isin(ordered, numbers)]))
    except ValueError:
        return False


def _ann_differences(
    index: Path, connection: sqlite3.Connection, numbers: Ints, counts: Ints, known: Collection[str]
) -> Iterator[tuple[str, str]]:
    import numpy as np

    record = AnnRecord.read(connection)
    if record is None:
        if is_large(len(numbers)):
            yield parts.ann_name(0), "the approximate index, which an index of this size has, was not recorded"
        return
    if record.name not in parts.recorded(connection):
        yield record.name, f"{record.name} is not recorded"
    elif record.name not in known:
        expected = np.repeat(numbers, counts)[: int(counts[numbers <= record.last].sum())]
        if not _is_ann(index / record.name, expected):
            yield record.name, f"{record.name} does not hold the sentences it was made of"


def _is_ann(path: Path, expected: Ints) -> bool:
    import numpy as np

    try:
        return np.array_equal(AnnIndex.open(path).numbers(), expected)
    except RuntimeError:
        return False
