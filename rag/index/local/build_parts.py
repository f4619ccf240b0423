"""Builds the parts of a state from the SQLite file, and writes no more of them than a change needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.index import scoring
from rag.index.codes import Coder
from rag.index.engine import Candidate
from rag.index.local import parts
from rag.index.local.ann import EXACT_UP_TO, GROWTH, UNSORTED, AnnIndex, AnnRecord
from rag.index.local.dense import DenseIndex
from rag.index.local.merge_policy import Range, plan_segments
from rag.index.local.records import fingerprint, numbers_in_order, write_settings
from rag.index.local.schema import damaged
from rag.index.local.segment import Segment, write_segment
from rag.index.settings import Settings, silent
from rag.types import Progress

if TYPE_CHECKING:
    from rag.index.local.segment import Ints

#: Probes are doubled until this share of the ten best passages is found, or until two doublings in a row together gain
#: no more than ``GAIN``: more probes then find no more of what is missing.
WANTED_RECALL = 0.985
GAIN = 0.002
_FLAT = 2
_FIRST_PROBES = 8
_STEPS = 100
_ASKED = 64
_BEST = 10
_HIGHEST = 2**63 - 1


def publish(
    index: Path,
    connection: sqlite3.Connection,
    settings: Settings,
    gone: Sequence[int] = (),
    progress: Progress = silent,
) -> None:
    """Inside a transaction: build the parts of ``settings.generation``, and write the settings.

    ``gone`` are the passages of the last state that are not in this one.
    """
    _write_segments(index, connection, settings.dimension, gone, progress)
    order = _write_order(index, connection, settings.generation)
    try:
        _write_ann(index, connection, settings, order, gone, progress=progress)
    except (RuntimeError, ValueError) as error:
        raise damaged(index, f"a part cannot be read: {error}", mend="--repair") from error
    parts.sync_names(index)
    write_settings(connection, replace(settings, fingerprint=fingerprint(connection)))


def read_segments(connection: sqlite3.Connection) -> list[Range]:
    """The segments in the order of their passages."""
    rows = connection.execute("SELECT id, first, last, passages FROM segments ORDER BY first")
    return [Range(*values) for values in rows]


def open_segments(index: Path, connection: sqlite3.Connection) -> list[Segment]:
    """``FileNotFoundError`` if one is gone, ``RuntimeError`` or ``ValueError`` if one cannot be read."""
    segments: list[Segment] = []
    base = 0
    for record in read_segments(connection):
        assert record.id is not None
        segment = Segment(index / parts.segment_name(record.id), base)
        if segment.size != record.count:
            raise ValueError(f"{parts.segment_name(record.id)} does not agree with the SQLite file")
        segments.append(segment)
        base += segment.size
    return segments


def drop_parts(connection: sqlite3.Connection, names: Collection[str]) -> None:
    """Delete the records of parts, so that ``publish`` builds them again.

    Segments get new numbers then, because a reader may have the old ones open.
    """
    for segment in read_segments(connection):
        if segment.id is not None and parts.segment_name(segment.id) in names:
            _drop(connection, segment.id)
    if any(name.startswith("nearby-") for name in names):
        forget_ann(connection)


def segment_parts(connection: sqlite3.Connection) -> list[str]:
    """The names of the segments."""
    return [parts.segment_name(segment.id) for segment in read_segments(connection) if segment.id is not None]


def _write_segments(
    index: Path, connection: sqlite3.Connection, dimension: int, gone: Sequence[int], progress: Progress
) -> None:
    segments = read_segments(connection)
    plan = plan_segments(segments, gone, _outside(connection, segments))
    for number in plan.drop:
        _drop(connection, number)
    done, total = 0, sum(wanted.count for wanted in plan.write)
    if total:
        progress("write", done, total)
    for wanted in plan.write:
        _write(index, connection, wanted, dimension)
        done += wanted.count
        progress("write", done, total)


def _outside(connection: sqlite3.Connection, segments: Sequence[Range]) -> list[list[int]]:
    """The passages that are in no segment, listed by the gap between segments in which their numbers are."""
    edges = [0, *(edge for segment in segments for edge in (segment.first, segment.last)), _HIGHEST]
    query = "SELECT id FROM passages WHERE id > ? AND id < ? ORDER BY id"
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return [[number for (number,) in connection.execute(query, gap)] for gap in gaps]


def _drop(connection: sqlite3.Connection, number: int) -> None:
    connection.execute("DELETE FROM segments WHERE id = ?", (number,))
    parts.forget(connection, parts.segment_name(number))


def _write(index: Path, connection: sqlite3.Connection, wanted: Range, dimension: int) -> None:
    number = connection.execute(
        "INSERT INTO segments (first, last, passages) VALUES (?, ?, ?) RETURNING id",
        (wanted.first, wanted.last, wanted.count),
    ).fetchone()[0]
    parts.write_part(
        index,
        connection,
        parts.segment_name(number),
        lambda folder: write_segment(folder, connection, wanted, dimension),
    )


def _write_order(index: Path, connection: sqlite3.Connection, generation: int) -> Ints:
    """Write the order of the passages. Returns the place of each passage, in the order of passage ids."""
    import numpy as np

    for name in parts.recorded(connection):
        if name.startswith("order-"):
            parts.forget(connection, name)
    places = places_of(np.fromiter(numbers_in_order(connection), np.int64))
    order = places.astype(np.uint32)

    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.save(file, order)

    parts.write_part(index, connection, parts.order_name(generation), write)
    return places


def places_of(numbers: Ints) -> Ints:
    """The rank of each number among ``numbers``."""
    import numpy as np

    places = np.empty(len(numbers), np.int64)
    places[np.argsort(numbers)] = np.arange(len(numbers))
    return places


def is_large(passages: int) -> bool:
    """Whether an index of this size has an approximate index."""
    return passages > EXACT_UP_TO


def _write_ann(
    index: Path,
    connection: sqlite3.Connection,
    settings: Settings,
    order: Ints,
    gone: Sequence[int],
    *,
    progress: Progress,
) -> None:
    """Keep, change, train or drop the approximate index, as the number of passages requires."""
    old = AnnRecord.read(connection)
    if not is_large(len(order)):
        forget_ann(connection)
        return
    segments = open_segments(index, connection)
    last, total = int(segments[-1].numbers[-1]), sum(s.sentences.count for s in segments)
    if old is None or total > GROWTH * old.trained:
        progress("sort", 0, total)
        ann, after = AnnIndex.train(segments, settings.dimension), 0
    else:
        lost = [number for number in gone if number <= old.last]
        unsorted = sum(int((s.numbers > old.last).sum()) for s in segments)
        if not lost and unsorted <= UNSORTED:
            return
        ann, after = AnnIndex.open(index / old.name), old.last
        ann.remove(lost)
        if unsorted <= UNSORTED:
            last = old.last
    if last > after:
        ann.add(segments, after, lambda count: progress("sort", count, total))
    forget_ann(connection)
    name = parts.ann_name(settings.generation)
    parts.write_part(index, connection, name, ann.save)
    trained = ann.count if old is None or after == 0 else old.trained
    if old is not None and last == after and _are_few(old, ann.count):
        replace(old, name=name, vectors=ann.count).write(connection)
        return
    record = AnnRecord(name, last, ann.count, trained, _FIRST_PROBES, 0.0)
    tuned(segments, order, settings.dimension, ann, record, progress=progress).write(connection)


def _are_few(old: AnnRecord, left: int) -> bool:
    """Whether so few vectors were removed that the probes need not be tuned again, which takes longest of all.

    They are tuned whenever the rounded percentage of the trained vectors changes, so that small losses do not add up.
    """
    before, after = (round(_STEPS * vectors / old.trained) for vectors in (old.vectors, left))
    return before == after


def forget_ann(connection: sqlite3.Connection) -> None:
    """Delete the record of the approximate index. Its file goes with ``remove_others``."""
    for (name,) in connection.execute("DELETE FROM nearby RETURNING name").fetchall():
        parts.forget(connection, name)


def tuned(
    segments: Sequence[Segment],
    order: Ints,
    dimension: int,
    ann: AnnIndex,
    record: AnnRecord,
    *,
    progress: Progress = silent,
) -> AnnRecord:
    """``record`` with as many probes as the wanted recall takes, and the measured recall.

    The questions are the vectors of some passages of the index, evenly spread. An exact search finds their true
    neighbours.
    """
    import numpy as np

    exact = DenseIndex(segments, order, dimension)
    asked = np.argsort(order)[np.linspace(0, len(order) - 1, min(_ASKED, len(order))).astype(np.int64)]
    queries = Coder(dimension).decode(exact.codes(asked).passages)

    def neighbours(index: DenseIndex, progress: Progress = silent) -> list[list[Candidate]]:
        rankings: list[list[Candidate]] = []
        for i in range(len(asked)):
            progress("tune", i, len(asked))
            rankings += scoring.search(index, queries[i : i + 1], _BEST + 1)
        progress("tune", len(asked), len(asked))
        return [[c for c in best if c.row != row][:_BEST] for best, row in zip(rankings, asked, strict=True)]

    truth = neighbours(exact, progress)

    def recall_at(probes: int) -> float:
        quick = DenseIndex(segments, order, dimension, (ann, replace(record, probes=probes)))
        return round(recall_of(neighbours(quick), truth), 4)

    probes, recall = choose_probes(recall_at, ann.lists)
    return replace(record, probes=probes, recall=recall)


def choose_probes(recall_at: Callable[[int], float], lists: int) -> tuple[int, float]:
    """How many of the ``lists`` to look through, and the recall with so many."""
    tried: list[tuple[int, float]] = []
    probes = min(_FIRST_PROBES, lists)
    while True:
        recall = recall_at(probes)
        tried.append((probes, recall))
        if recall >= WANTED_RECALL:
            return probes, recall
        if len(tried) > _FLAT and recall <= tried[-1 - _FLAT][1] + GAIN:
            return tried[-1 - _FLAT]
        if probes >= lists:
            return probes, recall
        probes = min(2 * probes, lists)


def recall_of(rankings: Sequence[Sequence[Candidate]], truth: Sequence[Sequence[Candidate]]) -> float:
    """The share of the truly best passages that are in the rankings.

    >>> recall_of([[Candidate(1, .5), Candidate(3, .4)]], [[Candidate(1, .5), Candidate(2, .4)]])
    0.5
    """
    hits = sum(len({c.row for c in a} & {c.row for c in b}) for a, b in zip(rankings, truth, strict=True))
    return hits / max(1, sum(map(len, truth)))
