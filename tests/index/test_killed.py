"""``kill -9`` at any moment leaves the old state or the new one. More moments: ``WENBAO_KILLS=500 pytest …``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from keyword_embedder import KeywordEmbedder

from index.written import ECONOMY, SCHOOL, write
from rag.index import Index, repair, update

KILLS = int(os.environ.get("WENBAO_KILLS", "40"))


def fingerprint(index: Path) -> str:
    with Index.open(index) as opened:
        assert len(opened.lexical(["学校"], 100)[0]) > 0
        assert len({passage.passage_id for passage in opened.passages(range(opened.size))}) == opened.size
        return opened.fingerprint


@pytest.mark.skipif(sys.platform == "win32", reason="no fork, no SIGKILL")
def test_kill_at_any_moment(tmp_path: Path, pages: Path) -> None:
    update(tmp_path / "old", [pages], KeywordEmbedder())
    old = fingerprint(tmp_path / "old")
    (pages / "cars.txt").unlink()
    write(pages, {"school.txt": f"{SCHOOL}天气晴。", "more/economy.txt": f"{ECONOMY} More text."})
    subprocess.run(
        [sys.executable, str(Path(__file__).with_name("killed.py")), str(tmp_path), str(KILLS)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=True,
        timeout=280,
    )
    new = fingerprint(tmp_path / "new")
    seen = Counter[str]()
    for i in range(KILLS):
        index = tmp_path / f"killed-{i}"
        seen[fingerprint(index)] += 1
        update(index, [pages], KeywordEmbedder())
        assert fingerprint(index) == new
        assert repair(index).mended == ()
        assert not list(index.glob("*.tmp"))
    assert set(seen) == {old, new}
