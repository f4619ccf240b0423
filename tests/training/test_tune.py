from __future__ import annotations

import math
import random

import pytest
import torch

from rag.training.corpora import Question, Reading
from rag.training.distil import distillation_loss
from rag.training.neighbours import hard_paragraphs
from rag.training.switch import Switch
from rag.training.tune import SCALE, Memory, Pool, contrastive_loss, positive


def test_the_loss_of_perfect_rows_is_almost_nothing():
    rows = torch.eye(3)
    expected = math.log(1 + 2 * math.exp(-SCALE))
    assert float(contrastive_loss(rows, rows, [1, 2, 3], Memory())) == pytest.approx(expected, abs=1e-6)
    assert float(distillation_loss(rows, rows)) == pytest.approx(0, abs=1e-6)


def test_remembered_passages_count_unless_they_are_the_questions_own_paragraph():
    rows, memory = torch.eye(2), Memory()
    memory.add(torch.eye(2)[:1], [7])
    foreign = float(contrastive_loss(rows, rows, [1, 2], memory))
    own = float(contrastive_loss(rows, rows, [7, 2], memory))
    assert foreign == pytest.approx(math.log(2) / 2 / 1.5, abs=1e-6)  # the first of two questions is torn in half
    assert own == pytest.approx(0, abs=1e-6)


def test_hard_paragraphs_share_words_and_lack_the_answer():
    texts = ("red car 2018", "red car 2019", "red car made in 2018", "red car")
    others = tuple(f"other{i}" for i in range(20))  # words in more than a fifth of the paragraphs are not looked up
    reading = Reading(texts + others, (Question("red car year", 0, 8, 12),))
    assert hard_paragraphs(reading, str.split, k=2)[0] == [3, 1]


TEXT = "第一句没有答案。第二句有答案在这里。第三句也没有。" + "后面还有很多字" * 20


def pool() -> Pool:
    start = TEXT.index("这里")
    return Pool(Reading((TEXT,), (Question("在哪里?", 0, start, start + 2),)), [[]], 1.0, 1.0)


def test_a_sentence_that_holds_the_answer():
    found = positive("sentence", pool(), pool().reading.questions[0], 72, random.Random(0))
    assert found.strip() == "第二句有答案在这里。"


def test_a_window_holds_the_answer_wherever_it_starts():
    for seed in range(30):
        found = positive("window", pool(), pool().reading.questions[0], 40, random.Random(seed))
        assert "这里" in found
        assert len(found) == 40


class Words:
    """Splits at every second character, as a tokenizer of two-character words."""

    def encode(self, text, add_special_tokens):
        offsets = [(i, min(i + 2, len(text))) for i in range(0, len(text), 2)]
        return type("Encoding", (), {"offsets": offsets})()

    def get_vocab(self):
        return {"汽车": 1, "天空": 2}


def test_half_of_the_known_words_change_language():
    switch = Switch({"汽车": ["car; automobile"], "天空": ["the sky"]}, Words())
    swapped = {switch("汽车天空哪里", random.Random(seed)) for seed in range(40)}
    assert swapped == {"汽车天空哪里", " car 天空哪里", "汽车 the sky 哪里", " car  the sky 哪里"}
    assert {switch("Automobile or sky?", random.Random(seed)) for seed in range(9)} == {"Automobile or sky?"}
