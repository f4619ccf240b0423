"""A run that is stopped and goes on, and what it says about itself."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from rag.errors import ModelError
from rag.training import __main__ as commands
from rag.training import loop
from rag.training.encoder import Encoder
from rag.training.lessons import Batch, Passage
from rag.training.loop import CHECKPOINT, WARM_UP, Log, Plan, train
from rag.training.tune import encode_passages

STEPS = 6


def lessons() -> Iterator[Batch]:
    rng = random.Random(0)
    while True:
        yield Batch("zh", [Passage("", "".join(rng.sample("汽车天气红蓝", 3)), 0)], [])


def pull(encoder: Encoder, stop: int | None = None) -> Callable[[Batch], Tensor]:
    """Pulls passages towards one end of the space; step ``stop`` ends as Ctrl-C would."""
    count = 0

    def objective(batch: Batch) -> Tensor:
        nonlocal count
        count += 1
        if count == stop:
            raise KeyboardInterrupt
        return 1 - encode_passages(encoder, batch).vectors[:, 0].mean()

    return objective


def weights(encoder: Encoder) -> dict[str, Tensor]:
    return {name: weight.detach().clone() for name, weight in encoder.trained().items()}


def test_a_run_that_was_stopped_ends_as_one_that_was_not(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", -1.0)  # a checkpoint after every step
    start = weights(encoder)
    train(encoder, lessons(), pull(encoder), Plan(tmp_path / "whole", STEPS, 0.1))
    whole = weights(encoder)
    assert not torch.equal(whole["encoder.layer.0.output.dense.weight"], start["encoder.layer.0.output.dense.weight"])

    encoder.restore(start)
    with pytest.raises(KeyboardInterrupt):
        train(encoder, lessons(), pull(encoder, stop=4), Plan(tmp_path / "stopped", STEPS, 0.1))
    assert torch.load(tmp_path / "stopped" / CHECKPOINT, weights_only=True)["step"] == 3
    assert not (tmp_path / "stopped" / "tokenizer.json").exists()

    encoder.restore(start)
    train(encoder, lessons(), pull(encoder), Plan(tmp_path / "stopped", STEPS, 0.1, resume=True))
    for again in (weights(encoder), weights(Encoder.load(tmp_path / "stopped"))):
        for name, weight in whole.items():
            torch.testing.assert_close(again[name], weight, rtol=0, atol=0)


def test_the_rate_rises_and_falls_in_straight_lines() -> None:
    plan = Plan(Path(), 1000, 2e-4)
    assert plan.rate_at(0) == pytest.approx(2e-4 / WARM_UP)
    assert plan.rate_at(500) == pytest.approx(1e-4)
    assert plan.rate_at(999) == pytest.approx(2e-4 * 0.02)
    assert max(map(plan.rate_at, range(1000))) < 2e-4


def test_there_must_be_something_to_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ModelError, match=r"^there is no checkpoint in .*: train without --resume$"):
        Plan(tmp_path, 1, 1e-4, resume=True)
    words = ["rag.training", "tune", "--encoder", "e5", "--data", "d", "--steps", "1", "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", [*words, "--resume"])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"rag.training: there is no checkpoint in {tmp_path}: train without --resume\n"


def test_a_run_says_how_far_it_is(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Losses are smoothed by kind; a resumed run counts its own steps."""
    clock = iter([0.0, 10.0, 60.0])
    monkeypatch.setattr(loop.time, "monotonic", clock.__next__)
    log = Log(steps=30, first=10)
    log.report(15, "zh", 1.0)  # too early for a line
    log.report(20, "zh", 2.0)
    assert capsys.readouterr().err == "step 20 of 30, 1 min left  zh 1.030\n"


def test_the_last_step_is_always_told(encoder: Encoder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train(encoder, lessons(), pull(encoder), Plan(tmp_path, 2, 1e-3))
    assert re.match(r"step 2 of 2, 0 min left  zh \d\.\d{3}\n", capsys.readouterr().err)
