from __future__ import annotations

import pytest

from rag.chatbot.snippets import snippet
from rag.types import Answer, Candidate, Citation, Passage

TEXT = (
    "本周天气晴好。市民纷纷出行。车展于6月1日在体育中心开幕,共展出二十个品牌的新车。"
    "现场人气很旺。交通部门提醒错峰出行。"
)
CHINESE = Passage("a.txt#1.1", "a.txt", "", 1, 1, TEXT, 0, len(TEXT))
LETTERS = "The weather was fine. People went out. The car show opened on 1 June at the stadium. Traffic was heavy."
ENGLISH = Passage("b.txt#1.1", "b.txt", "", 1, 1, LETTERS, 0, len(LETTERS))


def asking(question: str, *citations: Citation) -> Answer:
    candidates = tuple(Candidate(citation, 0.2) for citation in citations)
    return Answer(question, None, "zh", 0.2, (), (), "i", "m", 1, candidates=candidates)


def cited(passage: Passage, quote: str, marked: str) -> Citation:
    at, inside = passage.text.index(quote), quote.index(marked)
    return Citation(
        1, quote, inside, inside + len(marked), passage.source, "", 1, 1, None, at, at + len(quote), 0.1, False,
        passage.passage_id,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "passage", "most", "shown"),
    [
        ("车展何时开幕?", CHINESE, 100, TEXT),
        # The sentence has 27 characters: two more before it, one behind.
        ("车展何时开幕?", CHINESE, 30, "行。车展于6月1日在体育中心开幕,共展出二十个品牌的新车。现"),
        # A longer one is shown from its beginning.
        ("车展何时开幕?", CHINESE, 10, "车展于6月1日在体育"),
        ("怎样错峰?", CHINESE, 20, "车。现场人气很旺。交通部门提醒错峰出行。"),
        ("天气怎么样?", CHINESE, 12, "本周天气晴好。市民纷纷出"),
        # No word in common: from the beginning.
        ("何人?", CHINESE, 12, "本周天气晴好。市民纷纷出"),
        ("Where was the car show?", ENGLISH, 60, "out. The car show opened on 1 June at the stadium. Traffic"),
    ],
)
def test_a_passage_is_cut_around_the_sentence_that_shares_most_words(
    question: str, passage: Passage, most: int, shown: str
) -> None:
    text = snippet(asking(question), passage, most)
    assert text.strip("…") == shown
    assert len(shown) <= most or shown == TEXT
    assert text.startswith("…") is not passage.text.startswith(shown)
    assert text.endswith("…") is not passage.text.endswith(shown)


def test_a_candidate_in_the_passage_goes_before_words() -> None:
    perhaps = cited(CHINESE, "现场人气很旺。", "很旺")
    assert snippet(asking("车展何时开幕?", perhaps), CHINESE, 11) == "…车。现场人气很旺。交通…"
    elsewhere = cited(ENGLISH, "People went out.", "People")
    assert snippet(asking("车展何时开幕?", elsewhere), CHINESE, 10).startswith("…车展于6月1日")


def test_of_a_long_sentence_its_marked_part_is_shown() -> None:
    perhaps = cited(CHINESE, "车展于6月1日在体育中心开幕,共展出二十个品牌的新车。", "二十个品牌")
    assert snippet(asking("多少?", perhaps), CHINESE, 9) == "…展出二十个品牌的新…"


def test_a_word_that_fills_the_window_is_cut() -> None:
    long = Passage("c#1.1", "c", "", 1, 1, "x" * 50, 0, 50)
    assert snippet(asking("x?"), long, 10) == "x" * 10 + "…"
