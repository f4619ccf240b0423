"""Retrieval tuning: questions near the paragraph, window or sentence that answers them.

Contrastive within the batch, and against passages of earlier batches (cross-batch memory, Wang et al. 2020).
A batch is made of questions whose paragraphs BM25 confuses, so that every positive is a hard negative of others.
Distillation goes on beside it and keeps the languages together.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from rag.training.corpora import Pair, Question, Reading
from rag.training.distil import Distil, Material
from rag.training.student import Student

SCALE = 20.0
MEMORY = 1024
CLUSTER = 5
LONGEST_QUESTION = 64
#: Kind of positive: (how often, questions a batch, longest in tokens).
SHAPES = {"sentence": (0.35, 60, 72), "window": (0.35, 40, 112), "passage": (0.30, 30, 208)}


@dataclass(frozen=True, slots=True)
class Pool:
    """A reading set, the hard paragraphs of each question, and how many characters make a token."""

    reading: Reading
    hard: Sequence[Sequence[int]]
    weight: float
    characters: float


@dataclass(slots=True)
class Memory:
    """Vectors of passages of earlier batches, with the paragraphs they come from."""

    vectors: deque[Tensor] = field(default_factory=lambda: deque(maxlen=MEMORY))
    paragraphs: deque[int] = field(default_factory=lambda: deque(maxlen=MEMORY))

    def add(self, vectors: Tensor, paragraphs: Sequence[int]) -> None:
        self.vectors.extend(vectors.detach())
        self.paragraphs.extend(paragraphs)


@dataclass(frozen=True, slots=True)
class Contrast:
    """One batch of questions and positives; ``paragraphs`` numbers where each positive comes from."""

    kind: str
    student: Student
    questions: Sequence[str]
    positives: Sequence[str]
    paragraphs: Sequence[int]
    longest: int
    memory: Memory

    def __call__(self) -> Tensor:
        asked = self.student.embed(self.questions, LONGEST_QUESTION)
        found = self.student.embed(self.positives, self.longest)
        loss = contrastive_loss(asked, found, self.paragraphs, self.memory)
        self.memory.add(found, self.paragraphs)
        return loss


def contrastive_loss(asked: Tensor, found: Tensor, paragraphs: Sequence[int], memory: Memory) -> Tensor:
    """Each question against all passages (n and those remembered), each passage against all questions.

    Another part of the question's own paragraph is neither right nor wrong and is left out.
    """
    others = found
    known = [*paragraphs, *memory.paragraphs]
    if memory.vectors:
        others = torch.cat([found, torch.stack(list(memory.vectors))])
    own = torch.tensor(paragraphs)[:, None] == torch.tensor(known)[None]
    target = torch.arange(len(asked))
    own[target, target] = False
    scores = (asked @ others.T * SCALE).masked_fill(own, -1e4)
    back = (found @ asked.T * SCALE).masked_fill(own[:, : len(asked)], -1e4)
    return (cross_entropy(scores, target) + 0.5 * cross_entropy(back, target)) / 1.5


def retrieval_batches(
    student: Student,
    pools: Sequence[Pool],
    switch: Callable[[str, random.Random], str],
    switched: float,
    seed: int,
) -> Iterator[Contrast]:
    """Endless; the same for the same seed. ``switched`` is the share of the questions that ``switch`` is given."""
    rng = random.Random(seed)
    draws = [_clusters(pool, rng) for pool in pools]
    memories = {(number, kind): Memory() for number in range(len(pools)) for kind in SHAPES}
    while True:
        number = rng.choices(range(len(pools)), [pool.weight for pool in pools])[0]
        kind = rng.choices(list(SHAPES), [share for share, _, _ in SHAPES.values()])[0]
        _, size, longest = SHAPES[kind]
        pool = pools[number]
        chosen = [next(draws[number]) for _ in range(size)]
        texts = [switch(q.text, rng) if rng.random() < switched else q.text for q in chosen]
        positives = [positive(kind, pool, q, int(longest * pool.characters), rng) for q in chosen]
        paragraphs = [q.paragraph for q in chosen]
        yield Contrast(kind, student, texts, positives, paragraphs, longest, memories[number, kind])


def _clusters(pool: Pool, rng: random.Random) -> Iterator[Question]:
    """All questions in turn, each followed by questions over paragraphs that BM25 confuses with its own."""
    over: dict[int, list[Question]] = {}
    for question in pool.reading.questions:
        over.setdefault(question.paragraph, []).append(question)
    while True:
        order = list(range(len(pool.hard)))
        rng.shuffle(order)
        for number in order:
            yield pool.reading.questions[number]
            near = [paragraph for paragraph in pool.hard[number] if paragraph in over]
            for paragraph in rng.sample(near, min(CLUSTER - 1, len(near))):
                yield rng.choice(over[paragraph])


def positive(kind: str, pool: Pool, question: Question, longest: int, rng: random.Random) -> str:
    """A text that holds the answer: its sentence, or a window of the paragraph placed at random around it."""
    from rag.text import sentences

    text = pool.reading.paragraphs[question.paragraph]
    if kind == "sentence":
        return next((text[s.start : s.end] for s in sentences(text) if s.start <= question.start < s.end), text)
    if len(text) <= longest:
        return text
    latest = max(0, min(question.start, len(text) - longest))
    earliest = min(latest, max(0, question.end - longest))
    start = rng.randint(earliest, latest)
    return text[start : start + longest]


def across(student: Student, material: Material, seed: int) -> Iterator[Contrast]:
    """A sentence in one language, its neighbourhood in the other: passages must keep what each sentence says."""
    rng = random.Random(seed)
    memory = Memory()
    documents = [pairs for pairs, weight in material.parallel if weight]
    number = 0
    while True:
        questions, positives = [], []
        for _ in range(32):
            pairs = rng.choices(documents, [len(pairs) ** 0.5 for pairs in documents])[0]
            at = rng.randrange(len(pairs))
            around = [pairs[i % len(pairs)] for i in range(at - rng.randint(0, 2), at + rng.randint(1, 3))]
            forward = rng.random() < 0.5
            questions.append(_side(pairs[at], forward))
            positives.append(("" if forward else " ").join(_side(pair, not forward) for pair in around)[:500])
        yield Contrast("across", student, questions, positives, range(number, number + 32), 112, memory)
        number += 32


def _side(pair: Pair, english: bool) -> str:
    return pair.en if english else pair.zh


def mixed(
    retrieval: Iterator[Contrast], crossing: Iterator[Contrast], distilling: Iterator[Distil], seed: int
) -> Iterator[Contrast | Distil]:
    """Half of the steps distil; of the other half one in four crosses the languages."""
    rng = random.Random(seed)
    while True:
        draw = rng.random()
        if draw < 0.5:
            yield next(distilling)
        else:
            yield next(crossing if draw < 0.62 else retrieval)
