"""From trained weights to the folder that ships: int8 ONNX weights, tokenizer, and a name made of their content."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from rag.embedding.onnx import MODEL, SETTINGS, TOKENIZER
from rag.training.graph import Bert, encoder_graph
from rag.training.student import Student

MODULES = [{"idx": 0, "name": "0", "path": "", "type": "rag.embedding.module.OnnxModule"}]
SENTENCE_TRANSFORMERS = {"similarity_fn_name": "cosine", "prompts": {"query": "", "document": ""}}


def export(student: Student, out: Path, name: str, window: int, bits: int) -> None:
    """``bits``: 8, 7 (for processors without VNNI, where products of 8 bits may overflow), or 32."""
    out.mkdir(parents=True, exist_ok=True)
    config = student.bert.config
    weights = {key: value.detach().float().numpy() for key, value in student.bert.named_parameters()}
    bert = Bert(weights, config.num_attention_heads, config.num_hidden_layers, config.layer_norm_eps)
    (out / MODEL).write_bytes(encoder_graph(bert, bits).SerializeToString())
    student.tokenizer.no_truncation()
    student.tokenizer.no_padding()
    student.tokenizer.save(str(out / TOKENIZER), pretty=False)
    settings = {"name": name, "revision": revision(out), "dimension": config.hidden_size, "window": window}
    _write(out / SETTINGS, settings)
    _write(out / "modules.json", MODULES)
    _write(out / "config_sentence_transformers.json", SENTENCE_TRANSFORMERS)


def revision(folder: Path) -> str:
    """Twelve hexadecimal digits of the SHA-256 over weights and tokenizer."""
    digest = hashlib.sha256()
    for name in (MODEL, TOKENIZER):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:12]


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
