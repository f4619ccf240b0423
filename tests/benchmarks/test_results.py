"""The plan of all measurements, and one of them done over a set of three questions."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

import results

from rag.evaluation.table import SETS

CONTEXTS = {"塔高五十米，在城东。": ("塔有多高?", "五十米"), "河水向南流入大海。": ("河水流入哪里?", "大海")}


def test_each_set_of_the_tables_is_measured_given_and_by_leg_and_some_open() -> None:
    names = [run.name for run in results.PLAN]
    by_kind = {f"{name}{kind}" for name in SETS for kind in ("-given", "-dense", "-lexical", "-fused")}
    ours = {"gold", "gold-dense", "languages-dense", "languages-fused"}
    assert set(names) == (by_kind | ours | set(results.OPEN)) - {"jaquad-given"}
    assert [name for name in names if name in SETS] == ["cmrc", "xquad-zh", "xquad-en-zh"]
    assert names[0] == "gold"
    assert results.DRAWN.keys() <= set(names)


def test_the_command_of_a_run_names_files_and_no_folders() -> None:
    commands = {run.name: run.command for run in results.PLAN}
    assert commands["gold"] == "rag evaluate tests/gold/questions.jsonl"
    assert commands["cmrc-dense"] == (
        "rag evaluate cmrc2018.dev.json.gz --pool cmrc2018.trial.json.gz --pool cmrc2018.train.json.gz"
        " --retrieval --leg dense"
    )
    assert commands["drcd-given"] == "rag evaluate drcd.dev.json.gz --gold-passage"
    assert commands["languages-fused"] == "rag evaluate tests/benchmarks/languages.jsonl --retrieval --leg fused"


def test_a_measurement_leaves_scores_and_no_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAG_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(results, "update", lambda *_: None)  # no set of ours is asked here
    paragraphs = [
        {"context": context, "qas": [{"id": text, "question": text, "answers": [{"text": answer}]}]}
        for context, (text, answer) in CONTEXTS.items()
    ]
    data = json.dumps({"data": [{"paragraphs": paragraphs}]})
    (tmp_path / "xquad-half.zh.json.gz").write_text(data, encoding="utf-8")
    out = tmp_path / "out"
    results.main(["--data", str(tmp_path), "--out", str(out), "--only", "xquad-zh", "--only", "drcd-given"])
    [file] = (out / "results").iterdir()
    found = json.loads(file.read_text(encoding="utf-8"))
    assert (file.name, found["questions"], found["scores"]["recall@1"]) == ("xquad-zh.json", 2, 1.0)
    assert found["run"]["command"] == "rag evaluate xquad-half.zh.json.gz"
    assert "塔" not in file.read_text(encoding="utf-8")
    assert "drcd-given: left out, there is no drcd.dev.json.gz" in capsys.readouterr().out


def test_a_trial_does_not_end_up_in_our_documents(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        results.main(["--data", str(tmp_path), "--limit", "5"])
