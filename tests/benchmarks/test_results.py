"""The plan of all measurements, and one of them done over a set of three questions."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

import results
from in_traditional import turned, write_traditional
from tables import LANGUAGES, SETS

from rag.errors import InputError
from rag.evaluation.expected import load_expected
from rag.evaluation.stored import is_report
from rag.text import simplify

CONTEXTS = {"塔高五十米，在城东。": ("塔有多高?", "五十米"), "河水向南流入大海。": ("河水流入哪里?", "大海")}


def test_each_set_of_the_tables_is_measured_open_given_and_by_leg() -> None:
    names = [run.name for run in results.PLAN]
    by_kind = {f"{name}{kind}" for name in SETS for kind in ("-given", "-dense", "-lexical", "-fused")}
    ours = {"gold", "dialogues", "gold-dense", "xquad-zh-traditional-dense"}
    pages = {"pages", "pages-ocr", "pages-dialogues", "pages-dense", "pages-lexical", "pages-fused"}
    languages = {f"xquad-{lang}{kind}-dense" for lang in LANGUAGES for kind in ("", "-zh")}
    assert set(names) == (by_kind | ours | pages | languages | set(results.OPEN)) - {"jaquad-given"}
    assert [name for name in names if name in SETS] == [name for name in SETS if name != "jaquad"]
    assert names[0] == "gold"
    assert results.DRAWN.keys() <= set(names)


def test_the_command_of_a_run_names_files_and_no_folders() -> None:
    commands = {run.name: run.command for run in results.PLAN}
    assert commands["gold"] == "rag evaluate tests/gold/questions.jsonl"
    assert commands["cmrc-dense"] == (
        "rag evaluate cmrc2018.dev.json.gz --pool cmrc2018.trial.json.gz --pool cmrc2018.train.json.gz"
        " --retrieval --leg dense"
    )
    assert commands["xquad-zh-traditional-dense"] == (
        "rag evaluate xquad-half.zh-traditional.json.gz --retrieval --leg dense"
    )
    assert commands["drcd-given"] == "rag evaluate drcd.dev.json.gz --gold-passage"
    assert commands["pages-fused"] == "rag evaluate tests/gold/news/questions.jsonl --retrieval --leg fused"
    assert commands["xquad-th-zh-dense"] == "rag evaluate xquad-half.th-zh.json.gz --retrieval --leg dense"


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
    monkeypatch.setattr(results, "PLAN", [run for run in results.PLAN if run.name in ("xquad-zh", "drcd-given")])
    results.main(["--data", str(tmp_path), "--out", str(out), "--reports", str(tmp_path / "whole")])
    [file] = (out / "results").iterdir()
    found = json.loads(file.read_text(encoding="utf-8"))
    assert (file.name, found["questions"], found["scores"]["recall@1"]) == ("xquad-zh.json", 2, 1.0)
    assert found["run"]["command"] == "rag evaluate xquad-half.zh.json.gz"
    recall = next(e for e in load_expected(file) if (e.group, e.score) == ("scores", "recall@1"))
    assert (recall.low, recall.high) == (0.998, 1.002)
    assert is_report(file)
    assert "塔" not in file.read_text(encoding="utf-8")
    whole = json.loads((tmp_path / "whole" / "xquad-zh.json").read_text(encoding="utf-8"))
    assert [row["question"] for row in whole["rows"]] == ["塔有多高?", "河水流入哪里?"]
    assert "塔高" in (tmp_path / "whole" / "xquad-zh.html").read_text(encoding="utf-8")
    assert "drcd-given: left out, there is no drcd.dev.json.gz" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("only", "lacking"),
    [
        (["--only", "xquad-zh", "--only", "drcd-given"], "drcd.dev.json.gz, xquad-half.zh.json.gz"),
        ([], "atsec-news.train.json.gz, cmrc2018.dev.json.gz"),
    ],
)
def test_a_folder_of_something_else_is_no_reason_to_measure_nothing_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], only: list[str], lacking: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        results.main(["--data", str(tmp_path), "--out", str(tmp_path), *only])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert f"{tmp_path} has no {lacking}" in said
    assert said.endswith(": name the folder of the SQuAD files\n")


def test_what_was_stopped_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> None:
        raise InputError("2 questions of this run were asked: go on with --resume")

    monkeypatch.setattr(results, "measure_all", stopped)
    with pytest.raises(SystemExit) as status:
        results.main(["--data", str(tmp_path), "--out", str(tmp_path), "--only", "gold"])
    assert status.value.code == 2
    said = "results.py: 2 questions of this run were asked: go on with --resume (make: RESUME=1)\n"
    assert capsys.readouterr().err == said


def test_whole_reports_do_not_end_up_in_our_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        results.main(["--data", str(tmp_path), "--reports", str(results.ROOT / "docs" / "results")])
    assert "--reports holds the texts of the sets" in capsys.readouterr().err


def test_a_trial_does_not_end_up_in_our_documents(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        results.main(["--data", str(tmp_path), "--limit", "5"])


def test_every_figure_that_we_publish_can_be_checked_within_two_thousandths() -> None:
    """``rag evaluate … --expected docs/results/NAME.json``, with the command that the file names."""
    kept = [
        Path(results.ROOT, "docs", "results", f"{run.name}.json") for run in results.PLAN if "dialogues" not in run.name
    ]
    checked = [path for path in kept if path.exists()]
    assert len(checked) > 30
    for path in checked:
        assert json.loads(path.read_text(encoding="utf-8"))["tolerance"] == results.TOLERANCE == 0.002
        assert load_expected(path)


def test_a_set_in_traditional_characters_differs_in_nothing_else(tmp_path: Path) -> None:
    table = turned()
    assert "经济发展,头发".translate(table) == "經濟發展,頭發"  # 髮 would be right: the first is taken
    text = "武进区经济发展。皇后在后面。Growth of 6.2%"
    qas = [{"id": "发1", "question": "谁在后面?", "answers": [{"text": "皇后", "answer_start": 8}]}]
    source, target = tmp_path / "a.json.gz", tmp_path / "b.json.gz"
    with gzip.open(source, "wt", encoding="utf-8") as stream:
        json.dump({"data": [{"paragraphs": [{"context": text, "qas": qas}]}]}, stream)
    with gzip.open(write_traditional(source, target), "rt", encoding="utf-8") as stream:
        [paragraph] = json.load(stream)["data"][0]["paragraphs"]
    assert paragraph["context"] == "武進區經濟發展。皇後在後面。Growth of 6.2%".replace("面", "麵")
    assert paragraph["qas"][0] == {
        "id": "发1",
        "question": "誰在後麵?",
        "answers": [{"text": "皇後", "answer_start": 8}],
    }
    assert simplify(paragraph["context"]) == text


def test_every_character_of_the_table_comes_back() -> None:
    assert [chr(one) for one, other in turned().items() if simplify(other) != chr(one)] == []


def test_the_same_set_in_both_scripts_is_asked_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(results, "update", lambda *_: None)
    paragraphs = [
        {"context": context, "qas": [{"id": text, "question": text, "answers": [{"text": answer}]}]}
        for context, (text, answer) in CONTEXTS.items()
    ]
    with gzip.open(tmp_path / "xquad-half.zh.json.gz", "wt", encoding="utf-8") as stream:
        json.dump({"data": [{"paragraphs": paragraphs}]}, stream)
    names = ("xquad-zh-dense", "xquad-zh-traditional-dense")
    only = [part for name in names for part in ("--only", name)]
    results.main(["--data", str(tmp_path), "--out", str(tmp_path / "out"), *only])
    one, other = (json.loads((tmp_path / "out" / "results" / f"{name}.json").read_text("utf-8")) for name in names)
    same = {"recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"}
    assert {name: one["scores"][name] for name in same} == {name: other["scores"][name] for name in same}
    assert one["run"]["questions_sha256"] != other["run"]["questions_sha256"]
