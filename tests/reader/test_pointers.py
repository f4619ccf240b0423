"""The pointers' arithmetic by hand, and the shipped model on plain sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelError
from rag.reader.pointers import LONGEST, Pointed, PointerModel, ScoredSpan, _joined, _run, averaged, bundled_reader
from rag.types import Span


def pointed(
    first: list[float], last: list[float], openings: list[float] | None = None, closings: list[float] | None = None
) -> Pointed:
    """Tokens of two characters each, and one number each for how they fit."""
    places = np.arange(len(first)) * 2
    scores = [np.array(each, np.float32) for each in (first, last)]
    fit = [np.array(each or [0.0] * len(first), np.float32)[:, None] for each in (openings, closings)]
    return Pointed(places, places + 2, scores[0], scores[1], fit[0], fit[1])


def test_the_best_span_begins_before_it_ends() -> None:
    text = pointed([0, 1, 0, 5], [3, 0, 2, 0])
    assert text.best(Span(0, 8)) == ScoredSpan(Span(6, 8), 5.0)
    assert text.best(Span(0, 6)) == ScoredSpan(Span(0, 2), 3.0)
    assert text.best(Span(2, 6)) == ScoredSpan(Span(2, 6), 3.0)


def test_two_readings_of_a_text_average_to_the_mean_of_every_span() -> None:
    one = pointed([3, 0, 2, 0], [0, 1, 0, 0], openings=[-1, 0, 2, 0], closings=[0, 2, 0, 1])
    other = pointed([1, 4, 0, 0], [0, 0, 2, 6], openings=[0, 3, 0, 0], closings=[1, 0, 1, 1])
    scores = [{each.span: each.score for each in text.likeliest(Span(0, 8), 99)} for text in (one, other)]
    mean = averaged(one, other).likeliest(Span(0, 8), 99)
    assert {each.span: each.score for each in mean} == {
        span: (scores[0][span] + scores[1][span]) / 2 for span in scores[0]
    }


def test_first_and_last_token_have_to_fit() -> None:
    text = pointed([3, 0, 2.5, 0], [0, 3, 0, 0], openings=[-1, 0, 2, 0], closings=[0, 2, 0, 1])
    assert [(each.span, each.score) for each in text.likeliest(Span(0, 8), 3)] == [
        (Span(4, 8), 4.5),
        (Span(0, 4), 4.0),
        (Span(0, 2), 3.0),
    ]


def test_only_whole_tokens_are_taken() -> None:
    text = pointed([0, 1, 0, 5], [3, 0, 2, 0])
    assert text.best(Span(1, 7)) == ScoredSpan(Span(2, 6), 3.0)
    assert text.best(Span(1, 3)) is None
    assert text.best(Span(8, 9)) is None


def test_an_answer_has_a_longest_length() -> None:
    first, last = [0.0] * 100, [0.0] * 100
    first[0], last[LONGEST] = 4.0, 4.0
    assert pointed(first, last).best(Span(0, 200)) == ScoredSpan(Span(0, 2), 4.0)
    last[LONGEST - 1] = 3.0
    assert pointed(first, last).best(Span(0, 200)) == ScoredSpan(Span(0, 2 * LONGEST), 7.0)


class Encoded:
    ids = (1, 2, 3, 4, 5, 6)
    offsets = tuple((i, i + 1) for i in range(6))


def test_a_token_is_scored_where_most_is_seen_around_it() -> None:
    one, two = np.full((4, 2), 1, np.float32), np.full((4, 2), 2, np.float32)
    text = _joined(Encoded(), [(0, one), (2, two)])
    assert text.first.tolist() == text.last.tolist() == [1, 1, 1, 2, 2, 2]
    assert text.starts.tolist() == [0, 1, 2, 3, 4, 5]


class Session:
    """Three tokens in front, then four of the text, then a mark; the n-th says n, n, and n and 1 for the fit."""

    def run(self, names: object, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        assert inputs["types"].tolist() == [[0, 0, 0, 1, 1, 1, 1, 0]]
        numbers = np.arange(1, 9, dtype=np.float32)
        return [np.stack([numbers, numbers, numbers, np.ones(8, np.float32)], 1)[None]]


def test_no_answer_is_the_span_of_the_mark_in_front() -> None:
    seen = _run(Session(), list(range(8)), 3)
    np.testing.assert_allclose(seen[0], [4 - 1.5, 4 - 1.5, 4, 1])
    np.testing.assert_allclose(seen[:, 2], [4, 5, 6, 7])


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("汽车展览什么时候开幕?", "武进汽车展览于2024年6月1日在会展中心开幕,共有三十个品牌参加。", "2024年6月1日"),
        ("大會在哪裡舉行?", "大會昨天在臺北舉行,有三千人參加。", "臺北"),
        ("When did the museum open?", "The museum opened to the public in 1987 after years of work.", "1987"),
    ],
)
def test_the_shipped_reader_reads(question: str, text: str, answer: str) -> None:
    (found,) = bundled_reader().read(question, [text])
    best = found.best(Span(0, len(text)))
    assert best is not None
    assert answer in text[best.span.start : best.span.end]
    assert best.score > 0


def test_long_texts_are_read_to_their_end() -> None:
    filler = "今天天气很好,大家在公园里散步。" * 60
    text = filler + "新图书馆由建筑师李明设计。"
    (found,) = bundled_reader().read("新图书馆是谁设计的?", [text])
    best = found.best(Span(0, len(text)))
    assert best is not None
    assert "李明" in text[best.span.start : best.span.end]


def test_texts_do_not_change_each_other() -> None:
    texts = ["汽车展览于6月1日开幕。", "", "学校在武进落成。" * 80]
    together = bundled_reader().read("何时开幕?", texts)
    for text, seen in zip(texts, together, strict=True):
        (alone,) = bundled_reader().read("何时开幕?", [text])
        np.testing.assert_array_equal(seen.first, alone.first)
    assert len(together[1].starts) == 0
    assert bundled_reader().read("何时?", []) == []


def test_a_folder_without_a_reader(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no usable wenbao.json .* reinstall"):
        PointerModel(tmp_path)
