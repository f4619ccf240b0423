"""Reading sets made ready for tuning."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from rag.lexical import tokens
from rag.training.corpora import Reading, join_readings, read_squad
from rag.training.neighbours import hard_paragraphs
from rag.training.student import Student
from rag.training.tune import Pool

SAMPLE = 200


def read_pool(files: Sequence[str], weight: float, student: Student, most: int) -> Pool:
    """The files as one set with at most ``most`` questions, and the paragraphs BM25 confuses."""
    joined = join_readings([read_squad(Path(file)) for file in files])
    rng = random.Random(0)  # noqa: S311 - a draw, no secret
    questions = joined.questions if len(joined.questions) <= most else tuple(rng.sample(joined.questions, most))
    reading = Reading(joined.paragraphs, questions)
    return Pool(reading, hard_paragraphs(reading, tokens), weight, characters_per_token(reading.paragraphs, student))


def characters_per_token(paragraphs: Sequence[str], student: Student) -> float:
    texts = paragraphs[:SAMPLE]
    student.tokenizer.no_truncation()
    encoded = student.tokenizer.encode_batch([student.simplify(text) for text in texts])
    return sum(map(len, texts)) / sum(len(item.ids) for item in encoded)
