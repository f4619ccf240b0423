"""One model from the weights of several that come from one start (model soups, Wortsman et al. 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from rag.training.reader import HEAD, SpanStudent
from rag.training.student import Student


def average(students: Sequence[tuple[Path, float]]) -> Student:
    """Weights are means, weighted by the shares given; the tokenizer is the first one's, which all must share.

    Readers, all of them, make a reader.
    """
    total = sum(share for _, share in students)
    loaded = [(_loaded(path), share / total) for path, share in students]
    mean = loaded[0][0]
    for of in (_body, _head):
        states = [(part.state_dict(), share) for student, share in loaded for part in of(student)]
        for part in of(mean):
            part.load_state_dict({key: _mean([(state[key], share) for state, share in states]) for key in states[0][0]})
    return mean


def _loaded(path: Path) -> Student:
    return SpanStudent.trained(path) if (path / HEAD).exists() else Student.load(path)


def _body(student: Student) -> list[torch.nn.Module]:
    return [student.bert]


def _head(student: Student) -> list[torch.nn.Module]:
    return [student.head] if isinstance(student, SpanStudent) else []


def _mean(values: Sequence[tuple[torch.Tensor, float]]) -> torch.Tensor:
    if not values[0][0].is_floating_point():
        return values[0][0]
    return torch.stack([value * share for value, share in values]).sum(0)
