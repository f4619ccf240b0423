"""Training of the reader: spans of all passages of a question compete with one another and with "no answer".

The logit of a span is that its first token begins an answer, plus that its last token ends one, plus how well the two
fit, plus how likely the window holds an answer at all (read off the mark in front). "No answer" has the logit 0.
One softmax runs over all spans of all windows of a question and "no answer" (Clark and Gardner 2018, "Simple and
Effective Multi-Paragraph Reading Comprehension"). For a list every item has the same share of the target.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rag.embedding.text import PASSAGE, QUERY, model_input
from rag.reader.span_model import FIT, LONGEST_ANSWER, window_ids
from rag.training.encoder import PADDING_ID, Encoder, half_width
from rag.training.windows import Group, ReaderBatch, Window
from rag.types import Span

HEAD = "head.pt"
#: The head is new, so it learns faster than the body.
HEAD_RATE = 6.0
#: Layers at the bottom that are not trained: they hold what languages have in common.
FROZEN = 2
#: Tokens in one forward pass, padding included.
TOKENS_AT_ONCE = 2048
DROPPED = -1e4
LONGEST_WINDOW = 400


class SpanReader:
    """The encoder with a head of one linear layer: (n, d) to (n, 2 + 2 * FIT)."""

    def __init__(self, encoder: Encoder, head: nn.Linear) -> None:
        self.encoder, self.head = encoder, head
        bert = encoder.bert
        for part in (bert.embeddings, *bert.encoder.layer[:FROZEN]):
            part.requires_grad_(requires_grad=False)

    @classmethod
    def load(cls, folder: Path) -> SpanReader:
        """A folder that ``save`` wrote, or an encoder without a head, which gets a new one."""
        encoder = Encoder.load(folder)
        torch.manual_seed(1)
        head = nn.Linear(encoder.bert.config.hidden_size, 2 + 2 * FIT)
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
        if (folder / HEAD).is_file():
            head.load_state_dict(torch.load(folder / HEAD, weights_only=True))
        return cls(encoder, head)

    def save(self, folder: Path) -> None:
        self.encoder.save(folder)
        torch.save(self.head.state_dict(), folder / HEAD)

    def trained(self) -> dict[str, Tensor]:
        head = {f"head.{name}": weight for name, weight in self.head.named_parameters()}
        return {**self.encoder.trained(), **head}

    def rates(self) -> dict[str, float]:
        """By the name of a weight, what its learning rate is multiplied with, where that is not 1."""
        return {f"head.{name}": HEAD_RATE for name, _ in self.head.named_parameters()}

    def restore(self, weights: Mapping[str, Tensor]) -> None:
        with torch.no_grad():
            for name, weight in self.trained().items():
                weight.copy_(weights[name])

    def outputs(self, rows: Sequence[Sequence[int]]) -> list[Tensor]:
        """Of each row of token ids, the head's (n, 2 + 2 * FIT) in float32; differentiable."""
        results: list[Tensor] = [torch.empty(0)] * len(rows)
        order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
        while order:
            longest = len(rows[order[-1]])
            batch = order[-max(1, TOKENS_AT_ONCE // longest) :]
            del order[-len(batch) :]
            ids = torch.tensor([[*rows[n], *[PADDING_ID] * (longest - len(rows[n]))] for n in batch])
            mask = torch.tensor([[1] * len(rows[n]) + [0] * (longest - len(rows[n])) for n in batch])
            with half_width():
                hidden = self.encoder.bert(input_ids=ids, attention_mask=mask).last_hidden_state
            heads = self.head(hidden.float())
            for number, values in zip(batch, heads, strict=True):
                results[number] = values[: len(rows[number])]
        return results


def encode(tokenizer: Any, group: Group, window: Window) -> tuple[list[int], int, np.ndarray[Any, Any]]:
    """Token ids, the number of the passage's first token, and each passage token's characters in the text (n, 2).

    Tokens of the headline have characters below 0.
    """
    asked = tokenizer.encode(model_input(QUERY, group.question), add_special_tokens=False).ids
    context = tokenizer.encode(model_input("", group.context), add_special_tokens=False).ids if group.context else []
    before = f"{window.title}\n" if window.title else ""
    encoding = tokenizer.encode(model_input(PASSAGE, before + window.text), add_special_tokens=False)
    ids, first = window_ids(asked, context, encoding.ids[:LONGEST_WINDOW])
    offsets = np.array(encoding.offsets[:LONGEST_WINDOW], np.int64) - len(PASSAGE) - len(before)
    return ids, first, offsets


def token_span(offsets: np.ndarray[Any, Any], span: Span) -> tuple[int, int] | None:
    """The first and the last token that touch a span of characters; None where it was cut off."""
    touching = np.flatnonzero(
        (offsets[:, 0] < span.end) & (offsets[:, 1] > span.start) & (offsets[:, 1] > offsets[:, 0])
    )
    if not len(touching) or offsets[-1, 1] < span.end:
        return None
    return int(touching[0]), int(touching[-1])


def span_logits(values: Tensor, first: int, offsets: np.ndarray[Any, Any]) -> tuple[Tensor, int]:
    """Logits (n, LONGEST_ANSWER) of spans by first token and length less one, and the first token of the text.

    ``values`` are the head's of one window; impossible spans have the logit ``DROPPED``.
    """
    skipped = int((offsets[:, 1] <= 0).sum())
    own = values[first + skipped : first + len(offsets)]
    n = len(own)
    begin, end, opening, closing = own[:, 0], own[:, 1], own[:, 2 : 2 + FIT], own[:, 2 + FIT :]
    scores = begin[:, None] + end[None] + opening @ closing.T + values[0, 0] + values[0, 1]
    lengths = torch.arange(LONGEST_ANSWER)
    last = torch.arange(n)[:, None] + lengths[None]
    banded = scores.gather(1, last.clamp(max=max(n - 1, 0))) if n else scores.new_empty(0, LONGEST_ANSWER)
    return banded.masked_fill(last >= n, DROPPED), skipped


class ReaderObjective:
    """Turns batches into losses."""

    def __init__(self, reader: SpanReader) -> None:
        self._reader = reader

    def __call__(self, batch: ReaderBatch) -> Tensor:
        tokenizer = self._reader.encoder.tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()
        encoded = [(group, [encode(tokenizer, group, window) for window in group.windows]) for group in batch.groups]
        outputs = iter(self._reader.outputs([ids for _, windows in encoded for ids, _, _ in windows]))
        losses = [_loss(group, [(next(outputs), *window[1:]) for window in windows]) for group, windows in encoded]
        return torch.stack(losses).mean()


def _loss(group: Group, windows: Sequence[tuple[Tensor, int, np.ndarray[Any, Any]]]) -> Tensor:
    """The cross-entropy between the spans to mark, or "no answer", and the model's distribution."""
    logits, targets, before = [], [], 0
    for window, (values, first, offsets) in zip(group.windows, windows, strict=True):
        banded, skipped = span_logits(values, first, offsets)
        for item in window.items:
            places = []
            for span in item:
                tokens = token_span(offsets, span)
                if tokens and tokens[0] >= skipped:
                    length = min(tokens[1] - tokens[0], LONGEST_ANSWER - 1)
                    places.append(before + (tokens[0] - skipped) * LONGEST_ANSWER + length)
            if places:
                targets.append(places)
        logits.append(banded.reshape(-1))
        before += banded.numel()
    everything = torch.cat([*logits, torch.zeros(1)])
    likely = torch.log_softmax(everything, 0)
    if not targets:
        return -likely[-1]
    # The first alternative is the best mark; the others are right as well.
    return -torch.stack([torch.logsumexp(likely[sorted(set(places))], 0) for places in targets]).mean()
