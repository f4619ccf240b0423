"""The floors of the gold set: the whole bot over the five pages, as ``make evaluate`` scores it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.embedding import load_embedder
from rag.evaluation import Options, run_evaluation
from rag.index import update

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gold") / "index"
    update(folder, [ROOT / "seeds"], load_embedder())
    return folder


def test_the_floors_are_kept(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_CACHE_DIR", str(tmp_path))  # a test that was stopped is not to be resumed
    options = Options(
        questions=ROOT / "tests" / "gold" / "questions.jsonl",
        index=index,
        expected=ROOT / "tests" / "gold" / "expected.json",
    )
    report = run_evaluation(options)
    assert len(report.rows) == 96
    assert report.misses == ()
