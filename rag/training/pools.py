"""Reading sets made ready for tuning: joined files, a sample of their questions, and the paragraphs BM25 confuses."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

from rag.lexical import tokens
from rag.training.corpora import Reading, held_out, join_readings, read_squad
from rag.training.neighbours import hard_paragraphs
from rag.training.student import Student
from rag.training.tune import Pool

SAMPLE = 200


def mine(files: Sequence[Path], most: int, out: Path) -> None:
    """Write the numbers of at most ``most`` questions of the joined files and of the paragraphs hard for each."""
    joined = join_readings([read_squad(file) for file in files])
    rng = random.Random(0)
    numbers = sorted(rng.sample(range(len(joined.questions)), min(most, len(joined.questions))))
    reading = Reading(joined.paragraphs, tuple(joined.questions[number] for number in numbers))
    found = {"files": [str(file) for file in files], "questions": numbers, "hard": hard_paragraphs(reading, tokens)}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found), encoding="utf-8")


def read_pool(path: Path, weight: float, student: Student) -> Pool:
    """What ``mine`` wrote."""
    found = json.loads(path.read_text(encoding="utf-8"))
    joined = join_readings([read_squad(Path(file)) for file in found["files"]])
    reading = Reading(joined.paragraphs, tuple(joined.questions[number] for number in found["questions"]))
    return Pool(reading, found["hard"], weight, characters_per_token(reading.paragraphs, student))


def held_paragraphs(path: Path) -> frozenset[str]:
    """The held-out paragraphs of the files that ``mine`` read."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return frozenset(text for file in found["files"] for text in held_out(read_squad(Path(file))).paragraphs)


def characters_per_token(paragraphs: Sequence[str], student: Student) -> float:
    texts = paragraphs[:SAMPLE]
    student.tokenizer.no_truncation()
    encoded = student.tokenizer.encode_batch([student.simplify(text) for text in texts])
    return sum(map(len, texts)) / sum(len(item.ids) for item in encoded)
