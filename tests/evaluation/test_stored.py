from __future__ import annotations

import json

import pytest

from rag.errors import EvaluationError
from rag.evaluation import is_report, load_report


def test_a_report_read_back_is_the_report(report, reports):
    found = load_report(reports["this"])
    assert found.to_dict() == report.to_dict()
    assert found.judged == report.judged
    assert found.rows[0].answer == report.rows[0].answer


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
