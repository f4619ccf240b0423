"""One model from the weights of several that come from one start (model soups, Wortsman et al. 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from rag.training.student import Student


def average(students: Sequence[tuple[Path, float]]) -> Student:
    """Weights are means, weighted by the shares given; the tokenizer is the first one's, which all must share."""
    total = sum(share for _, share in students)
    loaded = [(Student.load(path), share / total) for path, share in students]
    mean = loaded[0][0]
    states = [(student.bert.state_dict(), share) for student, share in loaded]
    mean.bert.load_state_dict({key: _mean([(state[key], share) for state, share in states]) for key in states[0][0]})
    return mean


def _mean(values: Sequence[tuple[torch.Tensor, float]]) -> torch.Tensor:
    if not values[0][0].is_floating_point():
        return values[0][0]
    return torch.stack([value * share for value, share in values]).sum(0)
