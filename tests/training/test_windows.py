"""What the reader learns from, on the toy data."""

from __future__ import annotations

import json
import random
from itertools import islice
from pathlib import Path

from conftest import page

from rag.training.lessons import Passage, Source
from rag.training.sources import news_file
from rag.training.windows import (
    Group,
    news_groups,
    news_pages,
    read_page,
    reader_batches,
    source_groups,
    translated,
)
from rag.types import Span


def marks(group: Group) -> list[list[str]]:
    return [[w.text[s.start : s.end] for s in item] for w in group.windows for item in w.items]


def test_pages_held_back_are_kept_apart(data: Path) -> None:
    assert len(news_pages(news_file(data), held=False)) == 9
    assert len(news_pages(news_file(data), held=True)) == 1


def test_a_list_has_items_and_another_answer_has_alternatives() -> None:
    questions = {question.text: question for question in read_page(page(3)).questions}
    listed, counted = questions["第3次车展上有哪些车"], questions["第3页的学校有多少学生"]
    assert (listed.passage, len(listed.items), [len(item) for item in listed.items]) == (0, 3, [1, 1, 1])
    text = read_page(page(3)).passages[2].text
    assert [text[span.start : span.end] for span in counted.items[0]] == ["九百名", "学生有九百名"]
    assert len(counted.items) == 1
    assert questions["门票多少钱"].passage is None


def test_a_turn_follows_the_one_before() -> None:
    turns = [
        page(1)["dialogue"][0],
        {"zh": "谁说的", "full": "学生数是谁说的?", "answers": ["王1明"], "a": 1, "ev": "校长王"},
    ]
    questions = read_page({**page(1), "dialogue": turns}).questions
    contexts = {question.text: question.context for question in questions}
    assert contexts["有多少"] == ""
    assert contexts["谁说的"] == "新学校有多少学生?\n九百名"
    assert contexts["学生数是谁说的?"] == ""


def test_a_group_has_the_answering_passage_among_others() -> None:
    pages = [read_page(page(number)) for number in range(3)]
    groups = [group for group in news_groups(pages, None, random.Random(0), negatives=1) if group.question]
    by_question = {group.question: group for group in groups if any(w.items for w in group.windows)}
    group = by_question["第2页的学校有多少学生"]
    assert len(group.windows) == 2
    assert marks(group) == [["九百名", "学生有九百名"]]
    assert all(not w.items for g in groups if g.question == "门票多少钱" for w in g.windows)


def test_mined_passages_are_taken_as_negatives() -> None:
    pages = [read_page(page(number)) for number in range(3)]
    near = {"第0页的学校有多少学生": [3]}
    drawn = {
        window.text
        for seed in range(20)
        for group in news_groups(pages, near, random.Random(seed), negatives=1)
        if group.question == "第0页的学校有多少学生"
        for window in group.windows
    }
    assert pages[1].passages[0].text in drawn


def test_a_set_gives_its_passage_alone_with_a_neighbour_or_only_the_neighbour() -> None:
    source = Source("toy", [Passage("", f"第{n}号有{n}00人。", n) for n in range(20)])
    source.add("第5号有多少人?", 5, 4, "500人")
    groups = list(islice(source_groups(source, random.Random(0)), 60))
    shapes = {tuple(bool(window.items) for window in group.windows) for group in groups}
    assert shapes == {(True,), (True, False), (False,)}
    assert {mark for group in groups for item in marks(group) for mark in item} == {"500人"}


def test_more_passages_are_read_where_more_are_wanted() -> None:
    source = Source("toy", [Passage("", f"第{n}号有{n}00人。", n) for n in range(20)])
    source.add("第5号有多少人?", 5, 4, "500人")
    groups = list(islice(source_groups(source, random.Random(0), 4), 200))
    assert {len(group.windows) for group in groups} == {1, 2, 3, 4}
    alone = sum(len(group.windows) == 1 for group in groups)
    assert 40 < alone < 90  # 1.3 / 4 of 200, and now and then two equal neighbours
    assert all(sum(bool(window.items) for window in group.windows) <= 1 for group in groups)


def test_translated_questions_are_in_another_language_than_their_passage() -> None:
    source = Source("toy", [Passage("", "学校有九百名学生。", 0)])
    source.add("学校有多少学生?", 0, 3, "九百名")
    source.add("How many pupils are there?", 0, 3, "九百名")
    assert [q.text for q in translated(source).questions[0]] == ["How many pupils are there?"]


def test_batches_are_the_same_for_the_same_seed(data: Path, tmp_path: Path) -> None:
    near = tmp_path / "near.json"
    near.write_text(json.dumps({"门票多少钱": [0]}), encoding="utf-8")
    one, two = (list(islice(reader_batches(data, near, 1, 6), 6)) for _ in range(2))
    assert one == two
    assert {batch.kind for batch in islice(reader_batches(data, None, 2, 1), 40)} >= {"news", "cmrc", "invented"}


def test_spans_of_a_window_are_verbatim(data: Path) -> None:
    for group in islice(news_groups(news_pages(news_file(data), held=False), None, random.Random(1)), 50):
        for window in group.windows:
            for item in window.items:
                assert all(isinstance(span, Span) and 0 <= span.start < span.end <= len(window.text) for span in item)
