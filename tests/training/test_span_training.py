"""The reader's loss by hand, a few steps of training, and the exported graph against PyTorch."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from rag.reader.span_model import FIT, LONGEST_ANSWER
from rag.training import span_reader
from rag.training.encoder import Encoder
from rag.training.export import export_reader
from rag.training.span_reader import ReaderObjective, SpanReader, _loss, encode, span_logits, token_span
from rag.training.windows import Group, ReaderBatch, Window
from rag.types import Span

SHOW = Window("车展", "学校是新的。车展100。", ((Span(8, 11),),))
OTHER = Window("", "天气很好。")
GROUP = Group("车展?", "", (SHOW, OTHER))


@pytest.fixture
def reader(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> SpanReader:
    monkeypatch.setattr(span_reader, "FROZEN", 0)
    torch.manual_seed(0)
    return SpanReader(encoder, nn.Linear(32, 2 + 2 * FIT))


def values(begin: list[float], end: list[float]) -> torch.Tensor:
    rows = torch.zeros(len(begin) + 1, 2 + 2 * FIT)
    rows[1:, 0], rows[1:, 1] = torch.tensor(begin), torch.tensor(end)
    return rows


def offsets(*starts: int) -> np.ndarray:
    return np.array([[start, start + 1] for start in starts])


def test_logits_are_by_first_token_and_length() -> None:
    banded, skipped = span_logits(values([1, 2, 3], [10, 20, 30]), 1, offsets(0, 1, 2))
    assert (skipped, tuple(banded.shape)) == (0, (3, LONGEST_ANSWER))
    assert banded[0, :3].tolist() == [11, 21, 31]
    assert banded[2, 0].item() == 33
    assert banded[2, 1].item() == span_reader.DROPPED


def test_the_headline_is_skipped() -> None:
    banded, skipped = span_logits(values([9, 1, 2], [9, 3, 4]), 1, offsets(-2, 0, 1))
    assert (skipped, len(banded)) == (1, 2)
    assert banded[0, :2].tolist() == [4, 5]


def test_a_span_of_characters_is_one_of_tokens() -> None:
    places = np.array([[0, 2], [2, 5], [5, 6]])
    assert token_span(places, Span(1, 4)) == (0, 1)
    assert token_span(places, Span(5, 6)) == (2, 2)
    assert token_span(places, Span(5, 9)) is None


def test_all_windows_and_no_answer_share_one_softmax() -> None:
    """Three spans of logit 0 in the one window, one in the other, and no answer: a fifth each."""
    window, other = Window("", "甲乙", ((Span(0, 1),),)), Window("", "丙")
    read = [(values([0, 0], [0, 0]), 1, offsets(0, 1)), (values([0], [0]), 1, offsets(0))]
    assert _loss(Group("?", "", (window, other)), read).item() == pytest.approx(math.log(5), abs=1e-4)
    none = Group("?", "", (Window("", "甲乙"), other))
    assert _loss(none, read).item() == pytest.approx(math.log(5), abs=1e-4)


def test_items_of_a_list_are_wanted_alike_and_alternatives_together() -> None:
    read = [(values([0, 2], [0, 0]), 1, offsets(0, 1))]
    total = math.log(1 + 1 + math.exp(2) + 1)
    listed = Group("?", "", (Window("", "甲乙", ((Span(0, 1),), (Span(1, 2),))),))
    assert _loss(listed, read).item() == pytest.approx(total - 1, abs=1e-4)
    either = Group("?", "", (Window("", "甲乙", ((Span(0, 1), Span(1, 2)),)),))
    assert _loss(either, read).item() == pytest.approx(total - math.log(1 + math.exp(2)), abs=1e-4)


def test_a_few_steps_teach_it(reader: SpanReader) -> None:
    objective, batch = ReaderObjective(reader), ReaderBatch("toy", [GROUP, Group("天气?", "", (OTHER,))])
    optimizer = torch.optim.AdamW(reader.trained().values(), lr=3e-3)
    losses = []
    for _ in range(25):
        loss = objective(batch)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < losses[0] / 3


def test_the_saved_reader_is_loaded_with_its_head(reader: SpanReader, tmp_path: Path) -> None:
    reader.save(tmp_path)
    again = SpanReader.load(tmp_path)
    for name, weight in reader.trained().items():
        torch.testing.assert_close(again.trained()[name], weight)
    assert set(reader.rates()) == {"head.weight", "head.bias"}


def test_the_exported_graph_gives_what_pytorch_gives(reader: SpanReader, tmp_path: Path) -> None:
    import onnxruntime

    base = tmp_path / "base"
    base.mkdir()
    for name in ("tokenizer.json", "words.npy"):
        (base / name).write_bytes(b"x")
    export_reader(reader, base, tmp_path / "out", name="toy", bits=32, groups=[GROUP])
    ids, _, _ = encode(reader.encoder.tokenizer, GROUP, SHOW)
    words = reader.encoder.bert.embeddings.word_embeddings.weight.detach()[torch.tensor(ids)].numpy()
    session = onnxruntime.InferenceSession(str(tmp_path / "out" / "model.onnx"), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        expected = reader.outputs([ids])[0].numpy()
    np.testing.assert_allclose(session.run(None, {"words": words[None]})[0][0], expected, atol=1e-3)
    settings = json.loads((tmp_path / "out" / "wenbao.json").read_text(encoding="utf-8"))
    assert (settings["name"], settings["base"], settings["window"]) == ("toy", "../base", 512)
