"""The dense leg alone: is the right paragraph the nearest?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from rag.embedding import Embedder, FloatArray
from rag.training.corpora import Reading, join_readings, read_squad

CHUNK = 1024


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares of the questions whose paragraph is among the first 1, 5, 10; mean reciprocal rank over all ranks."""

    questions: int
    paragraphs: int
    recall_1: float
    recall_5: float
    recall_10: float
    mrr: float

    def to_dict(self) -> dict[str, float]:
        return {key: round(value, 4) for key, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Task:
    """Questions of the first file over the paragraphs of all files."""

    name: str
    files: tuple[Path, ...]

    @classmethod
    def parse(cls, argument: str) -> Task:
        """
        >>> Task.parse("cmrc=dev.json.gz,train.json.gz").files[1]
        PosixPath('train.json.gz')
        """
        name, _, files = argument.partition("=")
        return cls(name, tuple(map(Path, files.split(","))))

    def read(self, most: int | None = None) -> Reading:
        readings = [read_squad(path) for path in self.files]
        joined = join_readings(readings)
        return Reading(joined.paragraphs, joined.questions[: len(readings[0].questions)][:most])


def ranks(queries: FloatArray, passages: FloatArray, gold: Sequence[int]) -> list[int]:
    """For each query how many passages are nearer than its own; of equals the first in the pool wins."""
    found: list[int] = []
    for start in range(0, len(queries), CHUNK):
        scores = queries[start : start + CHUNK] @ passages.T
        for row, own in zip(scores, gold[start : start + CHUNK], strict=True):
            found.append(int((row > row[own]).sum() + (row[:own] == row[own]).sum()))
    return found


def summarise(found: Sequence[int], paragraphs: int) -> Scores:
    """
    >>> summarise([0, 0, 3, 7], 20)
    Scores(questions=4, paragraphs=20, recall_1=0.5, recall_5=0.75, recall_10=1.0, mrr=0.59375)
    """
    rank = np.array(found)
    first, fifth, tenth = (float((rank < k).mean()) for k in (1, 5, 10))
    return Scores(len(rank), paragraphs, first, fifth, tenth, float((1 / (rank + 1)).mean()))


def score(embedder: Embedder, reading: Reading) -> Scores:
    passages = embedder.encode_passages(reading.paragraphs)
    queries = embedder.encode_queries([question.text for question in reading.questions])
    found = ranks(queries, passages, [question.paragraph for question in reading.questions])
    return summarise(found, len(reading.paragraphs))
