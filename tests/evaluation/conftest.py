from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted import Line, ScriptedBot

from rag.evaluation import Question, QuestionSet, Report, evaluate

PAGES = {"a.txt": "甲<b>在东&西。\n乙在西。"}
QUESTIONS = QuestionSet(
    "g.jsonl",
    "jsonl",
    (
        Question("1", "甲<b>在哪?", "zh", "where", ("东&西",), "a.txt", "甲<b>在东"),
        Question("2", "Where is B?", "en", "where", ("西",), "a.txt", "乙在西"),
        Question("3", "丙在哪?", "zh", "unanswerable", ()),
    ),
)
THIS = {
    "甲<b>在哪?": Line(("a.txt#1.1",), "a.txt#1.1", "甲<b>在东&西。", "东&西", 0.9),
    "Where is B?": Line(("a.txt#1.2",), "a.txt#1.2", "乙在西。", "西", 0.3),
    "丙在哪?": Line(("a.txt#1.2",), "a.txt#1.2", "乙在西。", "西", 0.1),
}
OTHER = THIS | {
    "甲<b>在哪?": Line(("a.txt#1.2",), "a.txt#1.2", "乙在西。", "西", 0.9),
    "丙在哪?": Line(("a.txt#1.2",), "a.txt#1.2", "乙在西。", "西", 0.8),
}


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def report() -> Report:
    """One right answer, one wrong abstention, one right abstention."""
    return evaluate(ScriptedBot(PAGES, THIS), QUESTIONS)


@pytest.fixture
def other() -> Report:
    """The same questions: not retrieved, wrongly abstained, wrongly answered."""
    return evaluate(ScriptedBot(PAGES, OTHER), QUESTIONS)


@pytest.fixture
def reports(report: Report, other: Report, tmp_path: Path) -> dict[str, Path]:
    """Both as ``rag evaluate --json`` writes them."""
    paths = {"this": tmp_path / "this.json", "other": tmp_path / "other.json"}
    for path, made in zip(paths.values(), (report, other), strict=True):
        path.write_text(json.dumps(made.to_dict(), ensure_ascii=False, indent=1), encoding="utf-8")
    return paths
