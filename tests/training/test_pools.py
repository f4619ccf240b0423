from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.text import language
from rag.training.pools import NEWS, Page, Pool, PoolQuestion, make_pools, read_pages, strangers


def question(text: str, *, across: bool = False, source: str = "p00000") -> PoolQuestion:
    return PoolQuestion(text, source, 1, "x", ("x",), across)


def test_every_tenth_paragraph_is_held_back_with_all_questions_about_it(data: Path) -> None:
    pages = read_pages(data, "drcd")
    assert [number for number, page in enumerate(pages) if page.held] == [9, 19]
    assert pages[9].questions == (
        PoolQuestion("第9号drcd里有多少人?", "p00009", 1, "900人", ("900人",), across=False),
        PoolQuestion("How many people are in 9?", "p00009", 1, "900人", ("900人",), across=True),
    )
    [(document, article)] = pages[9].articles
    assert (document.source, article.title, len(pages)) == ("p00009", "", 20)
    assert [document.text[p.start : p.end] for p in article.paragraphs] == ["第9号drcd里有900人。门口的树很高。"]


def test_chinese_questions_on_english_paragraphs_are_across(data: Path) -> None:
    asked = read_pages(data, "squad")[9].questions
    assert [(language(each.text), each.across) for each in asked] == [("en", False), ("zh", True)]


def test_japanese_questions_on_japanese_are_not(data: Path) -> None:
    assert not any(asked.across for page in read_pages(data, "jaquad") for asked in page.questions)


def test_a_page_of_news_is_articles_under_their_headlines(data: Path) -> None:
    pages = read_pages(data, NEWS)
    assert [page.held for page in pages] == [False] * 9 + [True]
    assert pages[9].paragraphs == 3
    first, second = pages[9].articles
    assert (first[0].source, first[1].title, first[1].date) == ("p00009.0", "车展开幕", "2024-05-01")
    assert second[0].text.splitlines() == ["学校落成", "新学校落成。", "校长王9明说,学生有九百名。"]
    assert [second[0].text[p.start : p.end] for p in second[1].paragraphs] == second[0].text.splitlines()[1:]
    zh, en, pupils, _, none, _, turn = pages[9].questions
    # A list is marked from its first item to its last.
    assert zh.answers == en.answers == ("轿车9辆、客车2辆和货车3辆", "轿车9辆", "客车2辆", "货车3辆")
    assert (zh.source, zh.paragraph, zh.evidence, zh.across, en.across) == ("p00009.0", 1, "车展有", False, True)
    assert (pupils.source, pupils.paragraph, pupils.answers) == ("p00009.1", 2, ("九百名", "学生有九百名"))
    assert (none.text, none.source, none.answers) == ("门票多少钱", "", ())
    assert (turn.text, turn.paragraph, turn.context) == ("有多少", 2, "")


def pages_of(count: int, across: set[int]) -> list[Page]:
    """Every page is held back and has two questions within its language; some have one across."""
    return [
        Page(
            held=True,
            articles=(),
            questions=tuple(
                question(f"{number} {kind}", across=kind == "across")
                for kind in ("a", "b", *(["across"] if number in across else []))
            ),
        )
        for number in range(count)
    ]


def made(monkeypatch: pytest.MonkeyPatch, across: set[int], **sizes: int) -> list[Pool]:
    monkeypatch.setattr(Page, "paragraphs", 1)
    return make_pools("zh", pages_of(12, across), seed=0, **sizes)


def test_pools_are_as_many_and_as_large_as_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pools = made(monkeypatch, set(), size=4, most=2, questions=5)
    assert len(pools) == 2
    assert [len(pool.questions) for pool in pools] == [5, 5]
    assert {pool.name for pool in pools} < {"zh 0", "zh 1", "zh 2"}
    assert pools == made(monkeypatch, set(), size=4, most=2, questions=5)
    assert [len(pool.questions) for pool in made(monkeypatch, set(), size=100, most=2, questions=100)] == [24]


def test_pools_with_questions_across_languages_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    pools = made(monkeypatch, {0, 3, 5, 7, 11}, size=4, most=2, questions=2)
    assert all(any(each.across for each in pool.questions) for pool in pools)
    assert [sum(not each.across for each in pool.questions) for pool in pools] == [2, 2]


def test_only_what_is_held_back_is_used(data: Path) -> None:
    [pool] = make_pools("drcd", read_pages(data, "drcd"), size=100, most=4, questions=100, seed=0)
    assert [document.source for document, _ in pool.documents()] == ["p00009", "p00019"]
    assert {each.source for each in pool.questions} == {"p00009", "p00019"}


def test_strangers_are_of_other_sets_and_in_the_same_languages() -> None:
    own = Pool("a 0", (), (question("谁?"), question("谁来?"), question("Who is it?", across=True)))
    beside = Pool("a 1", (), (question("何时?"), question("When is it?", across=True)))
    other = Pool("b 0", (), (*(question(f"{number}在哪里?") for number in range(9)), question("Where is it?")))
    found = strangers([own, beside, other], 0)
    assert sorted(language(each.text) for each in found) == ["en", "zh", "zh"]
    assert {each.text for each in found} <= {each.text for each in other.questions}
    assert {each.source for each in found} == {""}
    assert strangers([own, beside], 0) == []


def test_evidence_that_stands_in_no_sentence_leaves_its_question_out(tmp_path: Path) -> None:
    import gzip

    article = {"title": "题", "paragraphs": ["答:明年。学校开学。"]}
    asked = {"zh": "何时?", "en": "When?", "type": "when", "answers": ["明年"], "a": 0, "ev": "明年。学校"}
    page = {"date": "2024-01-01", "articles": [article], "questions": [asked], "none": [], "dialogue": []}
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "train.jsonl.gz").write_bytes(gzip.compress(json.dumps(page).encode()))
    [only] = read_pages(tmp_path, NEWS)
    assert (only.questions, only.paragraphs) == ((), 1)
