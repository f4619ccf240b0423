"""Which segments an update writes: those with new passages or lost ones, merged with small neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: The most passages in a segment. When a passage is removed, its segment is written again, so that nothing of it stays.
LARGEST = 32_768


@dataclass(frozen=True, slots=True)
class Range:
    """The passages numbered from ``first`` to ``last``, of which ``count`` exist.

    ``id`` is the number of the segment that holds them, or ``None`` if it is yet to be written.
    """

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
    """Plan the segments of the next state.

    ``gone`` are passages that were in segments and are removed. ``new[i]`` are passages in no segment, numbered before
    the i-th segment; the last list has those after all segments.

    A range to be written is merged with the neighbour before it if that is at most twice its size. So most of a large
    index is left alone, there are few small segments, and each passage is written some ten times at most.
    """
    lost = _lost(segments, gone)
    ranges = _cut(new[0], largest)
    for i, segment in enumerate(segments):
        remaining = segment.count - lost.get(i, 0)
        ranges.append(Range(None if i in lost else segment.id, segment.first, segment.last, remaining))
        ranges += _cut(new[i + 1], largest)
    ranges = _merged([r for r in ranges if r.count], largest)
    kept = {r.id for r in ranges}
    return Plan(
        tuple(s.id for s in segments if s.id is not None and s.id not in kept),
        tuple(r for r in ranges if r.id is None),
    )


def _lost(segments: Sequence[Range], gone: Iterable[int]) -> dict[int, int]:
    """How many passages each segment lost, by its position."""
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
