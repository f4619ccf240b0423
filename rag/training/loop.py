"""One training run: learning rate, checkpoints, resuming, progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import torch
from torch import Tensor

from rag.errors import ModelError

WARM_UP = 60
#: The learning rate at the end of a run, as a share of its peak.
FLOOR = 0.02
CHECKPOINT = "checkpoint.pt"
CHECKPOINT_SECONDS = 300.0
LOG_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Where to keep the results, for how many steps to train, and the highest learning rate."""

    out: Path
    steps: int
    rate: float
    resume: bool = False

    def __post_init__(self) -> None:
        """``ModelError`` where there is nothing to resume: before the data is read, which takes minutes."""
        if self.resume and not (self.out / CHECKPOINT).is_file():
            raise ModelError(f"there is no checkpoint in {self.out}: train without --resume")

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, counted from 0: a linear rise, then a linear fall to the end of the run."""
        return self.rate * min(1.0, (step + 1) / WARM_UP) * max(FLOOR, 1.0 - step / self.steps)


class Trainable(Protocol):
    """A model that can be trained."""

    def trained(self) -> dict[str, Tensor]:
        """The weights that training changes, by name."""
        ...

    def rates(self) -> Mapping[str, float]:
        """By the name of a weight, what its learning rate is multiplied with, where that is not 1."""
        ...

    def restore(self, weights: Mapping[str, Tensor]) -> None:
        """Take over the weights that ``trained`` gave."""
        ...

    def save(self, folder: Path) -> None: ...


class Kinded(Protocol):
    """A batch; losses are logged by its ``kind``."""

    @property
    def kind(self) -> str: ...


AnyBatch = TypeVar("AnyBatch", bound=Kinded)


def train(model: Trainable, batches: Iterator[AnyBatch], objective: Callable[[AnyBatch], Tensor], plan: Plan) -> None:
    """Run the steps of the plan and save the model in ``plan.out``."""
    named, rates = model.trained(), model.rates()
    weights = list(named.values())
    groups = [{"params": [weight], "factor": rates.get(name, 1.0)} for name, weight in named.items()]
    optimizer = torch.optim.AdamW(groups, lr=plan.rate, weight_decay=0.01, fused=True)
    first = _restore(model, optimizer, plan) if plan.resume else 0
    for _ in range(first):
        next(batches)
    log, saved = Log(plan.steps, first), time.monotonic()
    for step in range(first, plan.steps):
        batch = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = plan.rate_at(step) * group["factor"]
        loss = objective(batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        log.report(step + 1, batch.kind, loss.item())
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            _save(model, optimizer, plan, step + 1)
            saved = time.monotonic()
    _save(model, optimizer, plan, plan.steps)
    model.save(plan.out)


def _save(model: Trainable, optimizer: torch.optim.Optimizer, plan: Plan, step: int) -> None:
    """The checkpoint is one file that is replaced at once, so that a kill leaves a whole one."""
    plan.out.mkdir(parents=True, exist_ok=True)
    partial = plan.out / (CHECKPOINT + ".partial")
    torch.save({"weights": model.trained(), "optimizer": optimizer.state_dict(), "step": step}, partial)
    partial.replace(plan.out / CHECKPOINT)


def _restore(model: Trainable, optimizer: torch.optim.Optimizer, plan: Plan) -> int:
    """The number of steps that are done."""
    state = torch.load(plan.out / CHECKPOINT, weights_only=True)
    model.restore(state["weights"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])


class Log:
    """A line every half minute: losses by kind of batch, smoothed over about thirty steps, and the time left."""

    def __init__(self, steps: int, first: int) -> None:
        self._steps = steps
        self._first = first
        self._started = self._last = time.monotonic()
        self._losses: dict[str, float] = {}

    def report(self, step: int, kind: str, loss: float) -> None:
        self._losses[kind] = 0.97 * self._losses.get(kind, loss) + 0.03 * loss
        now = time.monotonic()
        if now - self._last < LOG_SECONDS and step < self._steps:
            return
        self._last = now
        left = (now - self._started) / (step - self._first) * (self._steps - step) / 60
        losses = "  ".join(f"{name} {value:.3f}" for name, value in sorted(self._losses.items()))
        sys.stderr.write(f"step {step} of {self._steps}, {left:.0f} min left  {losses}\n")
        sys.stderr.flush()
