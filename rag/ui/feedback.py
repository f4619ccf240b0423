"""Visitors' ratings of answers, in a SQLite file on the server. They appear in no log and no browser."""

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

#: Longest comment on an answer that is kept, in characters.
MAX_WORD = 500
#: Limits of a file: ratings in it, ratings of one visitor, bytes of one answer.
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
#: Files of earlier versions do not name the visitor: their ratings all go to one whose name is empty.
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
    """How a visitor last rated an answer; ``answer`` is the JSON of ``Answer`` without its passages."""

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
        """Keep a rating. It replaces the same visitor's earlier rating of the same answer to the same question.

        Raises ``FeedbackError`` when the file is full.
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
            last, theirs = connection.execute(_COUNT, (visitor,)).fetchone()  # no row is deleted: last is a count
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
    """Rows for ``rag evaluate``: each question whose answer a visitor last rated as good, with that answer.

    Tentative answers are left out: nobody said which of their sentences is right, so they are rows to label.
    """
    good = [rating for rating in _latest(ratings) if rating.good and not _is_tentative(rating)]
    for rating in {_asked(rating): rating for rating in good}.values():
        yield {**_row(rating), "answers": [rating.answer["answer"]] if rating.answer["answer"] else []}


def to_label(ratings: list[Rating]) -> Iterator[dict[str, Any]]:
    """Rows for a person to complete with ``answers``: what a visitor rated as wrong, with the answer and the comment.

    It does not matter that another visitor may have rated the same answer as right. Tentative answers rated as right
    are rows to label, too, with the answering parts of their ``candidates``.
    """
    open_ones = [rating for rating in _latest(ratings) if not rating.good or _is_tentative(rating)]
    rows = {(_asked(rating), rating.answer["answer"], rating.good, rating.word): rating for rating in open_ones}
    for rating in rows.values():
        row = {**_row(rating), "given": rating.answer["answer"], "word": rating.word}
        yield {**row, "good": rating.good, "candidates": _answering_parts(rating)} if _is_tentative(rating) else row


def _latest(ratings: list[Rating]) -> list[Rating]:
    """Each visitor's last rating of each question."""
    return list({(r.visitor, _asked(r)): r for r in sorted(ratings, key=lambda r: (r.at, r.id))}.values())


def _row(rating: Rating) -> dict[str, Any]:
    row = {"id": f"feedback-{rating.id}", "question": _asked(rating), "lang": rating.answer["lang"]}
    cited = rating.answer["citations"]
    return {**row, "source": cited[0]["source"], "evidence": cited[0]["quote"]} if cited else row


def _is_tentative(rating: Rating) -> bool:
    """Whether the rated answer was tentative. Ratings from before answers had a status count as not."""
    return rating.answer.get("status") == "tentative"


def _answering_parts(rating: Rating) -> list[str]:
    return [c["quote"][c["answer_start"] : c["answer_end"]] for c in rating.answer["candidates"]]


def _asked(rating: Rating) -> str:
    """The question as it can be asked alone."""
    return str(rating.answer["interpreted_as"] or rating.question)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
