"""What training reads: parallel sentences, dictionaries, and questions over paragraphs; plain or gzip."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, cast


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and its translation."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One sense of a dictionary word."""

    word: str
    gloss: str
    traditional: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the number of its paragraph, and where the answer stands in it."""

    text: str
    paragraph: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One SQuAD file."""

    paragraphs: tuple[str, ...]
    questions: tuple[Question, ...]


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8"))
    return path.open(encoding="utf-8")


def _rows(path: Path) -> Iterator[list[str]]:
    with _open(path) as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def read_pairs(path: Path, longest: int = 600) -> list[Pair]:
    """Chinese in the first column, English in the second; lines without either, or too long, are left out."""
    rows = ((row[0].strip(), row[1].strip()) for row in _rows(path) if len(row) >= 2)
    return [Pair(zh, en) for zh, en in rows if 1 < len(zh) <= longest / 2 and 1 < len(en) <= longest]


def read_entries(path: Path) -> list[Entry]:
    """Word, gloss and, where there is a third column, the traditional spelling."""
    return [Entry(row[0], row[1], row[2] if len(row) > 2 else row[0]) for row in _rows(path) if len(row) >= 2]


def read_squad(path: Path) -> Reading:
    """SQuAD 1.1 JSON; of several answers the first is taken, questions without one are left out."""
    with _open(path) as stream:
        data: list[dict[str, Any]] = json.load(stream)["data"]
    contexts = [paragraph for article in data for paragraph in article["paragraphs"]]
    questions = [
        Question(qa["question"], number, answer["answer_start"], answer["answer_start"] + len(answer["text"]))
        for number, paragraph in enumerate(contexts)
        for qa in paragraph["qas"]
        for answer in qa["answers"][:1]
    ]
    return Reading(tuple(paragraph["context"] for paragraph in contexts), tuple(questions))


def join_readings(readings: Sequence[Reading]) -> Reading:
    """Several files as one; a paragraph that occurs twice is one paragraph."""
    numbers: dict[str, int] = {}
    questions: list[Question] = []
    for reading in readings:
        for text in reading.paragraphs:
            numbers.setdefault(text, len(numbers))
        questions += [
            Question(q.text, numbers[reading.paragraphs[q.paragraph]], q.start, q.end) for q in reading.questions
        ]
    return Reading(tuple(numbers), tuple(questions))
