"""Windows and clozes by hand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.training.corpora import HELD, Pair, Question, Reading, held_out
from rag.training.reader_data import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    Lessons,
    Text,
    batches,
    cloze,
    window,
    without,
)
from rag.training.tune import Pool


def text(count: int, first: int = 100) -> Text:
    """Tokens 100, 101, … of one character each."""
    places = range(count)
    return Text([first + i for i in places], list(places), [i + 1 for i in places])


def test_a_window_has_the_question_before_it() -> None:
    seen = window(text(2, 10), text(3), (1, 2), 50, random.Random(0))
    assert seen.ids == [2, 10, 11, 3, 100, 101, 102, 3]
    assert (seen.first, seen.start, seen.end) == (4, 5, 6)


@given(
    size=st.integers(1, 80),
    asked=st.integers(0, 60),
    length=st.integers(60, 80),
    data=st.data(),
    seed=st.integers(0, 9),
)
def test_a_window_holds_the_answer_and_no_more_than_fits(
    size: int, asked: int, length: int, data: st.DataObject, seed: int
) -> None:
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start, min(size - 1, start + 8)))
    seen = window(text(asked, 1000), text(size), (start, end), length, random.Random(seed))
    assert len(seen.ids) <= length
    assert seen.first == min(asked, LONGEST_QUESTION) + 2
    assert seen.ids[seen.start : seen.end + 1] == list(range(100 + start, 101 + end))


def test_a_window_without_answer_points_at_the_mark_in_front() -> None:
    seen = window(text(2, 10), text(300), None, 64, random.Random(0))
    assert (len(seen.ids), seen.start, seen.end) == (64, 0, 0)


@pytest.mark.parametrize(("start", "end", "found"), [(0, 2, (0, 0)), (1, 3, (0, 1)), (4, 6, (2, 2)), (6, 9, None)])
def test_characters_to_tokens(start: int, end: int, found: tuple[int, int] | None) -> None:
    assert Text([7, 8, 9], [0, 2, 4], [2, 4, 6]).tokens(start, end) == found


def test_a_cloze_asks_across_the_languages() -> None:
    pair = Pair("他在北京买书。", "He buys books in Beijing.")
    words = [(0, 1), (1, 2), (2, 4), (4, 5), (5, 6), (6, 7)]
    senses = {"北京": ["Beijing"]}
    assert cloze(pair, True, words, senses, random.Random(0)) == ("He buys books in what?", 2, 4)
    assert cloze(pair, False, words, senses, random.Random(0)) == ("他在什么买书？", 17, 24)
    assert cloze(pair, True, words, {"北京": ["Peking"]}, random.Random(0)) is None
    assert cloze(Pair("北京在北京", "Beijing"), True, [(0, 2), (3, 5)], senses, random.Random(0)) is None


def test_numbers_are_the_same_in_both_languages() -> None:
    pair = Pair("共23家", "23 firms in all")
    assert cloze(pair, True, [(0, 1), (1, 3), (3, 4)], {}, random.Random(0)) == ("what firms in all?", 1, 3)


def test_the_last_tenth_is_held_out() -> None:
    paragraphs = tuple(f"p{i}" for i in range(2 * HELD))
    reading = Reading(paragraphs, tuple(Question(f"q{i}", i, 0, 1) for i in range(2 * HELD)))
    held = held_out(reading)
    assert held.paragraphs == ("p18", "p19")
    assert [(q.text, held.paragraphs[q.paragraph]) for q in held.questions] == [("q18", "p18"), ("q19", "p19")]
    left = without(Pool(reading, [[i] for i in range(20)], 1.0, 1.0), frozenset(held.paragraphs))
    assert [q.text for q in left.reading.questions] == [f"q{i}" for i in range(18)]
    assert left.hard == [[i] for i in range(18)]


class Drawn:
    """Lessons whose windows have 10 to 200 tokens."""

    def draw(self, rng: random.Random) -> object:
        return window(text(3, 10), text(rng.randint(4, 194)), None, 256, rng)


def test_batches_are_of_about_one_length_within_the_budget() -> None:
    made = batches(Drawn(), 0)  # type: ignore[arg-type]
    for _ in range(30):
        batch = next(made)
        longest = max(len(w.ids) for w in batch)
        assert len(batch) * longest <= 4608
        assert longest - min(len(w.ids) for w in batch) < 120


class Characters:
    """Every character is a token."""

    def __call__(self, text: str, *, remember: bool = True) -> Text:
        places = range(len(text))
        return Text([ord(c) for c in text], list(places), [i + 1 for i in places])


def test_every_answer_drawn_is_whole_in_its_window() -> None:
    """Questions that leave little room, and answers of 1 to 61 characters: those that do not fit are not drawn."""
    paragraph = "".join(chr(0x4E00 + i) for i in range(200))
    questions = tuple(Question("问" * (length % 47 + 1), 0, 90, 90 + length) for length in range(1, 62))
    reading = Reading((paragraph,), questions)
    lessons = Lessons(
        pools=[Pool(reading, [[] for _ in questions], 1.0, 1.0)],
        parallel=[],
        clozes=0.0,
        reworded=0.0,
        tokens=Characters(),  # type: ignore[arg-type]
        switches=[lambda text, rng: text],
        senses={},
    )
    rng = random.Random(0)
    drawn = [made for made in (lessons.draw(rng) for _ in range(2000)) if made is not None and made.start]
    spoken = {"".join(map(chr, made.ids[made.start : made.end + 1])) for made in drawn}
    assert spoken <= {paragraph[q.start : q.end] for q in questions}
    assert max(map(len, spoken)) == LONGEST_ANSWER
    assert all(made.end < len(made.ids) - 1 for made in drawn)
