from __future__ import annotations

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
