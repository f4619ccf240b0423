"""From trained weights to the folder that ships: int8 ONNX weights, tokenizer, and a name made of their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rag.embedding.runtime import MODEL, SETTINGS, TOKENIZER
from rag.training.graph import Bert, FloatArray, encoder_graph, pointer_graph
from rag.training.reader import SpanStudent
from rag.training.reader_data import LENGTHS, LONGEST_QUESTION, Window
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
    bert = _bert(student, [partial(student.embed, [text], LONGEST) for text in texts])
    _write_model(student, out, encoder_graph(bert, bits))
    settings = {"name": name, "revision": revision(out), "dimension": student.bert.config.hidden_size, "window": window}
    _write(out / SETTINGS, settings)
    _write(out / "modules.json", MODULES)
    _write(out / "config_sentence_transformers.json", SENTENCE_TRANSFORMERS)


def export_reader(student: SpanStudent, out: Path, name: str, bits: int, windows: Sequence[Window] = ()) -> None:
    """As ``export``; the activations of ``windows`` say which channels to smooth."""
    bert = _bert(student, [partial(student.logits, [window]) for window in windows])
    head = tuple(value.detach().float().numpy() for value in (student.head.weight, student.head.bias))
    _write_model(student, out, pointer_graph(bert, (head[0], head[1]), bits))
    _write(
        out / SETTINGS, {"name": name, "revision": revision(out), "window": LENGTHS[1], "question": LONGEST_QUESTION}
    )


def _bert(student: Student, runs: Sequence[Callable[[], object]]) -> Bert:
    config = student.bert.config
    weights = {key: value.detach().float().numpy() for key, value in student.bert.named_parameters()}
    found = peaks(student, runs)
    return Bert(weights, config.num_attention_heads, config.num_hidden_layers, config.layer_norm_eps, found)


def _write_model(student: Student, out: Path, graph: Any) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / MODEL).write_bytes(graph.SerializeToString())
    student.tokenizer.no_truncation()
    student.tokenizer.no_padding()
    student.tokenizer.save(str(out / TOKENIZER), pretty=False)


def peaks(student: Student, runs: Sequence[Callable[[], object]]) -> dict[str, FloatArray]:
    """The largest magnitude in each input channel of every dense layer over ``runs``, each of one text.

    Layers that read the same input share it.
    """
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
        for run in runs:
            run()
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
