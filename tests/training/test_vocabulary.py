from __future__ import annotations

import math

import numpy as np
import pytest

from rag.training.corpora import Entry
from rag.training.vocabulary import (
    GlossVectors,
    Piece,
    assemble,
    build_tokenizer,
    characters,
    chinese_words,
    english_pieces,
    glosses,
)


class Wordpiece:
    """A WordPiece tokenizer of single words; ids from 999 on are usable, as in BERT's vocabulary."""

    def __init__(self) -> None:
        known = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]", "the", "car", "sky", "##s", "a", "車"]
        known += [".", ",", "-", '"', "[", "]", "0", "name", "thing", "word"]
        self.ids = {word: 995 + i for i, word in enumerate(known)}

    def get_vocab(self):
        return self.ids

    def token_to_id(self, word):
        return self.ids.get(word)

    def encode(self, text, add_special_tokens):
        ids = [self.ids[word] for word in text.split() if word in self.ids]
        return type("Encoding", (), {"ids": ids})()


@pytest.fixture
def wordpiece() -> Wordpiece:
    return Wordpiece()


@pytest.fixture
def table() -> np.ndarray:
    """Row ``i`` is ``(i, 1)``."""
    return np.stack([np.arange(1100), np.ones(1100)], axis=1).astype(np.float32)


def test_glosses_are_cleaned_and_joined_by_simplified_word():
    entries = [Entry("汽車", "car (vehicle)", ""), Entry("汽车", "car", ""), Entry("汽车", "variant of 车", "")]
    assert glosses(entries, lambda text: text.replace("車", "车")) == {"汽车": ["car"]}


def test_earlier_glosses_weigh_more(wordpiece, table):
    car, sky = wordpiece.ids["car"], wordpiece.ids["sky"]
    vectors = GlossVectors(table, wordpiece)
    mixed = (car / 1.5 + sky / 2.5) / (1 / 1.5 + 1 / 2.5)
    assert vectors.vector(["the car", "sky"]) == pytest.approx([mixed, 1])
    assert vectors.vector(["the"]) == pytest.approx([wordpiece.ids["the"], 1])
    assert vectors.vector(["unheard"]) is None


def test_english_pieces_carry_the_mark_and_their_rank(wordpiece, table):
    pieces = {p.text: p for p in english_pieces(table, wordpiece, {wordpiece.ids["sky"]: 5}, 11)}
    assert "▁sky" in pieces
    assert "車" not in "".join(pieces)
    assert pieces["▁a"].vector.tolist() == [wordpiece.ids["a"], 1]
    assert pieces["▁sky"].score == pytest.approx(-math.log(wordpiece.ids["sky"] - 990 + 10) - math.log(12))
    assert pieces["s"].score == pytest.approx(-math.log(wordpiece.ids["##s"] - 990 + 10) - math.log(12) - 1)


def test_words_and_characters(wordpiece, table):
    found = {"汽车": ["car"], "天空": ["sky"], "车": ["car"], "abc": ["car"]}
    vectors = GlossVectors(table, wordpiece)
    words = chinese_words(found, {"汽车": 30, "天空": 70}, vectors, 1)
    assert [(word.text, word.score) for word in words] == [("天空", math.log(0.7))]
    single = {p.text: p for p in characters(found, {"车": 10}, vectors, ["空𠀀"])}
    assert {"车", "空", "𠀀", "か", "ー"} <= set(single)
    assert single["空"].vector.tolist() == single["空"].vector.tolist() == [wordpiece.ids["sky"], 1]


def test_the_first_of_two_equal_pieces_stays(wordpiece, table):
    twice = [Piece("▁a", -1, table[5]), Piece("▁a", -2, table[6])]
    pieces, start = assemble(table, wordpiece, twice, [])
    assert [p.text for p in pieces][:6] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "▁"]
    assert start[[p.text for p in pieces].index("▁a")].tolist() == [5, 1]


def test_the_tokenizer_cuts_numbers_marks_and_scripts_apart(table):
    known = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "▁",
        "▁2024",
        "▁3",
        "▁7",
        "▁.",
        "▁in",
        "▁。",
        "年",
        "万人",
        "が",
    ]
    tokenizer = build_tokenizer([Piece(text, -1.0, table[0]) for text in known])

    def pieces(text: str) -> list[str]:
        return tokenizer.encode(text, add_special_tokens=False).tokens

    assert pieces("In 2024年3.7万人。") == ["▁in", "▁2024", "年", "▁3", "▁.", "▁7", "万人", "▁。"]
    assert pieces("２０２４が") == ["▁2024", "が"]
    assert pieces("ín") == ["▁in"]
    encoded = tokenizer.encode("在2024年", add_special_tokens=False)
    assert encoded.offsets == [(0, 1), (1, 5), (5, 6)]
