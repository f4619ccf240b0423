"""What the embedder learns from: passages as the product cuts them, with questions and the sentences that answer."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.corpus import split_text
from rag.training.corpora import Pair, Reading, join_readings, read_pairs, read_squad

#: One page or paragraph in so many is held back: models are compared on these, and ranking and confidence fitted.
HELD_BACK = 10
#: What batches of parallel lines are called.
PARALLEL = "parallel"
#: Questions taken of a passage at a time. Passages cost ten times as much as questions.
QUESTIONS_OF_A_PASSAGE = 4


@dataclass(frozen=True, slots=True)
class Passage:
    """``paragraph`` numbers the paragraph that the passage is a part of."""

    title: str
    text: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the number of its passage, and where the answer begins in the text of that passage."""

    text: str
    passage: int
    start: int
    answer: str


@dataclass(slots=True)
class Source:
    """Passages with their questions. ``near`` holds, for a passage, those that are easily mistaken for it."""

    name: str
    passages: list[Passage] = field(default_factory=list)
    questions: dict[int, list[Question]] = field(default_factory=dict)
    near: dict[int, list[int]] = field(default_factory=dict)

    def add(self, text: str, passage: int, start: int, answer: str) -> None:
        self.questions.setdefault(passage, []).append(Question(text, passage, start, answer))


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions over some passages; ``Question.passage`` counts within ``passages``."""

    kind: str
    passages: list[Passage]
    questions: list[Question]


def held_back(paragraph: int) -> bool:
    return paragraph % HELD_BACK == HELD_BACK - 1


def read_questions(name: str, files: Sequence[Path], *, held: bool) -> Source:
    """SQuAD files that share paragraphs; ``held`` gives the paragraphs held back, otherwise all others."""
    return _from_reading(name, join_readings([read_squad(path) for path in files]), held=held)


def _from_reading(name: str, reading: Reading, *, held: bool) -> Source:
    source = Source(name)
    places: dict[int, list[tuple[int, int, int]]] = {}
    for number, text in enumerate(reading.paragraphs):
        if held_back(number) is held:
            for span in split_text(text):
                places.setdefault(number, []).append((span.start, span.end, len(source.passages)))
                source.passages.append(Passage("", text[span.start : span.end], number))
    for question in reading.questions:
        for start, end, passage in places.get(question.paragraph, ()):
            if start <= question.start < end:
                answer = reading.paragraphs[question.paragraph][question.start : question.end]
                source.add(question.text, passage, question.start - start, answer)
    return source


def news_pages(path: Path, *, held: bool) -> list[dict[str, Any]]:
    """The lines of ``news/train.jsonl``: those held back, otherwise all others."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for number, line in enumerate(lines) if held_back(number) is held]


def read_news(path: Path, *, held: bool) -> Source:
    """Pages of ``news/train.jsonl``; passages of a page are near to each other."""
    source, paragraphs = Source("news"), 0
    for page in news_pages(path, held=held):
        first = len(source.passages)
        articles: list[list[int]] = []
        for article in page["articles"]:
            articles.append([])
            for text in article["paragraphs"]:
                for span in split_text(text):
                    articles[-1].append(len(source.passages))
                    source.passages.append(Passage(article["title"], text[span.start : span.end], paragraphs))
                paragraphs += 1
        for asked in _asked(page):
            for passage in articles[asked["a"]]:
                start = source.passages[passage].text.find(asked["ev"])
                if start >= 0:
                    for text in asked["texts"]:
                        source.add(text, passage, start, asked["answers"][0])
        everything = list(range(first, len(source.passages)))
        source.near.update({passage: [other for other in everything if other != passage] for passage in everything})
    return source


def _asked(page: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for question in page["questions"]:
        yield {**question, "texts": [question["zh"], question["en"]]}
    for turn in page["dialogue"]:
        if turn.get("answers") and turn.get("ev"):
            yield {**turn, "texts": [turn["full"]]}


def batches(source: Source, size: int, rng: random.Random) -> Iterator[Batch]:
    """Endless batches of about ``size`` passages: some drawn in turn, each followed by two that are near to it.

    Where some passages have others near to them, only these are drawn.
    """
    asked = [passage for passage in source.questions if not source.near or passage in source.near]
    while True:
        rng.shuffle(asked)
        chosen: dict[int, int] = {}
        for passage in asked:
            near = [other for other in source.near.get(passage, ()) if other not in chosen]
            for number in (passage, *rng.sample(near, min(2, len(near)))):
                chosen.setdefault(number, len(chosen))
            if len(chosen) >= size:
                yield _batch(source, chosen, rng)
                chosen = {}


def _batch(source: Source, chosen: Mapping[int, int], rng: random.Random) -> Batch:
    questions = []
    for passage, place in chosen.items():
        over = source.questions.get(passage, [])
        for question in rng.sample(over, min(QUESTIONS_OF_A_PASSAGE, len(over))):
            questions.append(Question(question.text, place, question.start, question.answer))
    return Batch(source.name, [source.passages[passage] for passage in chosen], questions)


def parallel_batches(files: Mapping[Path, float], size: int, rng: random.Random) -> Iterator[Batch]:
    """A line in one language is the question, one to three lines around its translation are the passage.

    ``files``: how often each is drawn from.
    """
    documents = [read_pairs(path) for path in files]
    shares = list(files.values())
    while True:
        passages, questions = [], []
        for place in range(size):
            pairs = rng.choices(documents, shares)[0]
            at = rng.randrange(len(pairs))
            first = max(0, at - rng.choice((0, 0, 0, 1)))
            lines = pairs[first : at + 1 + rng.choice((0, 0, 0, 1))]
            english = rng.random() < 0.5
            texts = [_side(pair, english=english) for pair in lines]
            joint = " " if english else ""
            start = len(joint.join(texts[: at - first])) + (len(joint) if at > first else 0)
            passages.append(Passage("", joint.join(texts), -1 - place))
            questions.append(Question(_side(pairs[at], english=not english), place, start, texts[at - first]))
        yield Batch(PARALLEL, passages, questions)


def _side(pair: Pair, *, english: bool) -> str:
    return pair.en if english else pair.zh
