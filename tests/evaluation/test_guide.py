"""The code in docs/evaluation.md runs and does what it says."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from rag.evaluation import SCORES, is_report

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
CODE = re.findall(r"<!-- test -->\s*```python\n(.*?)```", GUIDE, re.DOTALL)
GOLD = (ROOT / "tests" / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines()

SQUAD = {
    "data": [
        {
            "paragraphs": [
                {"context": "这座塔高5米，在城东。", "qas": [{"question": "塔有多高?", "answers": [{"text": "5米"}]}]},
                {"context": "图书馆每天开放十小时。", "qas": []},
            ]
        }
    ]
}


@pytest.fixture
def place(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "index").symlink_to(built / "index")
    (tmp_path / "questions.jsonl").write_text("\n".join(GOLD[:6]), encoding="utf-8")
    (tmp_path / "dev.json.gz").write_bytes(gzip.compress(json.dumps(SQUAD).encode()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_two_indexes_in_one_frame(place, capsys):
    frame, *_ = CODE
    (place / "other-index").symlink_to(place / "index")
    made: dict[str, Any] = {}
    exec(compile(frame, "frame", "exec"), made)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-3:] for line in lines[:1]] == [["recall@1", "contains", "f1"]]
    assert sum("wenbao-small@" in line for line in lines) == 2
    assert [len(each) for each in made["frames"]] == [6, 6]


def test_the_sweep_writes_a_row_for_each_setting(place):
    _, sweep, _, _ = CODE
    exec(compile(sweep, "sweep", "exec"), {})
    with (place / "sweep.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["leg"], row["threshold"]) for row in rows[:4]] == [
        ("dense", "0.3"),
        ("dense", "0.5"),
        ("dense", "0.7"),
        ("lexical", "0.3"),
    ]
    assert all(0 <= float(row["low"]) <= float(row["contains"]) <= float(row["high"]) <= 1 for row in rows)


def test_rows_and_a_comparison(place, capsys):
    _, _, rows, _ = CODE
    exec(compile(rows, "rows", "exec"), {})
    assert "('recall@1', " in capsys.readouterr().out
    page = (place / "fused.html").read_text(encoding="utf-8")
    assert page.count("<article ") == 4
    assert "4 questions in common" in page
    assert is_report(place / "fused.json")


def test_a_squad_file_over_its_own_paragraphs(place):
    _, _, _, squad = CODE
    made: dict[str, Any] = {}
    exec(compile(squad, "squad", "exec"), made)
    assert (len(made["report"].rows), made["report"].scores["recall@1"]) == (1, 1)


def test_every_score_is_explained():
    explained = GUIDE.replace("recall@k", "recall@1 recall@5 recall@10")
    assert [score for score in SCORES if score not in explained] == []
