"""What visitors think of answers, in a SQLite file of the server; nothing of it goes to a log or to a browser."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import FeedbackError, InputError
from rag.types import Answer

#: Longest word that is kept about an answer, in characters.
MAX_WORD = 500
#: Ratings that a file holds, and those of one visitor; bytes that an answer takes in it.
MAX_RATINGS, MAX_OF_ONE, MAX_ANSWER = 100_000, 500, 100_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS ratings (
  id INTEGER PRIMARY KEY,
  visitor TEXT NOT NULL,
  at TEXT NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  good INTEGER NOT NULL,
  word TEXT NOT NULL,
  UNIQUE (visitor, question, answer)
) STRICT
"""
#: Files of earlier versions do not say whose a rating is: all of theirs are one visitor's, whose name is empty.
_EARLIER = (
    "ALTER TABLE ratings RENAME TO earlier",
    _SCHEMA,
    "INSERT INTO ratings SELECT id, '', at, question, answer, good, word FROM earlier",
    "DROP TABLE earlier",
)
_COUNT = "SELECT (SELECT max(id) FROM ratings), (SELECT count(*) FROM ratings WHERE visitor = ?)"
_ADD = """
INSERT INTO ratings (visitor, at, question, answer, good, word) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (visitor, question, answer) DO UPDATE SET at = excluded.at, good = excluded.good, word = excluded.word
"""


def beside(index: Path) -> Path:
    """Where the ratings of an index are kept unless another place is named: beside it, so that it can be rebuilt."""
    home = index.resolve()
    return home.with_name(f"{home.name}-feedback.sqlite3")


@dataclass(frozen=True, slots=True)
class Rating:
    """A visitor's last word on an answer to a question; ``answer`` is the JSON of ``Answer`` without its passages."""

    id: int
    at: str
    question: str
    answer: dict[str, Any]
    good: bool
    word: str
    visitor: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """Safe to share between threads and processes: each call has a connection of its own."""

    path: Path

    def rate(self, answer: Answer, *, good: bool, word: str = "", visitor: str = "") -> None:
        """Keep a rating, in place of an earlier one of the same visitor of the same answer to the same question.

        Raises ``FeedbackError`` for one too many.
        """
        given = answer.to_dict()
        for changing in ("passages", "took_ms"):
            del given[changing]
        if answer.status != "tentative":
            del given["candidates"]  # the visitor has not seen them
        kept = json.dumps(given, ensure_ascii=False, sort_keys=True)
        if len(kept.encode()) > MAX_ANSWER:
            raise FeedbackError(
                f"an answer of {len(kept.encode()):,} bytes is too long to be rated: rate a shorter one"
            )
        row = (visitor, _now(), answer.question, kept, int(good), word[:MAX_WORD])
        with self._connection() as connection:
            connection.execute(_ADD, row)
            last, theirs = connection.execute(_COUNT, (visitor,)).fetchone()  # ids count, as nothing is taken out
            if last > MAX_RATINGS or (visitor and theirs > MAX_OF_ONE):
                raise FeedbackError(f"{self.path} is full: read it with `rag feedback`, then name another file")

    def ratings(self) -> list[Rating]:
        """All ratings, oldest first. Raises ``InputError`` if there is no such file."""
        if not self.path.is_file():
            raise InputError(f"{self.path} does not exist: nobody has rated an answer yet, or name it with --file")
        with self._connection() as connection:
            rows = connection.execute("SELECT id, at, question, answer, good, word, visitor FROM ratings ORDER BY id")
            return [
                Rating(i, at, asked, json.loads(a), bool(good), word, who) for i, at, asked, a, good, word, who in rows
            ]

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Raises ``FeedbackError`` for a file that cannot be used; one that is new is its owner's alone to read."""
        try:
            self.path.touch(mode=0o600)
            with closing(sqlite3.connect(self.path, timeout=10)) as connection, connection:
                # Writers wait for each other from here on; one that reads first would fail at its first write.
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_SCHEMA)
                if not any(name == "visitor" for _, name, *_ in connection.execute("PRAGMA table_info (ratings)")):
                    for statement in _EARLIER:
                        connection.execute(statement)
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise FeedbackError(f"{self.path} cannot hold ratings ({error}): name another file") from error


def as_questions(ratings: list[Rating]) -> Iterator[dict[str, Any]]:
    """Rows for ``rag evaluate``, one for each question that somebody's last word on was good: the answer is right.

    Of a tentative answer nobody said which of its sentences is right: those are rows to label.
    """
    good = [rating for rating in _latest(ratings) if rating.good and not _is_tentative(rating)]
    for rating in {_asked(rating): rating for rating in good}.values():
        yield {**_row(rating), "answers": [rating.answer["answer"]] if rating.answer["answer"] else []}


def to_label(ratings: list[Rating]) -> Iterator[dict[str, Any]]:
    """Rows for a person to complete: what somebody called wrong, with what was given and said; no ``answers`` yet.

    What another visitor called right is among them, too: nobody's word takes away another's. So are tentative answers
    that somebody called right, with the marked parts of their ``candidates``.
    """
    open_ones = [rating for rating in _latest(ratings) if not rating.good or _is_tentative(rating)]
    rows = {(_asked(rating), rating.answer["answer"], rating.good, rating.word): rating for rating in open_ones}
    for rating in rows.values():
        row = {**_row(rating), "given": rating.answer["answer"], "word": rating.word}
        yield {**row, "good": rating.good, "candidates": _marked(rating)} if _is_tentative(rating) else row


def _latest(ratings: list[Rating]) -> list[Rating]:
    """Each visitor's last rating of each question."""
    return list({(r.visitor, _asked(r)): r for r in sorted(ratings, key=lambda r: (r.at, r.id))}.values())


def _row(rating: Rating) -> dict[str, Any]:
    row = {"id": f"feedback-{rating.id}", "question": _asked(rating), "lang": rating.answer["lang"]}
    cited = rating.answer["citations"]
    return {**row, "source": cited[0]["source"], "evidence": cited[0]["quote"]} if cited else row


def _is_tentative(rating: Rating) -> bool:
    """Not so of a rating from before answers had a status."""
    return rating.answer.get("status") == "tentative"


def _marked(rating: Rating) -> list[str]:
    return [each["quote"][each["answer_start"] : each["answer_end"]] for each in rating.answer["candidates"]]


def _asked(rating: Rating) -> str:
    """The question as it can be asked alone."""
    return str(rating.answer["interpreted_as"] or rating.question)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
