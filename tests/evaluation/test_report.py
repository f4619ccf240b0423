from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console
from scripted import Line, ScriptedBot

from rag.evaluation import SCORES, Question, QuestionSet, Report, evaluate, print_report


@pytest.fixture(scope="module")
def report() -> Report:
    pages = {"a.txt": "甲在东。\n乙在西。"}
    script = {
        "甲在哪?": Line(("a.txt#1.1",), "a.txt#1.1", "甲在东。", "东", 0.9),
        "Where?": Line(("a.txt#1.1",), "a.txt#1.1", "甲在东。", "东", 0.9),
    }
    questions = (
        Question("1", "甲在哪?", "zh", "where", ("东",), "a.txt", "甲在东"),
        Question("2", "Where?", "en", "where", ("西",), "a.txt", "乙在西"),
    )
    return evaluate(ScriptedBot(pages, script), QuestionSet("g.jsonl", "jsonl", questions))


def printed(report: Report) -> str:
    console = Console(width=100, record=True, file=StringIO())
    print_report(report, console)
    return console.export_text()


def test_json_version_1(report):
    content = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert list(content) == [
        *("questions", "scores", "ci95", "by_lang", "by_type", "ci95_by_lang", "ci95_by_type"),
        *("failures", "skipped", "rows", "run"),
    ]
    assert content["questions"] == 2
    assert list(content["scores"]) == list(SCORES)
    assert list(content["by_lang"]["zh"]) == list(SCORES)
    assert content["scores"]["contains"] == 0.5
    assert content["ci95"]["contains"] == [0, 1]
    assert content["ci95"]["false_answer_rate"] is None
    # One answer is right, one wrong, both with confidence .9: what is drawn is wrong twice, once or never.
    assert content["ci95"]["aurc"] == [0, 1]
    assert content["ci95"]["ece"] == pytest.approx([0.1, 0.9])
    assert content["ci95"].keys() == content["scores"].keys() - {"latency_ms_p50", "latency_ms_p95"}
    assert [row["failure"] for row in content["rows"]] == [None, "not retrieved"]


def test_many_languages_fit_a_terminal_without_their_intervals():
    pages = {"a.txt": "甲在东。"}
    langs = ("zh", "en", "ja", "de", "ru")
    script = {lang: Line(("a.txt#1.1",), "a.txt#1.1", "甲在东。", "东", 0.9) for lang in langs}
    questions = tuple(Question(lang, lang, lang, "where", ("东",), "a.txt", "甲在东") for lang in langs)
    console = Console(width=80, record=True, file=StringIO())
    print_report(evaluate(ScriptedBot(pages, script), QuestionSet("g.jsonl", "jsonl", questions)), console)
    lines = console.export_text().splitlines()
    head = next(line for line in lines if " score " in line)
    assert [cell.strip() for cell in head.split("┃")] == ["score", "all", "95 %", "de", "en", "ja", "ru", "zh"]
    assert next(line for line in lines if " recall@5 " in line).count("1.000") == 6


def test_the_terminal_shows_each_language_and_what_was_measured(report):
    lines = printed(report).splitlines()
    contains = next(line for line in lines if " contains " in line)
    assert [cell.strip() for cell in contains.strip("│").split("│")] == [
        "contains",
        "0.500",
        ".00–1.00",
        "0.000",
        ".00–.00",
        "1.000",
        "1.00–1.00",
    ]
    assert not any("false_answer_rate" in line for line in lines)
    assert "failures: 1 not retrieved" in lines


def test_the_terminal_shows_what_was_expected_and_missed(report):
    assert "not as expected: scores em is 0.5" in printed(replace(report, misses=("scores em is 0.5",)))
