"""Which segments are written, by hand and for any history."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.index.local.merge_policy import Plan, Range, plan_segments


def test_what_is_new_is_a_segment_of_its_own_beside_a_large_one() -> None:
    large = Range(1, 1, 1000, 1000)
    assert plan_segments([large], [], [[], [1001, 1002]]) == Plan((), (Range(None, 1001, 1002, 2),))


def test_small_neighbours_are_taken_in() -> None:
    segments = [Range(1, 1, 1000, 1000), Range(2, 1001, 1004, 4), Range(5, 1005, 1006, 2)]
    plan = plan_segments(segments, [], [[], [], [], [1008, 1009]])
    assert plan == Plan((2, 5), (Range(None, 1001, 1009, 8),))


def test_nothing_new_is_nothing_to_do() -> None:
    assert plan_segments([Range(1, 1, 10, 10), Range(2, 11, 12, 2)], [], [[], [], []]) == Plan((), ())


def test_a_segment_that_lost_a_passage_is_written_anew() -> None:
    segments = [Range(1, 1, 100, 100), Range(2, 101, 110, 10)]
    assert plan_segments(segments, [7], [[], [], []]) == Plan((1,), (Range(None, 1, 100, 99),))


def test_a_segment_that_lost_everything_goes() -> None:
    assert plan_segments([Range(1, 1, 2, 2), Range(2, 3, 900, 800)], [1, 2], [[], [], []]) == Plan((1,), ())


def test_much_that_is_new_is_cut() -> None:
    plan = plan_segments([], [], [list(range(1, 26))], largest=10)
    assert plan.write == (Range(None, 1, 10, 10), Range(None, 11, 20, 10), Range(None, 21, 25, 5))


@given(st.lists(st.tuples(st.integers(0, 30), st.sets(st.integers(0, 400), max_size=8)), max_size=20))
def test_after_any_history_every_passage_is_in_one_segment(history: list[tuple[int, set[int]]]) -> None:
    segments: list[Range] = []
    alive: set[int] = set()
    highest = number = 0
    for added, lost in history:
        gone = alive & lost
        new = list(range(highest + 1, highest + 1 + added))
        alive = (alive - gone) | set(new)
        highest += added
        plan = plan_segments(segments, gone, [[] for _ in segments] + [new], largest=50)
        kept = [segment for segment in segments if segment.id not in plan.drop]
        written = []
        for found in plan.write:
            number += 1
            written.append(Range(number, found.first, found.last, found.count))
        segments = sorted([*kept, *written], key=lambda segment: segment.first)
        for left, right in pairwise(segments):
            assert left.last < right.first
        for segment in segments:
            inside = {n for n in alive if segment.first <= n <= segment.last}
            assert 0 < len(inside) == segment.count <= 50
        assert sum(segment.count for segment in segments) == len(alive)
