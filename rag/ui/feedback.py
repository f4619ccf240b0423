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
_SCHEMA = """
CREATE TABLE IF NOT EXISTS ratings (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  good INTEGER NOT NULL,
  word TEXT NOT NULL,
  UNIQUE (question, answer)
) STRICT
"""
_ADD = """
INSERT INTO ratings (at, question, answer, good, word) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (question, answer) DO UPDATE SET at = excluded.at, good = excluded.good, word = excluded.word
"""


def beside(index: Path) -> Path:
    """Where the ratings of an index are kept unless another place is named: beside it, so that it can be rebuilt."""
    home = index.resolve()
    return home.with_name(f"{home.name}-feedback.sqlite3")


@dataclass(frozen=True, slots=True)
class Rating:
    """The last word on one answer to one question; ``answer`` is the JSON of ``Answer`` without its passages."""

    id: int
    at: str
    question: str
    answer: dict[str, Any]
    good: bool
    word: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """Safe to share between threads and processes: each call has a connection of its own."""

    path: Path

    def rate(self, answer: Answer, *, good: bool, word: str = "") -> None:
        """Keep a rating, in place of an earlier one of the same answer to the same question."""
        given = answer.to_dict()
        for changing in ("passages", "took_ms"):
            del given[changing]
        row = (_now(), answer.question, json.dumps(given, ensure_ascii=False, sort_keys=True), int(good), word)
        with self._connection() as connection:
            connection.execute(_ADD, row)

    def ratings(self) -> list[Rating]:
        """All ratings, oldest first. Raises ``InputError`` if there is no such file."""
        if not self.path.is_file():
            raise InputError(f"{self.path} does not exist: nobody has rated an answer yet, or name it with --file")
        with self._connection() as connection:
            rows = connection.execute("SELECT id, at, question, answer, good, word FROM ratings ORDER BY id")
            return [Rating(i, at, question, json.loads(a), bool(good), word) for i, at, question, a, good, word in rows]

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Raises ``FeedbackError`` for a file that cannot be used; one that is new is its owner's alone to read."""
        try:
            self.path.touch(mode=0o600)
            with closing(sqlite3.connect(self.path, timeout=10)) as connection, connection:
                # Writers wait for each other from here on; one that reads first would fail at its first write.
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_SCHEMA)
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise FeedbackError(f"{self.path} cannot hold ratings ({error}): name another file") from error


def as_questions(ratings: list[Rating]) -> Iterator[dict[str, Any]]:
    """Rows for ``rag evaluate``, one for each question whose last rating was good: what was answered is right."""
    for rating in _latest(ratings):
        if rating.good:
            yield {**_row(rating), "answers": [rating.answer["answer"]] if rating.answer["answer"] else []}


def to_label(ratings: list[Rating]) -> Iterator[dict[str, Any]]:
    """Rows for a person to complete: what was called wrong, with what was given and said; ``answers`` is missing."""
    for rating in _latest(ratings):
        if not rating.good:
            yield {**_row(rating), "given": rating.answer["answer"], "word": rating.word}


def _latest(ratings: list[Rating]) -> list[Rating]:
    """The last rating of each question."""
    return list({_asked(r): r for r in sorted(ratings, key=lambda r: (r.at, r.id))}.values())


def _row(rating: Rating) -> dict[str, Any]:
    row = {"id": f"feedback-{rating.id}", "question": _asked(rating), "lang": rating.answer["lang"]}
    cited = rating.answer["citations"]
    return {**row, "source": cited[0]["source"], "evidence": cited[0]["quote"]} if cited else row


def _asked(rating: Rating) -> str:
    """The question as it can be asked alone."""
    return str(rating.answer["interpreted_as"] or rating.question)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
