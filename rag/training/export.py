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

    from rag.training.span_reader import SpanReader
    from rag.training.windows import Group

#: The graph joins query, key and value.
JOINED = ("attention.self.query", "qkv")
MODULES = [{"idx": 0, "name": "0", "path": "", "type": "rag.embedding.module.OnnxModule"}]
SENTENCE_TRANSFORMERS = {"similarity_fn_name": "cosine", "prompts": {"query": QUERY, "document": PASSAGE}}


def export(encoder: Encoder, base: Path, out: Path, *, name: str, bits: int, texts: Sequence[str]) -> None:
    """Write the embedder to ``out``; ``base`` has the tokenizer and the word embeddings that it was trained with.

    ``bits`` of the weights: 8, 7 (for processors without VNNI, where sums of products of 8 bits may overflow), or 32
    (float). The activations of ``texts`` say which channels to smooth.
    """
    bert = _bert(encoder, lambda: run_texts(encoder, texts))
    out.mkdir(parents=True, exist_ok=True)
    (out / MODEL).write_bytes(encoder_graph(bert, bits).SerializeToString())
    _write(out / SETTINGS, _settings(base, out, name, bert) | {"dimension": encoder.bert.config.hidden_size})
    _write(out / "modules.json", MODULES)
    _write(out / "config_sentence_transformers.json", SENTENCE_TRANSFORMERS)


def export_base(unpacked: Path, out: Path) -> None:
    """Copy the tokenizer and the word embeddings that all models share."""
    out.mkdir(parents=True, exist_ok=True)
    for name in (TOKENIZER, WORDS):
        shutil.copyfile(unpacked / name, out / name)


def export_reader(reader: SpanReader, base: Path, out: Path, *, name: str, bits: int, groups: Sequence[Group]) -> None:
    """Write the reader to ``out``; the activations of ``groups`` say which channels to smooth."""
    from rag.training.span_reader import encode

    rows = [encode(reader.encoder.tokenizer, group, window)[0] for group in groups for window in group.windows]
    bert = _bert(reader.encoder, lambda: [reader.outputs([row]) for row in rows])
    head = reader.head.weight.detach().numpy(), reader.head.bias.detach().numpy()
    out.mkdir(parents=True, exist_ok=True)
    (out / MODEL).write_bytes(encoder_graph(bert, bits, head).SerializeToString())
    _write(out / SETTINGS, _settings(base, out, name, bert))


def _bert(encoder: Encoder, run: Callable[[], object]) -> Bert:
    """The weights of an encoder with the activations that ``run`` causes."""
    config = encoder.bert.config
    weights = {key: value.detach().float().numpy() for key, value in encoder.bert.named_parameters()}
    return Bert(
        weights, config.num_attention_heads, config.num_hidden_layers, config.layer_norm_eps, peaks(encoder, run)
    )


def _settings(base: Path, out: Path, name: str, bert: Bert) -> dict[str, object]:
    return {
        "name": name,
        "revision": revision([out / MODEL, base / TOKENIZER, base / WORDS]),
        "window": len(bert.weights[PLACES]),
        "base": os.path.relpath(base.resolve(), out.resolve()),
    }


def run_texts(encoder: Encoder, texts: Sequence[str]) -> None:
    """Run texts one by one."""
    for text in texts:
        encoder.states(encoder.tokenize(PASSAGE, [text], encoder.bert.config.max_position_embeddings))


def peaks(encoder: Encoder, run: Callable[[], object]) -> Mapping[str, FloatArray]:
    """The largest magnitude in each input channel of every dense layer while ``run`` runs.

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
        run()
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
