"""The student encoder in PyTorch: a BERT body over our tokenizer, mean pooling, unit vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor
from torch.nn.functional import normalize

from rag.training.teacher import load_bert
from rag.training.traditional import read_table

TABLE = Path(__file__).parents[1] / "text" / "traditional.txt"


def simplifier(path: Path = TABLE) -> Callable[[str], str]:
    """Traditional to simplified characters, one to one."""
    table = read_table(path)
    return lambda text: text.translate(table)


class Student:
    """Weights and tokenizer; ``embed`` is differentiable. Without dropout: the targets are exact."""

    dropout = False

    def __init__(self, bert: Any, tokenizer: Any) -> None:
        self.bert = bert
        self.tokenizer = tokenizer
        self.simplify = simplifier()

    @classmethod
    def load(cls, folder: Path) -> Self:
        from tokenizers import Tokenizer

        return cls(load_bert(folder), Tokenizer.from_file(str(folder / "tokenizer.json")))

    def parts(self) -> dict[str, torch.nn.Module]:
        """All that is trained, by name."""
        return {"bert": self.bert}

    def state(self) -> dict[str, dict[str, Tensor]]:
        """The weights of every part, for a checkpoint."""
        return {name: part.state_dict() for name, part in self.parts().items()}

    def restore(self, state: Mapping[str, Mapping[str, Tensor]]) -> None:
        """Take over what ``state`` gave."""
        for name, part in self.parts().items():
            part.load_state_dict(state[name])

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.bert.save_pretrained(str(folder))
        self.tokenizer.save(str(folder / "tokenizer.json"), pretty=False)

    def embed(self, texts: Sequence[str], longest: int) -> Tensor:
        """Unit vectors (n, d) of the first ``longest`` tokens of each text."""
        self.tokenizer.enable_truncation(longest)
        encoded = self.tokenizer.encode_batch([self.simplify(text) for text in texts])
        return pooled(self.bert, [item.ids for item in encoded])

    def groups(self, vectors_rate: float, body_rate: float) -> list[dict[str, Any]]:
        """Parameter groups for an optimizer: the word vectors learn faster than the pretrained body."""
        named = list(self.bert.named_parameters())
        vectors = [p for name, p in named if "word_embeddings" in name]
        body = [p for name, p in named if "word_embeddings" not in name]
        return [{"params": vectors, "peak": vectors_rate, "lr": 0.0}, {"params": body, "peak": body_rate, "lr": 0.0}]


def half_width() -> Any:
    """A context of bfloat16 where the processor multiplies it (2.5 times faster there), of float32 elsewhere."""
    able = torch.cpu.get_capabilities()
    return torch.autocast(
        "cpu", dtype=torch.bfloat16, enabled=able.get("avx512_bf16", False) or able.get("amx_bf16", False)
    )


def pooled(bert: Any, ids: Sequence[Sequence[int]]) -> Tensor:
    """Normalised mean of the last layer (n, d), float32."""
    width = max(map(len, ids))
    padded = torch.tensor([[*row, *[0] * (width - len(row))] for row in ids])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in ids])
    with half_width():
        hidden = bert(input_ids=padded, attention_mask=mask).last_hidden_state
    summed = (hidden.float() * mask[..., None]).sum(1)
    return normalize(summed / mask.sum(1, keepdim=True), dim=-1)


class Teacher:
    """The English encoder; remembers the vectors of texts it has seen, as float16."""

    def __init__(self, bert: Any, wordpiece: Any, longest: int = 128) -> None:
        self._bert = bert
        self._wordpiece = wordpiece
        self._wordpiece.enable_truncation(longest)
        self._seen: dict[str, Tensor] = {}

    def embed(self, texts: Sequence[str], *, remember: bool = True) -> Tensor:
        """Unit vectors (n, d), without gradient."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._seen]
        fresh = {text: vector.half() for text, vector in zip(missing, self._encode(missing), strict=True)}
        if remember:
            self._seen.update(fresh)
        return torch.stack([fresh[text] if text in fresh else self._seen[text] for text in texts]).float()

    def _encode(self, texts: Sequence[str]) -> Tensor | list[Tensor]:
        if not texts:
            return []
        with torch.inference_mode():
            vectors = pooled(self._bert, [item.ids for item in self._wordpiece.encode_batch(list(texts))])
        return vectors.clone()
