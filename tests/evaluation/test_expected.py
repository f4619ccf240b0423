from __future__ import annotations

import json

import pytest
from scripted import Line, ScriptedBot

from rag.errors import EvaluationError
from rag.evaluation import Question, QuestionSet, evaluate
from rag.evaluation.expected import load_expected, misses


@pytest.fixture(scope="module")
def report():
    """Two questions, one answered right."""
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


def expected(tmp_path, content):
    path = tmp_path / "expected.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return load_expected(path)


@pytest.mark.parametrize(
    "content",
    [
        {"scores": {"recall@1": 0.5}},
        {"scores": {"recall@1": 0.49}},  # the tolerance is .01 on either side
        {"scores": {"recall@1": 0.51}},
        {"scores": {"recall@1": 0.4}, "tolerance": 0.1},
        {"scores": {"recall@1": {"min": 0.5}, "aurc": {"max": 0.5}}},
        {"scores": {"false_answer_rate": None, "latency_ms_p50": 0}},  # neither is compared
        {"scores": {}, "by_lang": {"zh": {"em": 1}, "en": {"em": 0}}, "by_type": {"where": {"em": 0.5}}},
    ],
)
def test_as_expected(tmp_path, report, content):
    assert misses(report, expected(tmp_path, content)) == ()


@pytest.mark.parametrize(
    ("content", "miss"),
    [
        ({"scores": {"recall@1": 0.48}}, "scores recall@1 is 0.5000, expected 0.47 to 0.49"),
        ({"scores": {"recall@1": {"min": 0.51}}}, "scores recall@1 is 0.5000, expected 0.51 to inf"),
        ({"scores": {"recall@1": {"max": 0.4}}}, "scores recall@1 is 0.5000, expected -inf to 0.4"),
        ({"scores": {"false_answer_rate": 0.2}}, "scores false_answer_rate is not measured, expected 0.19 to 0.21"),
        ({"scores": {}, "by_lang": {"zh": {"em": 0.9}}}, "by_lang zh em is 1.0000, expected 0.89 to 0.91"),
        ({"scores": {}, "by_lang": {"ja": {"em": 0.9}}}, "by_lang ja em is not measured, expected 0.89 to 0.91"),
    ],
)
def test_not_as_expected(tmp_path, report, content, miss):
    assert misses(report, expected(tmp_path, content)) == (miss,)


def test_a_report_is_as_it_expects_itself(tmp_path, report):
    assert misses(report, expected(tmp_path, report.to_dict())) == ()


@pytest.mark.parametrize(
    "content",
    [
        "no json",
        "[]",
        "{}",
        {"scores": 3},
        {"scores": {"emm": 0.5}},
        {"scores": {"em": "high"}},
        {"scores": {"em": [1]}},
        {"scores": {"em": {"min": "x"}}},
        {"scores": {"em": {}}},
        {"scores": {"latency_ms_p50": {"max": 100}}},
        {"scores": {}, "tolerance": "x"},
        {"scores": {}, "by_lang": []},
    ],
)
def test_a_bad_file_is_named(tmp_path, content):
    with pytest.raises(EvaluationError, match=r"expected\.json.*: give expected scores as"):
        expected(tmp_path, content)


@pytest.mark.parametrize("bounds", [{"minimum": 0.99}, {"min": 0.5, "minimum": 0.99}])
def test_a_bound_that_is_misspelt_is_no_bound(tmp_path, bounds):
    with pytest.raises(EvaluationError, match=r"em is bounded by 'minimum': \"min\", \"max\" or both are expected"):
        expected(tmp_path, {"scores": {"em": bounds}})


def test_a_score_given_twice_is_named(tmp_path):
    (tmp_path / "twice.json").write_text('{"scores": {"em": 0.9, "em": 0.1}}', encoding="utf-8")
    with pytest.raises(EvaluationError, match=r'twice\.json has "em" twice in one object: leave one of them'):
        load_expected(tmp_path / "twice.json")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(EvaluationError, match=r"none\.json cannot be read"):
        load_expected(tmp_path / "none.json")
