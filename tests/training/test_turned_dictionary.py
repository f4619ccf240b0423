"""The English side of the dictionary."""

from __future__ import annotations

import gzip
from pathlib import Path

from rag.training import dictionary
from rag.training.corpora import Entry, Pair

ENTRIES = [
    Entry("高中", "senior high school; CL:所[suo3]", "高中"),
    Entry("学校", "school; CL:所[suo3]", "學校"),
    Entry("校", "school; military officer", "校"),
    Entry("武进区", "Wujin district of Changzhou city", "武進區"),
    Entry("ABC", "alphabet", "ABC"),
]
PLACES = [
    Entry("镇江", "Zhenjiang prefecture-level city, Jiangsu", "鎮江"),
    Entry("江苏省", "Jiangsu Province, capital Nanjing", "江蘇省"),
    Entry("中国", "China", "中國"),
    Entry("东土", "the East; China", "東土"),
]


def test_english_stems_point_to_the_words_they_gloss() -> None:
    table = dictionary.turn_round(ENTRIES, {"学校": 90, "校": 100})
    assert table["school"] == ["学校"]  # a single character is left out where there is a longer word
    assert table["senior high school"] == ["高中"]
    assert table["wujin"] == ["武进"]
    assert "alphabet" not in table  # the word is not Chinese


def test_a_place_is_what_is_named_not_where_it_lies() -> None:
    table = dictionary.turn_round(PLACES, {"镇江": 900})
    assert table["zhenjiang"] == ["镇江"]
    assert table["jiangsu"] == ["江苏"]
    assert table["china"] == ["中国", "东土"]  # the first sense of one, the second of the other
    assert "nanj" not in table


def test_the_words_of_translations_come_first() -> None:
    entries = [Entry("胶片", "film", "膠片"), Entry("电影", "film", "電影")]
    common = {"胶片": 80, "电影": 20}
    assert dictionary.turn_round(entries, common)["film"] == ["胶片", "电影"]
    pairs = [Pair("这部电影很长", "The film is long"), Pair("我看了电影", "I saw the film")]
    assert dictionary.turn_round(entries, common, pairs)["film"] == ["电影", "胶片"]


def test_words_that_stand_together_are_taken_for_translations() -> None:
    said = [Pair("英国 博物馆 开门", "The British Museum opens"), Pair("英国 国王", "The British king")]
    pairs = [*said, *said, Pair("博物馆 很大", "The museum is large"), Pair("博物馆 很小", "The museum is small")]
    found = dictionary.aligned(pairs, str.split)
    assert found["british"] == ["英国"]
    assert found["museum"] == ["博物馆"]
    assert "king" not in found  # seen twice: too seldom


def test_the_table_is_written_as_the_retriever_reads_it(tmp_path: Path) -> None:
    source, out = tmp_path / "words.tsv", tmp_path / "english.tsv.gz"
    source.write_text("高中\tsenior high school\n学校\tschool\n", encoding="utf-8")
    dictionary.main([str(source), "--out", str(out)])
    first = out.read_bytes()
    assert gzip.decompress(first).decode("utf-8") == "school\t学校\nsenior high school\t高中\n"
    dictionary.main([str(source), "--out", str(out)])
    assert out.read_bytes() == first
