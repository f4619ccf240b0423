"""From trained weights to the folder that ships: int8 ONNX weights, tokenizer, and a name made of their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from rag.embedding.onnx import MODEL, SETTINGS, TOKENIZER
from rag.training.graph import Bert, FloatArray, encoder_graph
from rag.training.student import Student

LONGEST = 256
#: The graph joins query, key and value.
JOINED = ("attention.self.query", "qkv")
MODULES = [{"idx": 0, "name": "0", "path": "", "type": "rag.embedding.module.OnnxModule"}]
SENTENCE_TRANSFORMERS = {"similarity_fn_name": "cosine", "prompts": {"query": "", "document": ""}}


def export(student: Student, out: Path, name: str, window: int, bits: int, texts: Sequence[str] = ()) -> None:
    """``bits``: 8, 7 (for processors without VNNI, where products of 8 bits may overflow), or 32.

    The activations of ``texts`` say which channels to smooth.
    """
    out.mkdir(parents=True, exist_ok=True)
    config = student.bert.config
    weights = {key: value.detach().float().numpy() for key, value in student.bert.named_parameters()}
    bert = Bert(
        weights, config.num_attention_heads, config.num_hidden_layers, config.layer_norm_eps, peaks(student, texts)
    )
    (out / MODEL).write_bytes(encoder_graph(bert, bits).SerializeToString())
    student.tokenizer.no_truncation()
    student.tokenizer.no_padding()
    student.tokenizer.save(str(out / TOKENIZER), pretty=False)
    settings = {"name": name, "revision": revision(out), "dimension": config.hidden_size, "window": window}
    _write(out / SETTINGS, settings)
    _write(out / "modules.json", MODULES)
    _write(out / "config_sentence_transformers.json", SENTENCE_TRANSFORMERS)


def peaks(student: Student, texts: Sequence[str]) -> dict[str, FloatArray]:
    """The largest magnitude in each input channel of every dense layer; layers that read the same input share it."""
    import torch

    found: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Callable[[torch.nn.Module, tuple[torch.Tensor, ...]], None]:
        def look(_: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            seen = inputs[0].detach().float().abs().flatten(0, -2).amax(0)
            found[name] = torch.maximum(found[name], seen) if name in found else seen

        return look

    layers = [(n, m) for n, m in student.bert.named_modules() if isinstance(m, torch.nn.Linear)]
    hooks = [layer.register_forward_pre_hook(watch(name.replace(*JOINED))) for name, layer in layers]
    with torch.no_grad():
        for text in texts:  # one by one: padding would be seen too
            student.embed([text], LONGEST)
    for hook in hooks:
        hook.remove()
    return {name: seen.numpy() for name, seen in found.items()}


def revision(folder: Path) -> str:
    """Twelve hexadecimal digits of the SHA-256 over weights and tokenizer."""
    digest = hashlib.sha256()
    for name in (MODEL, TOKENIZER):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:12]


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
