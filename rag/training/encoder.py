"""The encoder in PyTorch: a BERT model, its tokenizer, and token states for texts of different lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from rag.embedding.text import model_input

#: Tokens in one forward pass, padding included: large enough to keep the cores busy, small enough for their cache.
TOKENS_AT_ONCE = 2048
PADDING_ID = 1


class Encoder:
    """Weights and tokenizer of a ``transformers`` folder; ``states`` is differentiable, without dropout.

    Word embeddings are never trained: they are most of the weights, and languages that the training data lack need
    them as they are.
    """

    def __init__(self, bert: Any, tokenizer: Any) -> None:
        self.bert = bert.eval()
        self.bert.embeddings.word_embeddings.weight.requires_grad_(requires_grad=False)
        self.tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path) -> Encoder:
        from tokenizers import Tokenizer
        from transformers import BertModel

        # In bfloat16 on a CPU, plain attention is faster than PyTorch's fused one.
        bert = BertModel.from_pretrained(str(folder), add_pooling_layer=False, attn_implementation="eager")
        return cls(bert, Tokenizer.from_file(str(folder / "tokenizer.json")))

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.tokenizer.no_truncation()
        self.bert.save_pretrained(str(folder))
        self.tokenizer.save(str(folder / "tokenizer.json"), pretty=False)

    def trained(self) -> dict[str, Tensor]:
        """The weights that training changes, by name."""
        return {name: weight for name, weight in self.bert.named_parameters() if weight.requires_grad}

    def rates(self) -> dict[str, float]:
        """All weights learn at the same rate."""
        return {}

    def restore(self, weights: Mapping[str, Tensor]) -> None:
        """Take over the weights that ``trained`` gave."""
        self.bert.load_state_dict(weights, strict=False)

    def tokenize(self, prefix: str, texts: Sequence[str], longest: int) -> list[Any]:
        """One ``tokenizers.Encoding`` a text, of at most ``longest`` tokens; its offsets count the prefix too."""
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(longest)
        encodings: list[Any] = self.tokenizer.encode_batch([model_input(prefix, text) for text in texts])
        return encodings

    def states(self, encodings: Sequence[Any]) -> list[Tensor]:
        """The last layer's states of each text, (tokens, d) in float32; texts of like length are run together."""
        states: list[Tensor] = [torch.empty(0)] * len(encodings)
        order = sorted(range(len(encodings)), key=lambda number: len(encodings[number].ids))
        while order:
            longest = len(encodings[order[-1]].ids)
            batch = order[-max(1, TOKENS_AT_ONCE // longest) :]
            del order[-len(batch) :]
            rows = [encodings[number].ids for number in batch]
            for number, state in zip(batch, self._run(rows, longest), strict=True):
                states[number] = state[: len(encodings[number].ids)]
        return states

    def _run(self, rows: Sequence[Sequence[int]], width: int) -> Tensor:
        ids = torch.tensor([[*row, *[PADDING_ID] * (width - len(row))] for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        with half_width():
            hidden: Tensor = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        return hidden.float()


def half_width() -> Any:
    """A context of bfloat16 where the processor multiplies it (2.5 times faster there), of float32 elsewhere."""
    able = torch.cpu.get_capabilities()
    return torch.autocast(
        "cpu", dtype=torch.bfloat16, enabled=able.get("avx512_bf16", False) or able.get("amx_bf16", False)
    )
