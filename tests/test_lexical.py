"""BM25 scores that can be worked out by hand."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from rag.lexical import LexicalIndex, Match, bm25, tokens


def build(folder: Path, *texts: str) -> LexicalIndex:
    LexicalIndex.build(folder / "lexical", texts)
    return LexicalIndex(folder / "lexical")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("武进区", ["武", "进", "区", "武进", "进区"]),
        ("區", ["区"]),
        ("同比增长3.7%", ["同", "比", "增", "长", "同比", "比增", "增长", "3.7"]),
        ("1,879家", ["1879", "1879家", "家"]),
        ("６月１日", ["6", "6月", "月", "1", "1日", "日"]),
        ("GDP增", ["gdp", "增"]),
        ("Running shoes of the runners", ["run", "shoe", "runner"]),
        ("東京タワー", ["东", "京", "タ", "ワ", "ー", "东京", "京タ", "タワ", "ワー"]),
        ("서울", ["서", "울", "서울"]),
        ("café x²", ["café", "x", "2"]),
        ("What is it?", []),
        ("……!?", []),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_a_run_without_end_is_cut_to_a_term_that_can_be_kept() -> None:
    assert tokens("b" * 100_000) == ["b" * 64]


def test_the_score_is_bm25(tmp_path: Path) -> None:
    index = build(tmp_path, "red green", "red blue", "black blue")
    # All lengths are the mean, so that a single match weighs tf * 2.2 / (tf + 1.2) = 1 inverse document frequency.
    blue, green = math.log(1 + 1.5 / 2.5), math.log(1 + 2.5 / 1.5)
    assert index.search("green blue", 3) == [
        Match(0, round(green, 4)),
        Match(1, round(blue, 4)),
        Match(2, round(blue, 4)),
    ]
    assert [(term.forms, term.weight) for term in index.terms("green blue")] == [
        ((("green",),), pytest.approx(green)),
        ((("blue",),), pytest.approx(blue)),
    ]
    assert index.ceiling("green blue") == pytest.approx(2.2 * (green + blue))


def test_a_row_holds_the_text_it_was_built_of(tmp_path: Path) -> None:
    LexicalIndex.build(tmp_path / "index", ["汽车展开幕", "学校落成", ""], [3, 5, 8])
    index = LexicalIndex(tmp_path / "index")
    assert index.holds(3, "汽车展开幕")
    assert index.holds(5, "学校")
    assert not index.holds(5, "汽车展开幕")
    assert not index.holds(3, "汽车展闭幕")
    assert not index.holds(4, "汽车展开幕")
    assert index.holds(8, "")


def test_ties_go_to_the_lower_row_at_the_edge_too(tmp_path: Path) -> None:
    index = build(tmp_path, *["武进"] * 200)
    assert [match.row for match in index.search("武进", 3)] == [0, 1, 2]


def test_fewer_matches_than_asked_for(tmp_path: Path) -> None:
    index = build(tmp_path, "apples", "pears")
    assert [match.row for match in index.search("pear", 10)] == [1]
    assert index.search("plum", 10) == []
    assert index.search("apple", 0) == []


@pytest.mark.parametrize("question", ["", "?!", "the of", 'row:[0 TO 9] AND *:* "a', "(((", "tokens:x^9", "\x00\ud800"])
def test_no_question_is_a_query_language(tmp_path: Path, question: str) -> None:
    assert build(tmp_path, "武进", "经济").search(question, 5) == []


def test_of_a_pasted_page_only_the_rarest_terms_count(tmp_path: Path) -> None:
    index = build(tmp_path, "common", "common rare")
    page = " ".join(["rare", "common", *(f"w{chr(0x4E00 + i)}" for i in range(2000))])
    terms = index.terms(page)
    assert len(terms) == 128
    assert "common" not in terms


def test_among_many_rows_what_most_have_is_not_looked_for_unless_it_is_all_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["red one", "red two", "red six", *["red ten"] * 7, *["blue sea"] * 5]
    index = build(tmp_path, *texts)
    assert [match.row for match in index.search("red one", 15)] == [0, *range(1, 10)]
    monkeypatch.setattr(bm25, "MANY", 14)
    index = build(tmp_path / "many", *texts)
    assert [match.row for match in index.search("red one", 15)] == [0]
    assert index.ceiling("red one") == pytest.approx(2.2 * math.log(1 + 14.5 / 1.5))
    assert [match.row for match in index.search("red", 15)] == list(range(10))


def test_among_many_rows_fewer_terms_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bm25, "MANY", 19)
    words = [f"q{letter}" for letter in "abcdefghijklmnopqr"]
    index = build(tmp_path, *words, "", "")
    asked = " ".join(words)
    assert len(index.terms(asked)) == 18  # what a reader looks at stays whole
    assert index.ceiling(asked) == pytest.approx(2.2 * 16 * math.log(1 + 19.5 / 1.5))


def test_an_empty_index(tmp_path: Path) -> None:
    index = build(tmp_path)
    assert (index.size, index.search("武进", 5)) == (0, [])


def test_a_read_only_folder_can_be_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    LexicalIndex.build(tmp_path / "lexical", ["武进"])
    before = sorted(path.name for path in (tmp_path / "lexical").iterdir())
    monkeypatch.setattr(os, "access", lambda *_: False)
    index = LexicalIndex(tmp_path / "lexical")
    assert index.search("武进", 1)[0].row == 0
    assert sorted(path.name for path in (tmp_path / "lexical").iterdir()) == before


def test_an_english_word_finds_its_translations_as_one_term(tmp_path: Path) -> None:
    index = build(tmp_path, "新增上市公司两家", "学校图书馆开放", "高级中学扩建")
    terms = {term.forms: term.weight for term in index.terms("How many listed companies are there?")}
    # 上市公司 stands in one text of three; the English words, which no text has, are explained by it and left out.
    assert terms == {(("上市", "市公", "公司"),): pytest.approx(math.log(1 + 2.5 / 1.5))}
    assert [match.row for match in index.search("How many listed companies are there?", 3)] == [0]
    assert [match.row for match in index.search("the senior high school", 3)] == [2]


def test_synonyms_weigh_as_much_as_all_of_them_are_frequent(tmp_path: Path) -> None:
    index = build(tmp_path, "公司", "企业", "图书", "电影")
    (term,) = index.terms("the companies")
    assert term.forms == (("公司",), ("企业",))
    assert term.weight == pytest.approx(math.log(1 + 2.5 / 2.5))
    first, second = index.search("the companies", 4)
    assert first.score == second.score


def test_english_text_is_matched_by_its_own_words(tmp_path: Path) -> None:
    index = build(tmp_path, "two listed companies", "a library")
    assert {term.forms for term in index.terms("listed companies")} == {(("list",),), (("compani",),)}


def test_translated_words_are_doubted(tmp_path: Path) -> None:
    index = build(tmp_path, "新增上市公司两家", "学校图书馆开放", "高级中学扩建")
    assert index.ceiling("the listed companies") == pytest.approx(4 * 2.2 * math.log(1 + 2.5 / 1.5))
    assert index.ceiling("上市") < index.ceiling("the listed companies")
