"""Which segments an update writes: those that hold what is new or lost something, with small neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Passages of a segment at most. A passage that goes has its segment written anew, so that nothing of it stays.
LARGEST = 32_768


@dataclass(frozen=True, slots=True)
class Range:
    """The passages numbered from ``first`` to ``last``, ``count`` of which exist. ``id`` is ``None`` if not written."""

    id: int | None
    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Segments to drop, and ranges to write as new ones."""

    drop: tuple[int, ...]
    write: tuple[Range, ...]


def plan_segments(
    segments: Sequence[Range], gone: Iterable[int], new: Sequence[Sequence[int]], *, largest: int = LARGEST
) -> Plan:
    """``gone`` are numbers of passages that were in segments and went; ``new[i]`` those in no segment before the i-th.

    A range to be written takes in its neighbour before it if that is not more than twice its size. So most of a large
    index is left alone, and there are few small segments: each passage is written some ten times at most.
    """
    lost = _lost(segments, gone)
    ranges = _cut(new[0], largest)
    for i, segment in enumerate(segments):
        left = segment.count - lost.get(i, 0)
        ranges.append(Range(None if i in lost else segment.id, segment.first, segment.last, left))
        ranges += _cut(new[i + 1], largest)
    ranges = _merged([r for r in ranges if r.count], largest)
    kept = {r.id for r in ranges}
    return Plan(
        tuple(s.id for s in segments if s.id is not None and s.id not in kept),
        tuple(r for r in ranges if r.id is None),
    )


def _lost(segments: Sequence[Range], gone: Iterable[int]) -> dict[int, int]:
    """How many passages each segment lost, by its place."""
    lost: dict[int, int] = {}
    at = 0
    for number in sorted(gone):
        while at < len(segments) and segments[at].last < number:
            at += 1
        if at < len(segments) and number >= segments[at].first:
            lost[at] = lost.get(at, 0) + 1
    return lost


def _cut(new: Sequence[int], largest: int) -> list[Range]:
    pieces = [new[start : start + largest] for start in range(0, len(new), largest)]
    return [Range(None, piece[0], piece[-1], len(piece)) for piece in pieces]


def _merged(ranges: Sequence[Range], largest: int) -> list[Range]:
    done: list[Range] = []
    for left in reversed(ranges):
        right = done[-1] if done else None
        if right and None in (left.id, right.id) and _fit(left, right, largest):
            done[-1] = Range(None, left.first, right.last, left.count + right.count)
        else:
            done.append(left)
    return done[::-1]


def _fit(left: Range, right: Range, largest: int) -> bool:
    return left.count <= 2 * right.count and left.count + right.count <= largest
