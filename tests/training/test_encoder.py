from __future__ import annotations

from pathlib import Path

import pytest
import torch

from rag.training import encoder as module
from rag.training.blend import blend
from rag.training.encoder import Encoder

TEXTS = ["汽车", "天气很好。学校是新的。", "我爱红色"]


def test_the_states_of_a_text_do_not_depend_on_the_others(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    encodings = encoder.tokenize("query: ", TEXTS, 40)
    together = encoder.states(encodings)
    assert [len(states) for states in together] == [len(encoding.ids) for encoding in encodings]
    monkeypatch.setattr(module, "TOKENS_AT_ONCE", 1)
    for one, other in zip(encoder.states(encodings), together, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)


def test_a_long_text_is_cut_and_its_last_mark_kept(encoder: Encoder) -> None:
    [encoding] = encoder.tokenize("query: ", ["汽车" * 50], 20)
    assert (len(encoding.ids), encoding.tokens[0], encoding.tokens[-1]) == (20, "<s>", "</s>")


def test_traditional_characters_are_read_as_simplified_ones(encoder: Encoder) -> None:
    one, other = encoder.tokenize("passage: ", ["汽車展覽", "汽车展览"], 40)
    assert one.ids == other.ids


def test_all_weights_are_trained_but_word_embeddings(encoder: Encoder) -> None:
    names = {name for name, _ in encoder.bert.named_parameters()}
    assert names - encoder.trained().keys() == {"embeddings.word_embeddings.weight"}
    encoder.states(encoder.tokenize("query: ", TEXTS, 40))[0][0, 0].backward()
    assert encoder.bert.embeddings.word_embeddings.weight.grad is None
    assert encoder.bert.encoder.layer[0].output.dense.weight.grad.abs().sum() > 0


def test_what_is_saved_and_restored_is_the_same_encoder(encoder: Encoder, tmp_path: Path) -> None:
    encoder.save(tmp_path / "saved")
    loaded = Encoder.load(tmp_path / "saved")
    weights = {name: weight.detach().clone() for name, weight in encoder.trained().items()}
    with torch.no_grad():
        for weight in encoder.trained().values():
            weight.zero_()
    encoder.restore(weights)
    texts = ["query: ", TEXTS, 40]
    for one, other in zip(
        loaded.states(loaded.tokenize(*texts)), encoder.states(encoder.tokenize(*texts)), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-5)


def test_half_way_between_two_encoders(encoder: Encoder, tmp_path: Path) -> None:
    encoder.save(tmp_path)
    tuned, start = Encoder.load(tmp_path), Encoder.load(tmp_path)
    name = "encoder.layer.0.output.dense.bias"
    with torch.no_grad():
        tuned.trained()[name].fill_(3.0)
        start.trained()[name].fill_(1.0)
    mixed = blend(tuned, start, 0.25)
    assert set(mixed.trained()[name].tolist()) == {1.5}
    words = "embeddings.word_embeddings.weight"
    assert torch.equal(mixed.bert.state_dict()[words], encoder.bert.state_dict()[words])
