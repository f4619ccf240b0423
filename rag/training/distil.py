"""Distillation across languages (Reimers and Gurevych 2020).

The student's vector of a sentence and of its translation shall be the teacher's vector of the English one:
squared error plus a contrastive term within the batch.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from rag.training.corpora import Pair
from rag.training.student import Student, Teacher

BATCH = 64
LONG_BATCH = 24
CONTRAST = 0.2
SCALE = 20.0
LONGEST = 128
#: How often each kind of batch is drawn.
MIX = {"zh": 0.62, "en": 0.08, "long": 0.13, "words": 0.08, "english": 0.09}


@dataclass(frozen=True, slots=True)
class Material:
    """Sets of parallel sentences with the weight of each, dictionary entries, and English sentences."""

    parallel: Sequence[tuple[Sequence[Pair], float]]
    words: Sequence[Pair]
    english: Sequence[str]


@dataclass(frozen=True, slots=True)
class Distil:
    """One batch: ``texts`` for the student, ``targets`` for the teacher, row by row."""

    kind: str
    student: Student
    teacher: Teacher
    texts: Sequence[str]
    targets: Sequence[str]

    def __call__(self) -> Tensor:
        # Joined texts are never seen twice, so they are not remembered.
        wanted = self.teacher.embed(self.targets, remember=self.kind != "long")
        return distillation_loss(self.student.embed(self.texts, LONGEST), wanted)


def distillation_loss(got: Tensor, wanted: Tensor) -> Tensor:
    """Of unit rows (n, d)."""
    squared = ((got - wanted) ** 2).sum(1).mean()
    return squared + CONTRAST * cross_entropy(got @ wanted.T * SCALE, torch.arange(len(got)))


def sentences(paragraphs: Sequence[str], shortest: int = 20, longest: int = 300) -> list[str]:
    """English sentences, roughly, of a usable length."""
    found = (part.strip() for text in paragraphs for part in re.split(r"(?<=[.!?])\s+(?=[A-Z])", text))
    return [part for part in found if shortest <= len(part) <= longest]


def batches(student: Student, teacher: Teacher, material: Material, seed: int) -> Iterator[Distil]:
    """Endless; the same for the same seed."""
    rng = random.Random(seed)
    pairs = _similar_lengths(material, rng)
    while True:
        kind = rng.choices(list(MIX), list(MIX.values()))[0]
        if kind == "english":
            texts = rng.sample(material.english, min(BATCH, len(material.english)))
            yield Distil(kind, student, teacher, texts, texts)
            continue
        if kind == "words":
            batch = rng.sample(material.words, min(2 * BATCH, len(material.words)))
        elif kind == "long":
            batch = [_joined(material, rng) for _ in range(LONG_BATCH)]
        else:
            batch = next(pairs)
        texts = [pair.en if kind == "en" else pair.zh for pair in batch]
        yield Distil(kind, student, teacher, texts, [pair.en for pair in batch])


def _similar_lengths(material: Material, rng: random.Random) -> Iterator[list[Pair]]:
    """Batches of pairs of about the same length, over all sets by weight, again and again."""
    while True:
        drawn = [pair for pairs, weight in material.parallel for pair in _draw(pairs, weight, rng)]
        rng.shuffle(drawn)
        ready = []
        for start in range(0, len(drawn), BATCH * 40):
            block = sorted(drawn[start : start + BATCH * 40], key=lambda pair: len(pair.zh))
            ready += [block[i : i + BATCH] for i in range(0, len(block), BATCH)]
        rng.shuffle(ready)
        yield from ready


def _draw(pairs: Sequence[Pair], weight: float, rng: random.Random) -> list[Pair]:
    """Each pair ``weight`` times; of a fraction, a sample."""
    whole = int(weight)
    return [*pairs] * whole + rng.sample(pairs, int(len(pairs) * (weight - whole)))


def _joined(material: Material, rng: random.Random, zh_length: int = 200) -> Pair:
    """Neighbouring lines of one set as one long text, so that paragraphs are learnt and not just sentences."""
    pairs = rng.choices([p for p, _ in material.parallel], [len(p) ** 0.5 * w for p, w in material.parallel])[0]
    at = rng.randrange(len(pairs))
    wanted = rng.randint(60, zh_length)
    taken = [pairs[at]]
    while sum(len(pair.zh) for pair in taken) < wanted and len(taken) < 8:
        at += 1
        taken.append(pairs[at % len(pairs)])
    return Pair("".join(pair.zh for pair in taken), " ".join(pair.en for pair in taken))
