from __future__ import annotations

import io
import re

import pytest

from rag.cli.progress import shown_progress


def test_lines_tell_the_time_left_at_the_pace_so_far(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 0.0, 5.0, 30.0, 31.0, 100.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    with shown_progress() as progress:
        for done in (100, 150, 200, 210):  # 100 questions in 30 s, 800 to go
            progress("ask", done, 1000)
        progress("time", 1, 10)
    assert capsys.readouterr().err.splitlines() == ["ask 200 of 1000, 3/s, 4 min left", "time 1 of 10"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_has_a_bar_with_pace_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    for clock in ("time.monotonic", "rich.console.monotonic"):
        monkeypatch.setattr(clock, lambda: now[0])
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    with shown_progress() as progress:
        for done in (0, 100, 200):  # ten a second, 800 to go
            now[0] = done / 10
            progress("embed", done, 1000)
    last = re.sub(r"\x1b\[[^A-Za-z]*[A-Za-z]", "", terminal.getvalue()).splitlines()[-1]
    assert re.fullmatch(r"embed +\S+ +200/1000 10/s 0:01:20", last.strip())
