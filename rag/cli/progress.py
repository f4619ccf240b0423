"""Progress on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rag.types import Progress

_SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A ``Progress`` to hand to whatever takes long."""
    if sys.stderr.isatty():
        with _bar() as progress:
            yield progress
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    pace = TextColumn("{task.fields[pace]}/s")
    columns = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn(), pace, TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        tasks = {}
        begun: dict[str, tuple[float, int]] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total, pace="0")
            now = time.monotonic()
            since, before = begun.setdefault(stage, (now, done))
            pace = f"{(done - before) / (now - since):,.0f}" if now > since else "0"
            bar.update(tasks[stage], completed=done, total=total, pace=pace)

        yield progress


def _lines() -> Progress:
    """A line every ten seconds, with the time left at the pace of the stage so far."""
    last = time.monotonic()
    begun: dict[str, tuple[float, int]] = {}

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        since, before = begun.setdefault(stage, (now, done))
        if now - last >= _SECONDS_BETWEEN_LINES:
            last = now
            left = ""
            if done > before:
                pace = (done - before) / (now - since)
                left = f", {pace:,.0f}/s, {duration((total - done) / pace)} left"
            with suppress(BrokenPipeError):  # nobody looks any more; the work goes on
                sys.stderr.write(f"{stage} {done} of {total}{left}\n")

    return progress


def duration(seconds: float) -> str:
    """A span of time, about as exact as an estimate is.

    >>> duration(8.2), duration(200), duration(9000)
    ('8 s', '3 min', '2 h 30 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
