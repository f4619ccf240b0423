"""``kill -9`` at any moment leaves the old state or the new one. More moments: ``WENBAO_KILLS=500 pytest …``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from index.killed import MODES, kill
from rag.index.local import build_parts

KILLS = int(os.environ.get("WENBAO_KILLS", "24"))
#: A sixth of the kills for each but the update.
FEW = max(4, KILLS // 6)


@pytest.mark.skipif(sys.platform == "win32", reason="no fork, no SIGKILL")
def test_kill_inside_native_code(tmp_path: Path) -> None:
    assert kill(tmp_path, "update", FEW, seed=1, files=8, by_clock=True)["neither"] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="no fork, no SIGKILL")
@pytest.mark.parametrize("mode", MODES)
def test_kill_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    for name in ("EXACT_UP_TO", "UNSORTED"):
        monkeypatch.setattr(build_parts, name, getattr(build_parts, name))  # lowered for one of the modes
    seen = kill(tmp_path, mode, KILLS if mode == "update" else FEW, files=8)
    assert set(seen) == {"old", "new"}
