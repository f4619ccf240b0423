"""One training run: a schedule tied to the clock, checkpoints, resume, and progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from rag.errors import ModelError
from rag.training.cores import FreeCores
from rag.training.student import Student

WARM_UP = 100
FLOOR = 0.02
CHECKPOINT = "checkpoint.pt"


class Step(Protocol):
    """Turns one batch into a loss; ``kind`` names it in the progress."""

    @property
    def kind(self) -> str: ...

    def __call__(self) -> Tensor: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """Where to keep the results, and how long to train: until the time is up or the ``steps`` are done.

    ``threads``: as many as there are free cores if it is None.
    Raises ``ModelError`` where there is nothing to resume: before the data is read, which takes minutes.
    """

    out: Path
    minutes: float
    steps: int | None = None
    checkpoint_minutes: float = 5.0
    log_seconds: float = 30.0
    resume: bool = False
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.resume and not (self.out / CHECKPOINT).is_file():
            raise ModelError(f"there is no checkpoint in {self.out}: train without --resume")

    def done(self, step: int, seconds: float) -> float:
        """Share of the run that lies behind, 1 at its end."""
        return max(seconds / (self.minutes * 60), step / self.steps if self.steps else 0.0)


def rate_factor(step: int, elapsed: float) -> float:
    """Share of the peak learning rate: linear warm-up, then a linear fall over the run (``elapsed`` in 0..1).

    >>> rate_factor(50, 0.0), rate_factor(1000, 0.5), rate_factor(1000, 1.0)
    (0.5, 0.5, 0.02)
    """
    return min(1.0, step / WARM_UP) * max(FLOOR, 1.0 - elapsed)


class Averages:
    """Losses by kind of step, smoothed over about thirty steps."""

    def __init__(self) -> None:
        self._values: dict[str, float] = {}

    def add(self, kind: str, value: float) -> None:
        self._values[kind] = 0.97 * self._values.get(kind, value) + 0.03 * value

    def __str__(self) -> str:
        return "  ".join(f"{kind} {value:.4f}" for kind, value in sorted(self._values.items()))


def train(student: Student, steps: Iterator[Step], groups: list[dict[str, Any]], plan: Plan) -> int:
    """Run ``steps`` until the time is up and save the student in ``plan.out``; returns how many were done."""
    optimizer = torch.optim.AdamW(groups, weight_decay=0.0, fused=True)
    number, spent = _restore(student, optimizer, plan) if plan.resume else (0, 0.0)
    for _ in range(number):
        next(steps)
    averages, log, cores = Averages(), Log(plan, number), FreeCores()
    student.bert.train(student.dropout)
    started = saved = time.monotonic()
    while (done := plan.done(number, total := spent + time.monotonic() - started)) < 1:
        step = next(steps)
        torch.set_num_threads(plan.threads or cores.count())
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * rate_factor(number + 1, done)
        loss = step()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(student.bert.parameters(), 1.0)
        optimizer.step()
        number += 1
        averages.add(step.kind, loss.item())
        log.report(number, total, averages)
        if time.monotonic() - saved > plan.checkpoint_minutes * 60:
            _save(student, optimizer, plan, number, total)
            saved = time.monotonic()
    log.close()
    _save(student, optimizer, plan, number, spent + time.monotonic() - started)
    return number


def _save(student: Student, optimizer: torch.optim.Optimizer, plan: Plan, number: int, spent: float) -> None:
    """The checkpoint is one file, replaced at once, so that a kill never leaves weights of one step beside the
    optimizer of another; the student's own files are written over in place and only for who reads them."""
    plan.out.mkdir(parents=True, exist_ok=True)
    state = {
        "weights": student.state(),
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
        "number": number,
        "spent": spent,
    }
    partial = plan.out / (CHECKPOINT + ".partial")
    torch.save(state, partial)
    partial.replace(plan.out / CHECKPOINT)
    student.save(plan.out)


def _restore(student: Student, optimizer: torch.optim.Optimizer, plan: Plan) -> tuple[int, float]:
    """Steps done and seconds spent. Raises ``ModelError`` for a checkpoint that holds no weights."""
    state = torch.load(plan.out / CHECKPOINT, weights_only=True)
    if "weights" not in state:
        raise ModelError(f"{plan.out / CHECKPOINT} is of an older Wenbao: train without --resume")
    student.restore(state["weights"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    return state["number"], state["spent"]


class Log:
    """A progress bar with loss and speed on a terminal, otherwise a line every half minute."""

    def __init__(self, plan: Plan, first: int) -> None:
        from tqdm import tqdm  # type: ignore[import-untyped]

        self._minutes = plan.minutes
        self._every = plan.log_seconds
        self._last = (time.monotonic(), first)
        shape = "{l_bar}{bar}| {n:.1f}/{total:.0f} min {postfix}"
        self._bar: Any = tqdm(total=plan.minutes, bar_format=shape, disable=not sys.stderr.isatty())

    def report(self, number: int, seconds: float, averages: Averages) -> None:
        then, before = self._last
        now = time.monotonic()
        if now - then < (1.0 if not self._bar.disable else self._every):
            return
        line = f"step {number}  {(number - before) / (now - then):.2f} steps/s  {averages}"
        self._last = (now, number)
        if self._bar.disable:
            sys.stderr.write(f"{seconds / 60:.1f}/{self._minutes:.0f} min  {line}\n")
            sys.stderr.flush()
        else:
            self._bar.n = seconds / 60
            self._bar.set_postfix_str(line)

    def close(self) -> None:
        self._bar.close()
