"""Other models, through the real library: a tiny one that the test saves, and the MiniLM package where it is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.embedding import load_embedder
from rag.embedding.load import BUNDLED, MODELS
from rag.embedding.sentence_transformer import SentenceTransformerEmbedder
from rag.errors import ModelError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "query", "passage", ":", "red", "car", "blue", "sky", "green", "tree"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers and sixteen dimensions with a window of sixteen tokens and prompts of its own."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(0)
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(vocab_size=len(WORDS), max_position_embeddings=16, **sizes)
    BertModel(config).save_pretrained(folder / "body")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "body")
    body = Transformer(str(folder / "body"), max_seq_length=16)
    model = SentenceTransformer(
        modules=[body, Pooling(16)], prompts={"query": "query: ", "document": "passage: "}, device="cpu"
    )
    model.save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="module")
def embedder(tiny: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(str(tiny))


def test_rows_are_unit_float32(embedder):
    rows = embedder.encode_passages(["red car", "blue sky", ""])
    assert (rows.shape, rows.dtype, embedder.dimension) == ((3, 16), np.float32, 16)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_no_texts(embedder):
    assert embedder.encode_queries([]).shape == embedder.encode_passages([]).shape == (0, 16)


def test_prompts_are_honoured(tiny, embedder):
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(tiny), local_files_only=True, device="cpu")
    wanted = plain.encode(["query: red car", "passage: red car"], prompt="", normalize_embeddings=True)
    got = [embedder.encode_queries(["red car"])[0], embedder.encode_passages(["red car"])[0]]
    np.testing.assert_allclose(got, wanted, atol=1e-6)
    assert float(wanted[0] @ wanted[1]) < 0.9999


def test_a_vector_does_not_depend_on_its_neighbours(embedder):
    texts = ["red car", "blue sky " * 5, "green"]
    alone = np.stack([embedder.encode_passages([text])[0] for text in texts])
    assert (embedder.encode_passages(texts) == alone).all()


def test_a_long_text_is_not_cut(embedder):
    start, end = "red car " * 20, "blue sky " * 20
    whole, head, tail = embedder.encode_passages([start + end, start, end])
    mean = (head + tail) / np.linalg.norm(head + tail)
    assert float(whole @ mean) > 0.95
    assert float(whole @ tail) > float(head @ tail)


def test_lone_surrogates_and_spaces(embedder):
    assert np.isfinite(embedder.encode_queries(["\ud83d red", " \n", "🙂"])).all()


def test_the_name_is_the_content(tiny, embedder, tmp_path):
    import shutil

    copy = shutil.copytree(tiny, tmp_path / tiny.name)
    assert SentenceTransformerEmbedder(str(copy)).name == embedder.name
    (copy / "config_sentence_transformers.json").write_text('{"prompts": {"query": "red "}}')
    assert SentenceTransformerEmbedder(str(copy)).name != embedder.name


def test_e5_gets_the_words_it_expects(tiny, tmp_path):
    import shutil

    copy = shutil.copytree(tiny, tmp_path / "multilingual-e5-small")
    (copy / "config_sentence_transformers.json").write_text("{}")
    e5, own = SentenceTransformerEmbedder(str(copy)), SentenceTransformerEmbedder(str(tiny))
    np.testing.assert_allclose(e5.encode_queries(["red"]), own.encode_queries(["red"]), atol=1e-6)


@pytest.mark.parametrize("name", ["./nowhere", "/a/b/c", "wenbao-tests/no-such-model"])
def test_a_model_that_cannot_be_had(name, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    advice = r"(check the path|check the name, load it once while online, or give a folder)"
    with pytest.raises(ModelError, match=f": {advice}$"):
        load_embedder(name)


def test_a_folder_that_is_no_model(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"check the folder$") as caught:
        load_embedder(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_sentence_transformers_loads_the_bundled_folder():
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(MODELS / BUNDLED), trust_remote_code=True, local_files_only=True, device="cpu")
    texts = ["2018年,新能源汽车开始出现在巡展车队中。", "What is new?", "", "长" * 2000]
    ours = load_embedder().encode_passages(texts)
    cosines = (theirs.encode_document(texts, normalize_embeddings=True) * ours).sum(1)
    assert cosines == pytest.approx(1, abs=1e-5)


def test_the_teacher_through_the_real_loading_code():
    folder = pytest.importorskip("rag.training.teacher").teacher_folder()
    minilm = SentenceTransformerEmbedder(str(folder))
    car, weather, other = minilm.encode_passages(["a new car", "the weather", "a new automobile"])
    assert float(car @ other) > 0.8 > float(car @ weather)
