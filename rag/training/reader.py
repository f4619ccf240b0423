"""The reader in PyTorch: the encoder with two pointers over question and text (Devlin et al. 2019)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from rag.training.reader_data import Window
from rag.training.student import Student, half_width

HEAD = "head.pt"


class SpanStudent(Student):
    """A student whose last layer also feeds two pointers, one to an answer's first and one to its last token."""

    dropout = True

    def __init__(self, bert: Any, tokenizer: Any) -> None:
        super().__init__(bert, tokenizer)
        self.head = torch.nn.Linear(bert.config.hidden_size, 2)
        for layer in bert.encoder.layer:  # the fast attention of a CPU has no dropout
            layer.attention.self.dropout.p = 0.0

    def save(self, folder: Path) -> None:
        super().save(folder)
        torch.save(self.head.state_dict(), folder / HEAD)

    def restore(self, folder: Path) -> None:
        super().restore(folder)
        self.head.load_state_dict(torch.load(folder / HEAD, weights_only=True))

    @classmethod
    def trained(cls, folder: Path) -> Self:
        """What ``save`` wrote."""
        student = cls.load(folder)
        student.head.load_state_dict(torch.load(folder / HEAD, weights_only=True))
        return student

    @classmethod
    def begun(cls, folder: Path) -> Self:
        """A reader to train on, or a new one over a student that has no pointers yet."""
        return cls.trained(folder) if (folder / HEAD).exists() else cls.load(folder)

    def eval(self) -> Self:
        """Without dropout from now on."""
        self.bert.eval()
        return self

    def groups(self, vectors_rate: float, body_rate: float) -> list[dict[str, Any]]:
        head = {"params": list(self.head.parameters()), "peak": 5 * body_rate, "lr": 0.0}
        return [*super().groups(vectors_rate, body_rate), head]

    def logits(self, windows: Sequence[Window]) -> Tensor:
        """Scores (n, longest, 2) of every token as first and as last; question and padding are out of the choice."""
        width = max(len(window.ids) for window in windows)
        ids = torch.tensor([[*window.ids, *[0] * (width - len(window.ids))] for window in windows])
        places = torch.arange(width)[None]
        lengths = torch.tensor([len(window.ids) for window in windows])[:, None]
        firsts = torch.tensor([window.first for window in windows])[:, None]
        text = (places >= firsts) & (places < lengths - 1)
        with half_width():
            hidden = self.bert(
                input_ids=ids, attention_mask=(places < lengths).long(), token_type_ids=text.long()
            ).last_hidden_state
        scores: Tensor = self.head(hidden.float())
        return scores.masked_fill(~(text | (places == 0))[..., None], -1e4)


@dataclass(frozen=True, slots=True)
class Pointing:
    """One batch of windows."""

    student: SpanStudent
    windows: Sequence[Window]
    kind: str = "read"

    def __call__(self) -> Tensor:
        scores = self.student.logits(self.windows)
        starts = torch.tensor([window.start for window in self.windows])
        ends = torch.tensor([window.end for window in self.windows])
        return (cross_entropy(scores[..., 0], starts) + cross_entropy(scores[..., 1], ends)) / 2


def steps(student: SpanStudent, batches: Iterator[Sequence[Window]]) -> Iterator[Pointing]:
    for windows in batches:
        yield Pointing(student, windows)
