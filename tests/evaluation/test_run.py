from __future__ import annotations

import json
import re
import shlex
from contextlib import contextmanager
from pathlib import Path

import pytest
from scripted import Line, ScriptedBot

import rag
from rag.errors import EvaluationError, InputError
from rag.evaluation import Mode, Options, Report, run_evaluation

ROWS = [
    {"id": "1", "question": "甲在哪?", "answers": ["东"], "source": "a.txt", "evidence": "甲在东"},
    {"id": "2", "question": "乙在哪?", "answers": ["西"], "source": "a.txt", "evidence": "乙在西"},
]
SCRIPT = {
    "甲在哪?": Line(("a.txt#1.1",), "a.txt#1.1", "甲在东。", "东", 0.9),
    "乙在哪?": Line(("a.txt#1.2",), "a.txt#1.2", "乙在西。", "西", 0.3),
}
SQUAD = {
    "data": [
        {
            "paragraphs": [
                {"context": "甲在东。", "qas": [{"id": "1", "question": "甲在哪?", "answers": [{"text": "东"}]}]},
                {"context": "乙在西。", "qas": [{"id": "2", "question": "乙在哪?", "answers": [{"text": "西"}]}]},
            ]
        }
    ]
}
POOL_SCRIPT = {
    "甲在哪?": Line(("p00000#1.1",), "p00000#1.1", "甲在东。", "东", 0.2),
    "乙在哪?": Line(("p00002#1.1",), "p00002#1.1", "丙在南。", "南", 0.2),
}


@pytest.fixture
def gold(tmp_path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return path


@pytest.fixture
def squad(tmp_path) -> Path:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(SQUAD), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def opened(monkeypatch) -> list[object]:
    """What was opened in place of real indexes."""
    calls: list[object] = []

    def open_index(index, *, model=None):
        calls.append((Path(index).name, model))
        return ScriptedBot({"a.txt": "甲在东。\n乙在西。"}, SCRIPT)

    @contextmanager
    def open_pool(sources, model=None, progress=None):
        calls.append((list(sources), model))
        yield ScriptedBot({source: text for text, source in sources.items()}, POOL_SCRIPT)

    monkeypatch.setattr("rag.chatbot.Chatbot.open", open_index)
    monkeypatch.setattr("rag.evaluation.run.open_pool", open_pool)
    return calls


def test_our_jsonl_is_asked_over_the_index_with_the_calibrated_threshold(gold, opened):
    report = run_evaluation(Options(gold, index=Path("news"), model="m"))
    assert opened == [("news", "m")]
    assert (report.scores["contains"], report.scores["forced_contains"]) == (0.5, 1)
    assert report.run["threshold"] == 0.5


def test_the_run_says_how_to_repeat_it(gold):
    run = run_evaluation(Options(gold, command="rag evaluate gold.jsonl")).run
    assert run["command"] == "rag evaluate gold.jsonl"
    assert (run["model"], run["index"], run["passages"], run["questions"]) == ("scripted@1", "abc", 2, "gold.jsonl")
    assert run["versions"]["wenbao"] == rag.__version__
    assert "numpy" in run["versions"]
    assert json.loads(json.dumps(run)) == run


def test_a_command_can_be_typed_again_as_it_was(gold, monkeypatch):
    typed = "rag evaluate 'my questions.jsonl' --sample 5"
    monkeypatch.setattr("sys.argv", ["/somewhere/bin/rag", *shlex.split(typed)[1:]])
    assert Options(gold).command == typed


def test_squad_is_asked_over_its_paragraphs_and_always_answered(squad, tmp_path, opened):
    more = tmp_path / "more.json"
    extra = [{"context": "丙在南。", "qas": []}, {"context": "甲在东。", "qas": []}]
    more.write_text(json.dumps({"data": [{"paragraphs": extra}]}), encoding="utf-8")
    report = run_evaluation(Options(squad, pool=(more,)))
    assert opened == [(["甲在东。", "乙在西。", "丙在南。"], None)]
    assert (report.scores["recall@1"], report.scores["em"], report.scores["answer_rate"]) == (0.5, 0.5, 1)
    assert (report.run["threshold"], report.run["pool"]) == (0, ["more.json"])


def test_bad_lines_of_a_pool_are_fatal_or_skipped_too(squad, tmp_path, opened):
    more = tmp_path / "more.json"
    more.write_text(json.dumps({"data": [{"paragraphs": [{"qas": []}, {"context": "丙在南。", "qas": []}]}]}), "utf-8")
    told = f'{more}: data[0].paragraphs[0] needs "context", a text'
    with pytest.raises(EvaluationError, match=re.escape(told)):
        run_evaluation(Options(squad, pool=(more,)))
    report = run_evaluation(Options(squad, pool=(more,), skip_bad=True))
    assert report.skipped == (told,)
    assert opened == [(["甲在东。", "乙在西。", "丙在南。"], None)]


def test_a_limit_limits_questions_and_never_the_pool(squad, opened):
    report = run_evaluation(Options(squad, limit=1))
    assert [row.question.id for row in report.rows] == ["1"]
    assert opened == [(["甲在东。", "乙在西。"], None)]


def test_expected_scores(gold, tmp_path):
    expected = tmp_path / "expected.json"
    expected.write_text(json.dumps({"scores": {"contains": 0.5, "recall@1": 0.9}}), encoding="utf-8")
    report = run_evaluation(Options(gold, expected=expected))
    assert report.misses == ("scores recall@1 is 1.0000, expected 0.89 to 0.91",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mode": Mode(retrieval=True, gold_passage=True)}, "--retrieval and --gold-passage exclude each other"),
        ({"mode": Mode(min_confidence=1.5)}, "--min-confidence 1.5: give a probability"),
        ({"mode": Mode(min_confidence=float("nan"))}, "--min-confidence nan: give a probability"),
        ({"limit": 0}, "--limit 0: give at least 1"),
        ({"pool": (Path("more.json"),)}, "gold.jsonl is asked over the index: --pool goes with SQuAD files"),
    ],
)
def test_options_that_make_no_sense(gold, changes, message, opened):
    with pytest.raises(InputError, match=f"^{message}"):
        run_evaluation(Options(gold, **changes))
    assert opened == []


def test_a_bad_expected_file_is_found_before_anything_is_asked(gold, tmp_path, opened):
    with pytest.raises(EvaluationError, match="cannot be read"):
        run_evaluation(Options(gold, expected=tmp_path / "none.json"))
    assert opened == []


def test_bad_lines_are_fatal_or_skipped_by_choice(gold):
    rows = [*ROWS, {"id": "3", "question": "丙?", "answers": ["?"], "source": "c.txt"}]
    gold.write_text("\n".join([*map(json.dumps, rows), "{broken"]), encoding="utf-8")
    with pytest.raises(EvaluationError, match="line 4 is not JSON"):
        run_evaluation(Options(gold))
    report = run_evaluation(Options(gold, skip_bad=True))
    assert [row.question.id for row in report.rows] == ["1", "2"]
    unread, unknown = report.skipped
    assert "line 4 is not JSON" in unread
    assert unknown == "question 3: its source c.txt is not in the index: index its folder first"
    assert report.to_dict()["skipped"] == list(report.skipped)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("q.json", '{"data": []}', "give a file that holds some"),
        ("q.jsonl", "{broken\n[1]", "2 skipped, the last: {path} line 2 is not an object"),
        ("q.jsonl", json.dumps(ROWS[0] | {"source": "c.txt"}), "1 skipped, the last: question 1: its source c.txt is"),
    ],
)
def test_without_a_question_there_is_no_report(tmp_path, name, content, told):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    message = f"{path} has no question that can be asked: {told.format(path=path)}"
    with pytest.raises(EvaluationError, match=f"^{re.escape(message)}"):
        run_evaluation(Options(path, skip_bad=True))


def test_a_sample_and_the_machine_are_in_the_manifest(gold):
    report = run_evaluation(Options(gold, sample=1, seed=3))
    assert (len(report.rows), report.run["sample"], report.run["seed"]) == (1, 1, 3)
    assert {"system", "processor", "cores"} <= report.run["machine"].keys()
    assert report.run["seconds"] >= report.run["seconds_to_index"] >= 0


def test_rows_are_kept_until_the_report_is_saved(gold, tmp_path):
    def disk_full(report: Report) -> None:
        raise InputError("no space left")

    with pytest.raises(InputError, match="no space left"):
        run_evaluation(Options(gold), save=disk_full)
    [journal] = (tmp_path / "cache" / "runs").iterdir()
    assert journal.read_text(encoding="utf-8").count("\n") == 2
    saved: list[Report] = []
    told: list[str] = []
    report = run_evaluation(Options(gold, resume=True), save=saved.append, tell=told.append)
    assert saved == [report]
    assert told == ["2 of 2 questions were asked before"]
    assert list((tmp_path / "cache" / "runs").iterdir()) == []


def test_with_nothing_to_resume_that_is_said(gold):
    told: list[str] = []
    run_evaluation(Options(gold, resume=True), tell=told.append)
    run_evaluation(Options(gold), tell=told.append)
    assert told == ["nothing to resume: no run of these questions with this index, model and options was stopped"]


def test_a_report_of_other_questions_is_refused_before_anything_is_asked(gold, tmp_path):
    other = run_evaluation(Options(gold))
    gold.write_text(json.dumps(ROWS[0] | {"id": "9"}), encoding="utf-8")
    with pytest.raises(EvaluationError, match="no question in common"):
        run_evaluation(Options(gold), other=other)
    assert list((tmp_path / "cache").rglob("*.jsonl")) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", "9"), ("question", "乙在哪?"), ("answers", ["西"]), ("source", None), ("evidence", "东"), ("lang", "ja")],
)
def test_rows_are_resumed_only_if_nothing_of_the_questions_changed(gold, field, value):
    gold.write_text(json.dumps(ROWS[0]), encoding="utf-8")
    before = run_evaluation(Options(gold)).run["questions_sha256"]
    assert run_evaluation(Options(gold)).run["questions_sha256"] == before
    gold.write_text(json.dumps(ROWS[0] | {field: value}), encoding="utf-8")
    assert run_evaluation(Options(gold)).run["questions_sha256"] != before


def test_without_a_cache_only_resuming_is_an_error(gold, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("RAG_CACHE_DIR", str(tmp_path / "file"))
    assert len(run_evaluation(Options(gold)).rows) == 2
    with pytest.raises(EvaluationError, match="RAG_CACHE_DIR"):
        run_evaluation(Options(gold, resume=True))


def test_squad_2_counts_right_silence(tmp_path):
    """One answered rightly, one unanswerable and withheld, one unanswerable and answered."""
    qas = [
        {"id": "1", "question": "甲在哪?", "answers": [{"text": "东"}]},
        {"id": "2", "question": "乙在哪?", "answers": [], "is_impossible": True},
    ]
    path = tmp_path / "dev2.json"
    contexts = [{"context": "甲在东。", "qas": qas}, {"context": "?", "qas": []}, {"context": "丙在南。", "qas": []}]
    path.write_text(json.dumps({"data": [{"paragraphs": contexts}]}), encoding="utf-8")
    withheld = run_evaluation(Options(path, mode=Mode(min_confidence=0.5))).scores
    assert (withheld["squad2_em"], withheld["em"]) == (0.5, 0)
    answered = run_evaluation(Options(path, mode=Mode(min_confidence=0.0))).scores
    assert (answered["squad2_em"], answered["squad2_f1"], answered["em"]) == (0.5, 0.5, 1)
