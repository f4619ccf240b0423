"""From trained weights to the folders that ship: the base (tokenizer, word embeddings) and the embedder (int8 ONNX)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.embedding.runtime import MODEL, SETTINGS, TOKENIZER, WORDS
from rag.embedding.text import PASSAGE, QUERY
from rag.training.encoder import Encoder
from rag.training.graph import PLACES, Bert, FloatArray, encoder_graph

if TYPE_CHECKING:
    import torch

#: The graph joins query, key and value.
JOINED = ("attention.self.query", "qkv")
MODULES = [{"idx": 0, "name": "0", "path": "", "type": "rag.embedding.module.OnnxModule"}]
SENTENCE_TRANSFORMERS = {"similarity_fn_name": "cosine", "prompts": {"query": QUERY, "document": PASSAGE}}


def export(encoder: Encoder, base: Path, out: Path, *, name: str, bits: int, texts: Sequence[str]) -> None:
    """Write the embedder to ``out``; ``base`` has the tokenizer and the word embeddings that it was trained with.

    ``bits`` of the weights: 8, 7 (for processors without VNNI, where sums of products of 8 bits may overflow), or 32
    (float). The activations of ``texts`` say which channels to smooth.
    """
    config = encoder.bert.config
    weights = {key: value.detach().float().numpy() for key, value in encoder.bert.named_parameters()}
    bert = Bert(
        weights, config.num_attention_heads, config.num_hidden_layers, config.layer_norm_eps, peaks(encoder, texts)
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / MODEL).write_bytes(encoder_graph(bert, bits).SerializeToString())
    settings = {
        "name": name,
        "revision": revision([out / MODEL, base / TOKENIZER, base / WORDS]),
        "dimension": config.hidden_size,
        "window": len(weights[PLACES]),
        "base": os.path.relpath(base.resolve(), out.resolve()),
    }
    _write(out / SETTINGS, settings)
    _write(out / "modules.json", MODULES)
    _write(out / "config_sentence_transformers.json", SENTENCE_TRANSFORMERS)


def export_base(unpacked: Path, out: Path) -> None:
    """Copy the tokenizer and the word embeddings that all models share."""
    out.mkdir(parents=True, exist_ok=True)
    for name in (TOKENIZER, WORDS):
        shutil.copyfile(unpacked / name, out / name)


def peaks(encoder: Encoder, texts: Sequence[str]) -> Mapping[str, FloatArray]:
    """The largest magnitude in each input channel of every dense layer over ``texts``, run one by one.

    Layers that read the same input share it.
    """
    import torch

    largest: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Callable[[torch.nn.Module, tuple[torch.Tensor, ...]], None]:
        def look(_: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            seen = inputs[0].detach().float().abs().flatten(0, -2).amax(0)
            largest[name] = torch.maximum(largest[name], seen) if name in largest else seen

        return look

    layers = [(n, m) for n, m in encoder.bert.named_modules() if isinstance(m, torch.nn.Linear)]
    hooks = [layer.register_forward_pre_hook(watch(name.replace(*JOINED))) for name, layer in layers]
    with torch.no_grad():
        for text in texts:
            encoder.states(encoder.tokenize(PASSAGE, [text], encoder.bert.config.max_position_embeddings))
    for hook in hooks:
        hook.remove()
    return {name: seen.numpy() for name, seen in largest.items()}


def revision(files: Sequence[Path]) -> str:
    """Twelve hexadecimal digits of the SHA-256 over the contents of files."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:12]


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
