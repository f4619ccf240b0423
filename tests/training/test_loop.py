"""A run that is stopped and goes on, and what it says of itself."""

from __future__ import annotations

import io
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from rag.errors import ModelError
from rag.training import __main__ as commands
from rag.training.loop import CHECKPOINT, Averages, Log, Plan, train
from rag.training.student import Student

WORDS = ["[PAD]", "[UNK]", "red", "car", "blue", "sky"]
#: So long that the clock's share of a run is nothing to the last digit, and the steps alone set the learning rate.
FOREVER = 1e12


def student() -> Student:
    """Sixteen dimensions and two layers; always the same."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    bert = BertModel(BertConfig(vocab_size=len(WORDS), **sizes), add_pooling_layer=False).eval()
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return Student(bert, tokenizer)


@dataclass
class Pull:
    """Pulls the vector of a text towards one end of the space; ``stops`` as Ctrl-C would, in the middle of a step."""

    student: Student
    text: str
    stops: bool
    kind: str = "zh"

    def __call__(self) -> Tensor:
        loss = 1 - self.student.embed([self.text], 8)[0, 0]
        if self.stops:
            raise KeyboardInterrupt
        return loss


def pulls(pupil: Student, stop: int | None = None) -> Iterator[Pull]:
    rng = random.Random(0)
    number = 0
    while True:
        number += 1
        yield Pull(pupil, " ".join(rng.sample(WORDS[2:], 2)), number == stop)


def run(out: Path, *, stop: int | None = None, resume: bool = False) -> Student:
    """Six steps, with a checkpoint after each."""
    pupil = student()
    plan = Plan(out, FOREVER, 6, checkpoint_minutes=0, log_seconds=FOREVER, resume=resume, threads=1)
    assert train(pupil, pulls(pupil, stop), pupil.groups(0.1, 0.1), plan) == 6
    return pupil


def test_a_run_that_was_stopped_ends_as_one_that_was_not(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "stopped", stop=4)
    state = torch.load(tmp_path / "stopped" / CHECKPOINT, weights_only=True)
    assert state["number"] == 3
    # As a kill between two files would leave it: weights that are not those of the checkpoint.
    student().save(tmp_path / "stopped")
    resumed = run(tmp_path / "stopped", resume=True)
    assert not torch.equal(state["weights"]["bert"]["embeddings.word_embeddings.weight"], words(whole))
    for pupil in (resumed, Student.load(tmp_path / "stopped"), Student.load(tmp_path / "whole")):
        for name, value in whole.bert.state_dict().items():
            torch.testing.assert_close(pupil.bert.state_dict()[name], value, rtol=0, atol=0)


def words(pupil: Student) -> Tensor:
    found: Tensor = pupil.bert.state_dict()["embeddings.word_embeddings.weight"]
    return found


def test_the_reader_keeps_its_pointers_too(tmp_path: Path) -> None:
    from rag.training.reader import SpanStudent

    one, other = (SpanStudent(pupil.bert, pupil.tokenizer) for pupil in (student(), student()))
    with torch.no_grad():
        one.head.weight.fill_(0.5)
    other.restore(one.state())
    assert other.head.weight.unique().tolist() == [0.5]


def test_there_must_be_something_to_resume(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"there is no checkpoint in .*: train without --resume$"):
        Plan(tmp_path, 1, resume=True)


def test_a_checkpoint_without_weights_is_refused(tmp_path: Path) -> None:
    torch.save({"optimizer": {}, "number": 3, "spent": 1.0}, tmp_path / CHECKPOINT)
    with pytest.raises(ModelError, match=r"is of an older Wenbao: train without --resume$"):
        run(tmp_path, resume=True)


def test_what_a_user_can_mend_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--student", tmp_path, "--dictionary", "d", "--squad", "s", "--pairs", "p", "--minutes", 1, "--resume"]
    monkeypatch.setattr(sys, "argv", ["rag.training", "distil", *map(str, given), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert ended.value.code == 2
    assert (
        capsys.readouterr().err
        == f"rag.training: there is no checkpoint in {tmp_path / 'out'}: train without --resume\n"
    )


def test_a_run_tells_of_itself_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pupil = student()
    train(pupil, pulls(pupil), pupil.groups(0.1, 0.1), Plan(tmp_path, 60, 3, log_seconds=0, threads=1))
    lines = [line for line in capsys.readouterr().err.splitlines() if " min " in line]
    assert [re.sub(r"\d+\.\d+", "N", line) for line in lines] == [
        f"N/60 min  step {number}  N steps/s  zh N" for number in (1, 2, 3)
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_has_a_bar_with_loss_and_speed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begun at 0 s; after half a second it is too early, after 2 s six steps are three a second."""
    terminal, averages = Terminal(), Averages()
    averages.add("zh", 0.25)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("rag.training.loop.time", SimpleNamespace(monotonic=iter([0.0, 0.5, 2.0]).__next__))
    log = Log(Plan(tmp_path, 10), 0)
    log.report(2, 30.0, averages)
    assert "step" not in terminal.getvalue()
    log.report(6, 120.0, averages)
    log.close()
    shown = terminal.getvalue().split("\r")[-1]
    assert "| 2.0/10 min" in shown
    assert "step 6  3.00 steps/s  zh 0.2500" in shown
