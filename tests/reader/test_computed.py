"""Sums, differences, superlatives and negations are answers only where a sentence says them."""

from __future__ import annotations

import pytest

from rag.reader.computed import is_unsaid

COUNTS = "东村派出20人，西村派出30人。"


@pytest.mark.parametrize(
    ("question", "sentence", "unsaid"),
    [
        ("两个村一共多少人", COUNTS, True),
        ("西村比东村多几个人", COUNTS, True),
        ("哪个村派的人最多", COUNTS, True),
        ("哪个村没有派人", COUNTS, True),
        ("How many more did West Village send?", "East sent 20 and West sent 30.", True),
        ("How many people in total?", "East sent 20 and West sent 30.", True),
        ("两个村一共多少人", "两村共派出50人。", False),
        ("西村比东村多几个人", "西村比东村多10人。", False),
        ("哪个村派的人最多", "派人最多的是西村。", False),
        ("谁没有来", "只有老张没有来。", False),
        ("西村派了多少人", COUNTS, False),
        ("Who sent 30 people?", "East sent 20 and West sent 30.", False),
    ],
)
def test_what_a_sentence_does_not_say_is_unsaid(question: str, sentence: str, unsaid: bool) -> None:
    assert is_unsaid(question, sentence) is unsaid
