"""A run that was stopped goes on where it stopped, and ends as one that was not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from scripted import Line, ScriptedBot

from rag.errors import EvaluationError, InputError
from rag.evaluation import Mode, Question, QuestionSet, Row, evaluate
from rag.evaluation.journal import Journal, journal_path
from rag.types import Answer, Hit

NAMES = [f"第{number}问?" for number in range(150)]
PAGES = {"a.txt": "甲在东。"}
SCRIPT = {name: Line(("a.txt#1.1",), "a.txt#1.1", "甲在东。", "东", 0.7) for name in NAMES}
ASKED = QuestionSet("g.jsonl", "jsonl", tuple(Question(n, n, "zh", None, ("东",), "a.txt", "甲在东") for n in NAMES))


@dataclass
class StoppingBot(ScriptedBot):
    """Counts the questions it reads for, and is stopped at that of a number; asked by several threads at once."""

    patience: int = 10_000
    read_for: list[str] = field(default_factory=list)

    @property
    def seen(self) -> int:
        return len(self.read_for)

    def read(
        self,
        questions: Sequence[str],
        hits: Sequence[Sequence[Hit]],
        *,
        min_confidence: float | None = None,
        candidates: bool = False,
    ) -> list[Answer]:
        self.read_for.extend(questions)
        if any(NAMES.index(question) >= self.patience for question in questions):
            raise KeyboardInterrupt
        return super().read(questions, hits, min_confidence=min_confidence, candidates=candidates)


def stopped(path: Path) -> None:
    bot = StoppingBot(PAGES, SCRIPT)
    bot.patience = 128
    with pytest.raises(KeyboardInterrupt):
        evaluate(bot, ASKED, journal=Journal(path, resume=False))


def timeless(row: Row) -> dict[str, object]:
    return {**row.to_dict(), "latency_ms": None}


def test_what_was_asked_before_is_not_asked_again(tmp_path, monkeypatch):
    monkeypatch.setattr("rag.evaluation.runner.TIMED", 10)
    path = tmp_path / "runs" / "run.jsonl"
    stopped(path)
    assert path.read_text(encoding="utf-8").count("\n") == 128
    bot, calls = StoppingBot(PAGES, SCRIPT), []
    report = evaluate(bot, ASKED, journal=Journal(path, resume=True), progress=lambda *call: calls.append(call))
    assert bot.seen == 150 - 128 + 10 + 3  # what was left, and what is timed
    assert calls[0] == ("ask", 150, 150)
    whole = evaluate(ScriptedBot(PAGES, SCRIPT), ASKED)
    assert [timeless(row) for row in report.rows] == [timeless(row) for row in whole.rows]
    assert [row.ranking for row in report.rows] == [row.ranking for row in whole.rows]
    assert report.judged == whole.judged
    assert (report.resumed, whole.resumed) == (128, 0)


@pytest.mark.parametrize("cut", [b'"failure"', "在东".encode()[1:]])
def test_a_line_cut_off_in_the_middle_is_asked_again(tmp_path, cut):
    """Be it in the middle of a character."""
    path = tmp_path / "run.jsonl"
    stopped(path)
    kept = path.read_bytes()
    path.write_bytes(kept[: kept.rindex(cut)])
    journal = Journal(path, resume=True)
    assert journal.kept(126, ASKED.questions[126]) is not None
    assert journal.kept(127, ASKED.questions[127]) is None
    assert path.read_text(encoding="utf-8").count("\n") == 127


def test_without_resume_what_was_asked_is_not_thrown_away(tmp_path):
    path = tmp_path / "run.jsonl"
    stopped(path)
    kept = path.read_bytes()
    told = f"^128 questions of this run .* stopped: go on with --resume, or delete {path} to start anew$"
    with pytest.raises(InputError, match=told):
        Journal(path, resume=False)
    assert path.read_bytes() == kept
    path.unlink()
    assert Journal(path, resume=False).kept(0, ASKED.questions[0]) is None


def test_rows_that_were_resumed_are_there_whenever_the_run_is_stopped(tmp_path, monkeypatch):
    path = tmp_path / "run.jsonl"
    stopped(path)
    kept = path.read_bytes()

    def stop(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        Journal(path, resume=True)
    assert path.read_bytes() == kept


def test_retrieval_alone_is_resumed_too(tmp_path):
    path = tmp_path / "run.jsonl"
    mode = Mode(retrieval=True)
    first = evaluate(ScriptedBot(PAGES, SCRIPT), ASKED, mode, journal=Journal(path, resume=False))
    again = evaluate(ScriptedBot(PAGES, {}), ASKED.limited(0), mode, journal=Journal(path, resume=True))
    kept = Journal(path, resume=True).kept(3, ASKED.questions[3])
    assert again.rows == ()
    assert kept.scores == first.rows[3].scores
    assert kept.judged is None


def test_other_conditions_are_another_run(tmp_path, monkeypatch):
    monkeypatch.setenv("RAG_CACHE_DIR", str(tmp_path))
    one = journal_path({"index": "a", "leg": "fused"})
    assert one == journal_path({"leg": "fused", "index": "a"})
    assert one != journal_path({"index": "b", "leg": "fused"})
    assert one.parent == tmp_path / "runs"


def test_a_cache_that_cannot_be_written_to_is_said(tmp_path):
    (tmp_path / "runs").write_text("a file", encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"cannot be written to .*: name another place with RAG_CACHE_DIR"):
        Journal(tmp_path / "runs" / "run.jsonl", resume=False)
