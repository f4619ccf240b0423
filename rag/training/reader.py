"""The reader in PyTorch: the encoder with two pointers over question and text (Devlin et al. 2019), and their fit.

First and last token by themselves do not know of each other. So a product of two short vectors, one of each, is added
to their scores (biaffine, Dozat and Manning 2017), and the choice is learnt among all spans at once (Lee et al. 2016).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from rag.training.reader_data import LONGEST_ANSWER, Window
from rag.training.student import Student, half_width

HEAD = "head.pt"
#: Numbers of a token as the first, and as many as the last, whose product says how well two tokens fit.
FIT = 64


class SpanStudent(Student):
    """A student whose last layer also feeds two pointers, one to an answer's first and one to its last token.

    ``head`` gives every token 2 + 2 * FIT numbers: as first, as last, then the vectors that are multiplied.
    """

    dropout = True

    def __init__(self, bert: Any, tokenizer: Any) -> None:
        super().__init__(bert, tokenizer)
        self.head = torch.nn.Linear(bert.config.hidden_size, 2 + 2 * FIT)
        torch.nn.init.normal_(self.head.weight, std=0.02)
        torch.nn.init.zeros_(self.head.bias)
        with torch.no_grad():  # the pointers alone at first
            self.head.weight[2 + FIT :].zero_()
        for layer in bert.encoder.layer:  # the fast attention of a CPU has no dropout
            layer.attention.self.dropout.p = 0.0

    def save(self, folder: Path) -> None:
        super().save(folder)
        torch.save(self.head.state_dict(), folder / HEAD)

    def parts(self) -> dict[str, torch.nn.Module]:
        return {**super().parts(), "head": self.head}

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
        """What ``head`` says of every token: (n, longest, 2 + 2 * FIT)."""
        width = max(len(window.ids) for window in windows)
        ids = torch.tensor([[*window.ids, *[0] * (width - len(window.ids))] for window in windows])
        lengths = torch.tensor([len(window.ids) for window in windows])[:, None]
        with half_width():
            hidden = self.bert(
                input_ids=ids,
                attention_mask=(torch.arange(width) < lengths).long(),
                token_type_ids=text(windows).long(),
            ).last_hidden_state
        scores: Tensor = self.head(hidden.float())
        return scores

    def spans(self, windows: Sequence[Window]) -> Tensor:
        """Scores (n, longest, longest) of every span by first and last token.

        Question, padding and what is too long are out of the choice; that there is no answer is the span 0 to 0.
        """
        scores, allowed = self.logits(windows), text(windows)
        first, last = scores[..., 0], scores[..., 1]
        fit = scores[..., 2 : 2 + FIT] @ scores[..., 2 + FIT :].transpose(1, 2)
        near = torch.ones(fit.shape[1:], dtype=torch.bool).triu().tril(LONGEST_ANSWER - 1)
        possible = allowed[:, :, None] & allowed[:, None] & near
        possible[:, 0, 0] = True
        return (first[:, :, None] + last[:, None] + fit).masked_fill(~possible, -1e4)


def text(windows: Sequence[Window]) -> Tensor:
    """Where the text of each window stands (n, longest), not question, marks or padding."""
    places = torch.arange(max(len(window.ids) for window in windows))[None]
    ends = torch.tensor([len(window.ids) - 1 for window in windows])[:, None]
    firsts = torch.tensor([window.first for window in windows])[:, None]
    return (places >= firsts) & (places < ends)


@dataclass(frozen=True, slots=True)
class Pointing:
    """One batch of windows."""

    student: SpanStudent
    windows: Sequence[Window]
    kind: str = "read"

    def __call__(self) -> Tensor:
        scores = self.student.spans(self.windows)
        width = scores.shape[-1]
        spans = torch.tensor([window.start * width + window.end for window in self.windows])
        return cross_entropy(scores.flatten(1), spans) / 2


def steps(student: SpanStudent, batches: Iterator[Sequence[Window]]) -> Iterator[Pointing]:
    for windows in batches:
        yield Pointing(student, windows)
