from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import FeedbackError, InputError
from rag.evaluation import load_questions
from rag.ui import feedback as module
from rag.ui.feedback import Feedback, as_questions, beside, to_label

from .fakebot import PERHAPS_ZH, SHOW, SIZE_ZH, UNKNOWN_ZH, YEAR_ZH, FakeBot

BOT = FakeBot()


@pytest.fixture
def feedback(tmp_path: Path) -> Feedback:
    return Feedback(tmp_path / "ratings.sqlite3")


def test_the_last_rating_of_an_answer_counts(feedback: Feedback) -> None:
    feedback.rate(BOT.ask(YEAR_ZH), good=True)
    feedback.rate(BOT.ask(YEAR_ZH), good=False, word="2017年")
    assert [(r.question, r.good, r.word) for r in feedback.ratings()] == [(YEAR_ZH, False, "2017年")]


def test_what_was_called_right_are_questions_that_evaluation_reads(feedback: Feedback, tmp_path: Path) -> None:
    feedback.rate(BOT.ask(YEAR_ZH), good=True)
    feedback.rate(BOT.ask(UNKNOWN_ZH), good=True)
    feedback.rate(BOT.ask(SIZE_ZH), good=False, word="应是1.7万")
    follow_up = replace(BOT.ask(YEAR_ZH), question="哪一年?", interpreted_as="新能源汽车是哪一年加入的?")
    feedback.rate(follow_up, good=True)
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in as_questions(feedback.ratings())), encoding="utf-8")
    year, unknown, alone = load_questions(file).questions
    assert (year.question, year.answers, year.source) == (YEAR_ZH, ("2018年",), SHOW)
    assert year.evidence == "2018年,新能源汽车开始出现在巡展车队中,"
    assert (unknown.question, unknown.answerable) == (UNKNOWN_ZH, False)
    assert alone.question == "新能源汽车是哪一年加入的?"


def test_what_was_called_wrong_waits_for_its_right_answer(feedback: Feedback) -> None:
    feedback.rate(BOT.ask(SIZE_ZH), good=False, word="应是1.7万")
    (row,) = to_label(feedback.ratings())
    assert (row["question"], row["given"], row["word"]) == (SIZE_ZH, "约1.6万平方米；48班", "应是1.7万")
    assert "answers" not in row


def test_of_a_tentative_answer_that_was_called_right_a_person_says_which_sentence(feedback: Feedback) -> None:
    feedback.rate(BOT.ask(PERHAPS_ZH), good=True)
    assert list(as_questions(feedback.ratings())) == []
    (row,) = to_label(feedback.ratings())
    assert (row["question"], row["given"], row["good"]) == (PERHAPS_ZH, None, True)
    assert row["candidates"] == ["武进吾悦广场", "巡展车队"]


def test_candidates_that_were_not_shown_are_not_kept(feedback: Feedback) -> None:
    candidates = BOT.ask(PERHAPS_ZH).candidates
    feedback.rate(replace(BOT.ask(UNKNOWN_ZH), candidates=candidates), good=False)
    (rating,) = feedback.ratings()
    assert rating.answer["status"] == "none"
    assert "candidates" not in rating.answer


def test_a_changed_mind_changes_the_questions(feedback: Feedback) -> None:
    feedback.rate(BOT.ask(YEAR_ZH), good=True)
    feedback.rate(replace(BOT.ask(YEAR_ZH), confidence=0.5), good=False)
    assert list(as_questions(feedback.ratings())) == []
    assert len(list(to_label(feedback.ratings()))) == 1


def test_nobody_takes_away_what_another_said(feedback: Feedback) -> None:
    feedback.rate(BOT.ask(YEAR_ZH), good=True, word="right", visitor="a")
    feedback.rate(BOT.ask(YEAR_ZH), good=False, word="no!", visitor="b")
    feedback.rate(BOT.ask(YEAR_ZH), good=False, word="no!", visitor="c")
    assert [(r.visitor, r.good, r.word) for r in feedback.ratings()] == [
        ("a", True, "right"), ("b", False, "no!"), ("c", False, "no!"),
    ]  # fmt: skip
    assert [row["question"] for row in as_questions(feedback.ratings())] == [YEAR_ZH]
    assert [(row["question"], row["word"]) for row in to_label(feedback.ratings())] == [(YEAR_ZH, "no!")]
    feedback.rate(BOT.ask(YEAR_ZH), good=True, visitor="b")  # a visitor may think again
    assert [r.good for r in feedback.ratings()] == [True, True, False]


def test_ratings_of_earlier_versions_are_kept(feedback: Feedback) -> None:
    with closing(sqlite3.connect(feedback.path)) as connection, connection:
        connection.execute(
            "CREATE TABLE ratings (id INTEGER PRIMARY KEY, at TEXT NOT NULL, question TEXT NOT NULL,"
            " answer TEXT NOT NULL, good INTEGER NOT NULL, word TEXT NOT NULL, UNIQUE (question, answer)) STRICT"
        )
        connection.execute("INSERT INTO ratings VALUES (7, '2026-01-01T00:00:00Z', 'a?', '{}', 1, 'yes')")
    feedback.rate(BOT.ask(YEAR_ZH), good=False, visitor="a")
    assert [(r.id, r.question, r.good, r.word, r.visitor) for r in feedback.ratings()] == [
        (7, "a?", True, "yes", ""),
        (8, YEAR_ZH, False, "", "a"),
    ]


def test_sizes_and_numbers_are_limited(feedback: Feedback, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [replace(BOT.ask(YEAR_ZH), question=f"{n}?") for n in range(4)]
    monkeypatch.setattr(module, "MAX_OF_ONE", 2)
    monkeypatch.setattr(module, "MAX_RATINGS", 3)
    feedback.rate(answers[0], good=True, word="x" * 5000, visitor="a")
    feedback.rate(answers[1], good=True, visitor="a")
    with pytest.raises(FeedbackError, match="is full: read it with `rag feedback`"):
        feedback.rate(answers[2], good=True, visitor="a")
    feedback.rate(answers[2], good=True, visitor="b")
    with pytest.raises(FeedbackError, match="is full"):
        feedback.rate(answers[3], good=True, visitor="b")
    feedback.rate(answers[2], good=False, visitor="b")
    with pytest.raises(FeedbackError, match="too long to be rated"):
        feedback.rate(replace(answers[0], question="x" * 100_000), good=True, visitor="a")
    assert [(len(r.word), r.good) for r in feedback.ratings()] == [(500, True), (0, True), (0, False)]


def test_the_file_is_its_owners_alone(feedback: Feedback) -> None:
    feedback.rate(BOT.ask(YEAR_ZH), good=True)
    assert feedback.path.stat().st_mode & 0o777 == 0o600


def test_many_at_once(feedback: Feedback) -> None:
    answers = [replace(BOT.ask(YEAR_ZH), question=f"{n}?") for n in range(40)]
    with ThreadPoolExecutor(16) as pool:  # all of them find no file yet
        list(pool.map(lambda answer: feedback.rate(answer, good=True), answers))
    assert len(feedback.ratings()) == 40


def test_who_was_in_the_wal_mode_of_earlier_versions_goes_on(feedback: Feedback) -> None:
    feedback.rate(BOT.ask(YEAR_ZH), good=True)
    with closing(sqlite3.connect(feedback.path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    feedback.rate(BOT.ask(SIZE_ZH), good=True)
    assert len(feedback.ratings()) == 2


def test_files_that_cannot_be_used_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nobody has rated"):
        Feedback(tmp_path / "none").ratings()
    with pytest.raises(FeedbackError, match="name another file"):
        Feedback(tmp_path / "missing" / "f").rate(BOT.ask(YEAR_ZH), good=True)
    (tmp_path / "text").write_text("no database, but long enough to be looked at" * 20)
    with pytest.raises(FeedbackError, match="name another file"):
        Feedback(tmp_path / "text").ratings()


def test_it_is_kept_beside_the_index(tmp_path: Path) -> None:
    assert beside(tmp_path / "index") == tmp_path.resolve() / "index-feedback.sqlite3"
