"""The model that ships: what its vectors must be, whatever weights are in the folder."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rag.embedding import Embedder, load_embedder
from rag.embedding.load import BUNDLED, MODELS
from rag.embedding.onnx import OnnxEmbedder
from rag.errors import ModelError
from rag.text import sentences
from rag.training.export import revision
from rag.types import Span

BASE = MODELS / "base"
TEXTS = [
    "2018年,新能源汽车开始出现在巡展车队中。",
    "What is the weather like in Changzhou today?",
    "",
    " \n\u3000",
    "🙂🙂",
    "ß Ω Ж ñ",
    "手塚治虫(てづかおさむ)はアニメーターです。",
    "3.7万人",
]
PASSAGE = "汽车展开幕\n6月1日,汽车展在体育馆开幕。近百辆汽车参展。医院在同一天搬到了新址。"


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    bundled = load_embedder()
    assert isinstance(bundled, OnnxEmbedder)
    return bundled


def cosine(embedder: Embedder, left: str, right: str) -> float:
    a, b = embedder.encode_passages([left, right])
    return float(a @ b)


def test_rows_are_unit_float32(embedder):
    rows = embedder.encode_passages(TEXTS)
    assert (rows.shape, rows.dtype) == ((len(TEXTS), embedder.dimension), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_no_texts(embedder):
    assert embedder.encode_queries([]).shape == embedder.encode_passages([]).shape == (0, embedder.dimension)
    assert embedder.encode_sentences([], []) == []


def test_a_vector_does_not_depend_on_its_neighbours(embedder):
    together = embedder.encode_passages(TEXTS + [text * 40 for text in TEXTS])
    alone = np.stack([embedder.encode_passages([text])[0] for text in TEXTS])
    assert (together[: len(TEXTS)] == alone).all()
    assert (embedder.encode_passages(TEXTS[::-1])[::-1] == alone).all()


def test_threads_share_one_embedder(embedder):
    expected = embedder.encode_passages(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(lambda _: embedder.encode_passages(TEXTS), range(8)):
            assert (rows == expected).all()


def test_questions_and_passages_have_prefixes_of_their_own(embedder):
    question, passage = embedder.encode_queries(["汽车展"])[0], embedder.encode_passages(["汽车展"])[0]
    assert not np.allclose(question, passage)
    assert (embedder.encode("query: ", ["汽车展"])[0] == question).all()


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("經濟發展與電動車", "经济发展与电动车"), ("臺灣的圖書館裏", "台湾的图书馆里"), ("２０２４年", "2024年")],
)
def test_script_and_width_do_not_matter(embedder, traditional, simplified):
    assert cosine(embedder, traditional, simplified) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        ("今天天气怎么样?", "It is sunny today.", "The bridge was built in 1932."),
        ("How many students does the school have?", "学校有九百名学生。", "这家商店卖汽车。"),
        ("¿Cuándo se inauguró la biblioteca?", "图书馆于1987年开馆。", "医院有三百张病床。"),
        ("Wann wurde die Brücke gebaut?", "这座桥建于1932年。", "学校有九百名学生。"),
        ("市长是谁?", "市長は田中さんです。", "橋は1932年に建てられました。"),
    ],
)
def test_a_question_is_nearer_to_its_answer_across_languages(embedder, question, answer, other):
    asked = embedder.encode_queries([question])[0]
    near, far = embedder.encode_passages([answer, other]) @ asked
    assert near > far


@pytest.mark.parametrize(
    ("text", "same", "other"),
    [
        ("这座桥长5公里", "这座桥长5km", "这座桥长5kg"),
        ("贝多芬出生在波恩", "Beethoven was born in Bonn", "Mozart was born in Bonn"),
    ],
)
def test_mixed_text_units_and_names_keep_their_meaning(embedder, text, same, other):
    """The other text differs in nothing else."""
    assert cosine(embedder, text, same) > cosine(embedder, text, other)


def test_sentence_vectors_are_pooled_from_the_passage(embedder):
    body = PASSAGE.index("6月")
    spans = [Span(span.start + body, span.end + body) for span in sentences(PASSAGE[body:])]
    (rows,) = embedder.encode_sentences([PASSAGE], [spans])
    assert rows.shape == (1 + 3, embedder.dimension)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert (rows[0] == embedder.encode_passages([PASSAGE])[0]).all()
    asked = embedder.encode_queries(["有多少辆车参展?", "医院什么时候搬的?"])
    assert (asked @ rows[1:].T).argmax(axis=1).tolist() == [1, 2]


def test_a_sentence_without_tokens_has_the_vector_of_its_passage(embedder):
    (rows,) = embedder.encode_sentences(["好。"], [[Span(0, 2), Span(7, 8)]])
    np.testing.assert_allclose(rows[2], rows[0], atol=1e-6)


def test_nothing_of_a_long_text_is_cut(embedder):
    long = "全区经济运行分析会召开,加快发展新质生产力。" * 60
    end = len(long)
    text = long + "医生在医院里治疗病人和老人。"
    (rows,) = embedder.encode_sentences([text], [[Span(0, 22), Span(end, len(text))]])
    first, last = rows[1:] @ embedder.encode_queries(["谁在医院里治疗病人?"])[0]
    assert last > first


def test_a_long_text_is_the_mean_of_its_parts(embedder):
    short = "汽车展览在体育馆。"
    states = embedder._loaded().run("passage: ", short * 120)
    tokens = len(embedder._loaded().tokenizer.encode("passage: " + short * 120).ids)
    assert len(states.states) == tokens > embedder.settings.window
    assert states.characters[-2].tolist() == [len(short) * 120 - 1, len(short) * 120]
    np.testing.assert_allclose(states.mean, states.states.mean(axis=0), atol=1e-6)


def test_lone_surrogates_are_replaced(embedder):
    assert cosine(embedder, "好\ud83d的", "好\ufffd的") == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("text", ["한국어", "佢哋嘅", "ไทย", "हिन्दी", "العربية", "Ελληνικά", "čeština"])
def test_no_script_is_unknown(embedder, text):
    tokenizer = embedder._loaded().tokenizer
    assert tokenizer.token_to_id("<unk>") not in tokenizer.encode(text).ids


def test_the_name_is_the_content():
    files = [MODELS / BUNDLED / "model.onnx", BASE / "tokenizer.json", BASE / "words.npy"]
    assert load_embedder().name == f"{BUNDLED}@{revision(files)}"
    assert load_embedder(BUNDLED).name == load_embedder().name == load_embedder(str(MODELS / BUNDLED)).name


def test_the_name_of_the_replaced_model_says_what_to_do():
    with pytest.raises(ModelError, match=r"wenbao-mini was replaced by wenbao-small: leave out --model$"):
        load_embedder("wenbao-mini")


def test_no_file_is_larger_than_sixty_megabytes():
    sizes = [path.stat().st_size for path in MODELS.rglob("*") if path.is_file()]
    assert max(sizes) < 60_000_000
    assert sum(sizes) < 125_000_000


def test_torch_is_not_imported():
    code = (
        "import sys; from rag.embedding import load_embedder; load_embedder().encode_queries(['新']);"
        "print({'torch', 'transformers', 'sentence_transformers', 'rag.training'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_damaged_folders_say_what_to_do(tmp_path):
    with pytest.raises(ModelError, match=r"reinstall wenbao$"):
        OnnxEmbedder(tmp_path)
    settings = {"name": "x", "revision": "y", "dimension": 2, "window": 8, "base": "."}
    (tmp_path / "wenbao.json").write_text(json.dumps(settings))
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(ModelError, match=r"tokenizer\.json cannot be loaded .*reinstall wenbao$"):
        OnnxEmbedder(tmp_path).encode_queries(["a"])
    (tmp_path / "tokenizer.json").write_bytes((BASE / "tokenizer.json").read_bytes())
    with pytest.raises(ModelError, match=r"words\.npy cannot be loaded .*reinstall wenbao$"):
        OnnxEmbedder(tmp_path).encode_queries(["a"])
    np.save(tmp_path / "words.npy", np.zeros((4, 2), np.float32))
    with pytest.raises(ModelError, match=r"words\.npy holds no word embeddings: reinstall wenbao$"):
        OnnxEmbedder(tmp_path).encode_queries(["a"])
    np.save(tmp_path / "words.npy", np.zeros((4, 1, 18), np.uint8))
    (tmp_path / "model.onnx").write_bytes(b"garbage")
    with pytest.raises(ModelError, match=r"model\.onnx cannot be loaded .*reinstall wenbao$"):
        OnnxEmbedder(tmp_path).encode_queries(["a"])


def test_a_question_asked_again_has_the_same_vector_and_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = OnnxEmbedder(MODELS / BUNDLED)
    first = fresh.encode_queries(["汽车展", "医院", "汽车展"])
    np.testing.assert_array_equal(first[0], first[2])
    run: list[str] = []
    monkeypatch.setattr(OnnxEmbedder, "encode", lambda self, _, texts: run.extend(texts) or np.zeros((len(texts), 384)))
    np.testing.assert_array_equal(fresh.encode_queries(["医院", "汽车展"]), first[1::-1])
    assert run == []
