from __future__ import annotations

import json

import pytest
from scripted import Line, ScriptedBot

from rag.errors import EvaluationError
from rag.evaluation import Mode, Question, QuestionSet, evaluate, is_report, load_report
from rag.evaluation.html import html_page


def test_a_report_read_back_is_the_report(report, reports):
    found = load_report(reports["this"])
    assert found.to_dict() == report.to_dict()
    assert found.judged == report.judged
    assert all(row.latency_ms for row in report.rows)
    assert found.records() == report.records()
    assert found.rows[0].answer == report.rows[0].answer


def test_a_report_from_before_answers_had_a_status_is_read(report, tmp_path):
    content = report.to_dict()
    new = ("answered_or_tentative", "candidates_contain", "false_tentative_rate")
    for row in content["rows"]:
        del row["answer"]["status"], row["answer"]["candidates"]
        row["scores"] = {name: value for name, value in row["scores"].items() if name not in new}
    for name in new:
        del content["scores"][name]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    found = load_report(path)
    assert [row.answer.status for row in found.rows] == ["answered", "none", "none"]
    assert [row.answer for row in found.rows] == [row.answer for row in report.rows]
    assert (found.scores["contains"], found.scores["answered_or_tentative"]) == (report.scores["contains"], None)


def test_a_tentative_answer_read_back_is_the_answer(tmp_path):
    bot = ScriptedBot({"p0": "塔高5米。"}, {"塔多高?": Line(("p0#1.1",), "p0#1.1", "塔高5米。", "5米", 0.4)})
    asked = QuestionSet("g", "jsonl", (Question("1", "塔多高?", "zh", None, ("5米",), "p0", "塔高5米"),))
    report = evaluate(bot, asked)
    path = tmp_path / "r.json"
    path.write_text(json.dumps(report.to_dict(), ensure_ascii=False), encoding="utf-8")
    (row,) = load_report(path).rows
    assert row.answer == report.rows[0].answer
    assert (row.answer.status, row.answer.candidates[0].confidence) == ("tentative", 0.4)


DOCUMENTS = {"d1": "塔高5米。", "d2": "门在城东。"}
JUDGED = QuestionSet(
    "news",
    "beir",
    (Question("q1", "塔多高?", "zh", None, (), relevant=(("d1", 2), ("d2", 1))),),
    documents=DOCUMENTS,
)
SQUAD = QuestionSet("dev.json", "squad", (Question("q1", "塔多高?", "zh", None, ("5米",), context="塔高5米。"),))
POOL = {"塔高5米。": "p0", "门在城东。": "p1"}


@pytest.mark.parametrize("asked", [JUDGED, SQUAD])
def test_a_report_of_retrieval_read_back_is_the_report(tmp_path, asked):
    bot = ScriptedBot({source: text for text, source in POOL.items()}, {"塔多高?": Line(("p1#1.1",))})
    report = evaluate(bot, asked, Mode(retrieval=True), pool=POOL)
    path = tmp_path / "r.json"
    path.write_text(json.dumps(report.to_dict(), ensure_ascii=False), encoding="utf-8")
    found = load_report(path)
    assert found.rows[0].question == asked.questions[0]
    assert found.rows[0].ranking == report.rows[0].ranking == (("d2" if asked is JUDGED else "p1", 1.0),)
    assert found.records()[0]["answerable"] is True
    assert html_page(found) == html_page(report)


def test_reports_are_told_from_questions(reports, tmp_path):
    assert is_report(reports["this"])
    one_line = tmp_path / "one-line.json"
    one_line.write_text(json.dumps(json.loads(reports["this"].read_text(encoding="utf-8"))), encoding="utf-8")
    assert is_report(one_line)
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"question": "?", "answers": []}', encoding="utf-8")
    assert not is_report(gold)
    assert not is_report(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "is not JSON"), ("[]", "is no report: give one of"), ('{"rows": [{}]}', "is no report of this version")],
)
def test_what_is_no_report_is_said(tmp_path, content, message):
    path = tmp_path / "r.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match=message):
        load_report(path)
