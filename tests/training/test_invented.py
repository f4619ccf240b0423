import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rag.text import sentences
from rag.training.invented import invented_pages
from rag.training.invented_story import Story, UnclearError
from rag.training.invented_words import in_chinese, year_in_chinese

KINDS = {
    "weekdays", "codes", "figures", "pairs", "numerals", "posts", "bylines", "lists", "rules", "reasons",
    "titles", "tables",
}  # fmt: skip


@pytest.fixture(scope="module")
def pages() -> list[dict[str, Any]]:
    return invented_pages(random.Random(7), 300)


def test_an_answer_stands_in_the_sentence_that_begins_with_the_evidence(pages):
    for page in pages:
        for question in page["questions"]:
            paragraphs = page["articles"][question["a"]]["paragraphs"]
            (text,) = [text for text in paragraphs if question["ev"] in text]
            assert text.count(question["ev"]) == 1
            spans = [text[span.start : span.end] for span in sentences(text)]
            (sentence,) = [part for part in spans if part.startswith(question["ev"])]
            assert question["answers"][0] in sentence
            assert sentence.startswith(question["ev"])
            assert all(answer in text for answer in question["answers"])


def test_the_items_of_a_list_stand_in_order(pages):
    lists = [(page, question) for page in pages for question in page["questions"] if question["type"] == "list"]
    assert len(lists) > 30
    for page, question in lists:
        (text,) = [text for text in page["articles"][question["a"]]["paragraphs"] if question["ev"] in text]
        places = [text.index(item) for item in question["answers"]]
        assert len(places) >= 3
        assert places == sorted(places)


def test_no_question_in_vain_is_a_question_that_the_page_answers(pages):
    for page in pages:
        answered = {question[key] for question in page["questions"] for key in ("zh", "en")} - {""}
        in_vain = {question[key] for question in page["none"] for key in ("zh", "en")} - {""}
        assert not answered & in_vain


def test_a_question_of_a_page_has_one_answer(pages):
    for page in pages:
        for key in ("zh", "en"):
            answers: dict[str, str] = {}
            for question in page["questions"]:
                if question[key]:
                    assert answers.setdefault(question[key], question["answers"][0]) == question["answers"][0]


def test_a_question_is_worded_in_one_of_the_two_languages(pages):
    for page in pages:
        for question in [*page["questions"], *page["none"]]:
            assert question["zh"] or question["en"]


def test_a_page_has_some_articles_with_some_paragraphs(pages):
    for page in pages:
        assert 2 <= len(page["articles"]) <= 4
        for article in page["articles"]:
            assert article["title"]
            assert 1 <= len(article["paragraphs"]) <= 3
            assert all(article["paragraphs"])


def test_all_kinds_occur_and_most_pages_are_chinese(pages):
    assert {kind for page in pages for kind in page["kinds"]} == KINDS
    english = sum(page["articles"][0]["paragraphs"][0].isascii() for page in pages)
    assert 30 < english < 90


def test_english_sentences_are_set_apart(pages):
    texts = [text for page in pages for article in page["articles"] for text in article["paragraphs"]]
    assert not [text for text in texts if re.search(r"[a-z][.!?][A-Z]", text)]


def test_the_same_seed_gives_the_same_pages_in_every_process() -> None:
    """Sets of texts are in another order in another process."""
    code = (
        "import random; from rag.training.invented import invented_pages; print(invented_pages(random.Random(5), 40))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_numerals_are_written_out():
    assert in_chinese(10) == "十"
    assert in_chinese(28) == "二十八"
    assert in_chinese(105) == "一百零五"
    assert in_chinese(110) == "一百一十"
    assert in_chinese(3040) == "三千零四十"
    assert in_chinese(120_000) == "十二万"
    assert year_in_chinese(2008) == "二〇〇八年"


@pytest.mark.parametrize("sentence", ["甲村8名，乙村38名。", "甲村来了38名。", "人都到了。"])
def test_an_answer_that_stands_twice_or_within_a_number_is_unclear(sentence):
    story = Story("figures", "", [[sentence]])
    with pytest.raises(UnclearError):
        story.ask(sentence, "howmany", "8名", zh="几名")
