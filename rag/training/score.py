"""Vectors alone, without index or words: is the right paragraph the nearest?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.embedding import Embedder, FloatArray, encode_sentences_alone
from rag.index import SENTENCE_WEIGHT
from rag.text import language, sentences
from rag.training.corpora import Question, Reading, join_readings, read_squad
from rag.training.lessons import Source
from rag.training.sources import read_sources
from rag.types import Span

#: Passages of a set that is held back; enough to tell two models apart in a few minutes.
PASSAGES = 500


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

    def read(self) -> Reading:
        readings = [read_squad(path) for path in self.files]
        joined = join_readings(readings)
        return Reading(joined.paragraphs, joined.questions[: len(readings[0].questions)])


def held_back_readings(data: Path) -> Iterator[tuple[str, Reading]]:
    """What no model was trained on, by set and by the language of the questions: for choosing between models."""
    for name, source in read_sources(data, held=True).items():
        for lang in ("zh", "en", "ja"):
            if questions := tuple(_asked_in(lang, source)):
                texts = (f"{p.title}\n{p.text}" if p.title else p.text for p in source.passages[:PASSAGES])
                yield f"{name} {lang}", Reading(tuple(texts), questions)


def _asked_in(lang: str, source: Source) -> Iterator[Question]:
    for passage, questions in source.questions.items():
        for question in questions:
            if passage < PASSAGES and language(question.text) == lang:
                yield Question(question.text, passage, question.start, question.start + len(question.answer))


def recall(scores: FloatArray, gold: npt.NDArray[np.int64], k: int) -> float:
    """The share of rows of ``scores`` (n, paragraphs) whose gold paragraph is among the best ``k``.

    >>> recall(np.array([[0.5, 0.9], [0.2, 0.1]], np.float32), np.array([0, 0]), 1)
    0.5
    """
    better = (scores > scores[np.arange(len(gold)), gold][:, None]).sum(axis=1)
    return float((better < k).mean())


def score_lines(embedder: Embedder, name: str, reading: Reading) -> Iterator[str]:
    """One line for each way to score a paragraph: recall@1 and recall@5.

    Sentences are pooled from the paragraph's own pass ("pooled"), and encoded by themselves ("alone").
    """
    gold = np.array([question.paragraph for question in reading.questions])
    queries = embedder.encode_queries([question.text for question in reading.questions])
    spans = [sentences(text) or [Span(0, len(text))] for text in reading.paragraphs]
    pooled = embedder.encode_sentences(reading.paragraphs, spans)
    alone = encode_sentences_alone(embedder.encode_passages, reading.paragraphs, spans)
    passages = queries @ np.stack([rows[0] for rows in pooled]).T
    yield _line(name, "passage", passages, gold)
    for kind, rows in (("pooled", pooled), ("alone", alone)):
        best = np.stack([(queries @ own[1:].T).max(axis=1) for own in rows], axis=1)
        yield _line(name, f"{kind} sentence", best, gold)
        mixed = SENTENCE_WEIGHT * best + (1 - SENTENCE_WEIGHT) * passages
        yield _line(name, f"passage and {kind} sentence", mixed, gold)


def _line(name: str, way: str, scores: FloatArray, gold: npt.NDArray[np.int64]) -> str:
    return f"{name:12} {way:28} {recall(scores, gold, 1):.3f} {recall(scores, gold, 5):.3f}"
