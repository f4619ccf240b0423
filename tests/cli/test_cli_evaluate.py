from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import rag
from typer.testing import CliRunner, Result

from rag.cli import app, main
from rag.errors import InputError
from rag.evaluation import SCORES, Report

QUESTION = {
    "id": "firms",
    "lang": "zh",
    "type": "count",
    "question": "武进有多少家企业获评国家级专精特新“小巨人”企业?",
    "answers": ["23家"],
    "source": "001_2528c0b44543a3dd.txt",
    "evidence": "23家企业获评国家级专精特新“小巨人”企业",
}
UNTOLD = {"id": "fish", "lang": "zh", "type": "none", "question": "南极洲的企鹅冬天吃什么鱼?", "answers": []}
SQUAD = {
    "version": "1.1",
    "data": [
        {
            "title": "t",
            "paragraphs": [
                {
                    "context": "汽车展于6月1日在武进吾悦广场开幕。",
                    "qas": [
                        {
                            "id": "q1",
                            "question": "汽车展什么时候开幕?",
                            "answers": [{"text": "6月1日", "answer_start": 4}],
                        }
                    ],
                }
            ],
        }
    ],
}


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "q.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in (QUESTION, UNTOLD)), encoding="utf-8")
    return file


@pytest.fixture
def dialogues(tmp_path: Path) -> Path:
    file = tmp_path / "dialogues.jsonl"
    file.write_text(json.dumps({"turns": [{"question": "谁主持?", "answers": ["甲"]}]}), encoding="utf-8")
    return file


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A report of no questions, as ``--json`` writes it."""
    file = tmp_path / "stored.json"
    file.write_text(json.dumps(Report.of([]).to_dict()), encoding="utf-8")
    return file


def test_our_jsonl_over_the_index(built: Path, questions: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    result = run("evaluate", questions, "--index", built / "index", "--json", out, "--min-confidence", 0)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].rstrip() == "2 questions"
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["questions"] == 2
    assert set(report["scores"]) == set(SCORES)
    assert (report["scores"]["contains"], report["scores"]["recall@5"]) == (1.0, 1.0)
    assert report["scores"]["false_answer_rate"] == 1.0
    assert list(report["by_lang"]) == ["zh"]
    row = report["rows"][0]
    assert (row["id"], row["question"], row["answers"], row["failure"]) == (
        "firms",
        QUESTION["question"],
        ["23家"],
        None,
    )
    assert row["answer"]["citations"][0]["source"] == QUESTION["source"]
    assert report["rows"][1]["failure"] == "answered"
    assert report["run"]["model"].startswith("wenbao-small@")


def test_json_on_stdout_is_nothing_but_json(built: Path, questions: Path) -> None:
    ran = rag("evaluate", questions, "--index", built / "index", "--json", "-", "--limit", 1)
    assert ran.status == 0
    assert json.loads(ran.out)["questions"] == 1
    assert ran.err.startswith("1 questions")


def test_retrieval_alone_by_one_leg(built: Path, questions: Path) -> None:
    options = ("--retrieval", "--leg", "lexical", "--json", "-")
    report = json.loads(run("evaluate", questions, "--index", built / "index", *options).stdout)
    assert report["scores"]["recall@5"] == 1.0
    assert report["scores"]["contains"] is None
    assert (report["run"]["leg"], report["run"]["retrieval"]) == ("lexical", True)


@pytest.mark.parametrize(("wanted", "status"), [({"min": 1.0}, 0), ({"max": 0.5}, 1)])
def test_expected_scores_decide_the_exit_status(
    built: Path, questions: Path, tmp_path: Path, wanted: dict[str, float], status: int
) -> None:
    expected = tmp_path / "expected.json"
    expected.write_text(json.dumps({"scores": {"recall@5": wanted}}), encoding="utf-8")
    result = run("evaluate", questions, "--index", built / "index", "--retrieval", "--expected", expected)
    assert result.exit_code == status
    assert ("not as expected: scores recall@5 is 1.0000, expected -inf to 0.5" in result.stdout) == bool(status)


@pytest.mark.parametrize("options", [(), ("--gold-passage",), ("--pool", "squad.json")])
def test_squad_over_a_pool(tmp_path: Path, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("squad.json").write_text(json.dumps(SQUAD, ensure_ascii=False), encoding="utf-8")
    report = json.loads(run("evaluate", "squad.json", *options, "--json", "-").stdout)
    assert (report["questions"], report["run"]["passages"]) == (1, 1)
    assert report["rows"][0]["answer"]["answer"] == "6月1日"
    assert report["scores"]["em"] == 1.0


def test_bad_questions_are_one_line(built: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("no json\n", encoding="utf-8")
    for file in ("bad.jsonl", "none.jsonl"):
        ran = rag("evaluate", tmp_path / file, "--index", built / "index")
        assert (ran.status, ran.out) == (2, "")
        assert ran.told.startswith(f"rag: {tmp_path / file}")


def test_a_report_that_cannot_be_written_is_one_line(built: Path, questions: Path, tmp_path: Path) -> None:
    options = ("--index", built / "index", "--limit", 1, "--retrieval", "--json")
    ran = rag("evaluate", questions, *options, tmp_path / "no" / "r.json")
    assert (ran.status, ran.told) == (2, f"rag: {tmp_path / 'no'} is no folder: name another file with --json")


@pytest.mark.parametrize("option", ["--json", "--html", "--run"])
def test_a_folder_is_no_file_to_write_and_nothing_is_asked(
    questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setattr("rag.evaluation.run_evaluation", None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=rf"^[.] is a folder: name a file with {option}$"):
        run("evaluate", questions, option, ".")


def test_a_folder_is_no_file_for_dialogues_either(dialogues: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder: name a file with --json"):
        run("evaluate", dialogues, "--index", "none", "--json", tmp_path)


def test_reading_alone_ranks_nothing_to_write(tmp_path: Path) -> None:
    ran = rag("evaluate", tmp_path / "squad.json", "--gold-passage", "--run", tmp_path / "run.txt")
    said = "rag: --gold-passage ranks nothing that --run could write: leave one of them out"
    assert (ran.status, ran.told) == (2, said)
    assert not (tmp_path / "run.txt").exists()


@pytest.mark.parametrize(
    ("mode", "option", "told"),
    [
        ("--gold-passage", ("--leg", "fused"), "--gold-passage searches for nothing that --leg could find"),
        ("--retrieval", ("--min-confidence", 0), "--retrieval answers nothing that --min-confidence could withhold"),
    ],
)
def test_options_without_effect_in_a_mode_are_refused(
    questions: Path, mode: str, option: tuple[object, ...], told: str
) -> None:
    with pytest.raises(InputError, match=f"^{told}: leave one of them out$"):
        run("evaluate", questions, mode, *option)


def test_those_of_the_environment_are_not(built: Path, questions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_MIN_CONFIDENCE", "0.5")
    assert run("evaluate", questions, "--index", built / "index", "--retrieval").exit_code == 0


def test_a_file_without_questions_is_one_line(built: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("no json\n", encoding="utf-8")
    (tmp_path / "none.json").write_text('{"data": []}', encoding="utf-8")
    for file in ("bad.jsonl", "none.json"):
        ran = rag("evaluate", tmp_path / file, "--index", built / "index", "--skip-bad")
        assert (ran.status, ran.out) == (2, "")
        assert ran.told.startswith(f"rag: {tmp_path / file} has no question that can be asked: ")


def test_control_c_names_how_to_go_on(
    questions: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rag.chatbot.Chatbot.open", interrupted)
    monkeypatch.setattr("sys.argv", ["rag", "evaluate", str(questions)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 130
    said = "rag: stopped; what was finished is kept: the same command with --resume goes on\n"
    assert capsys.readouterr().err == said


IDLE_EVERYWHERE = [
    ("--pool", "p.json"),
    ("--gold-passage",),
    ("--retrieval",),
    ("--leg", "fused"),
    ("--min-confidence", "0.5"),
    ("--sample", "2"),
    ("--seed", "0"),
    ("--skip-bad",),
    ("--resume",),
    ("--run", "run.txt"),
]


@pytest.mark.parametrize("option", [*IDLE_EVERYWHERE, ("--html", "p.html"), ("--expected", "e"), ("--compare", "r")])
def test_options_that_do_nothing_for_dialogues_are_refused(dialogues: Path, option: tuple[str, ...]) -> None:
    said = f"holds dialogues, for which {option[0]} would do nothing: only --model, --index, --limit, --json can be"
    with pytest.raises(InputError, match=said):
        run("evaluate", dialogues, "--limit", 1, *option)


@pytest.mark.parametrize("option", [*IDLE_EVERYWHERE, ("--limit", "1"), ("--model", "m"), ("--index", "i")])
def test_options_that_do_nothing_for_a_report_are_refused(stored: Path, option: tuple[str, ...]) -> None:
    said = f"is a report, for which {option[0]} would do nothing: only --expected, --compare, --json, --html can be"
    with pytest.raises(InputError, match=said):
        run("evaluate", stored, "--json", "-", *option)
    assert not Path("run.txt").exists()


def test_every_option_that_does_nothing_is_named_in_one_line(stored: Path) -> None:
    ran = rag("evaluate", stored, "--limit", 1, "--retrieval", "--run", "run.txt")
    assert ran.status == 2
    assert ran.told.startswith(f"rag: {stored} is a report, for which --retrieval, --limit, --run would do nothing: ")


def test_the_environment_is_for_every_command_and_not_refused(stored: Path) -> None:
    environment = {"RAG_LEG": "dense", "RAG_INDEX": "elsewhere", "RAG_MODEL": "m", "RAG_MIN_CONFIDENCE": "0.5"}
    assert rag("evaluate", stored, env=environment).status == 0


def test_a_page_a_run_file_and_a_comparison(built: Path, questions: Path, tmp_path: Path) -> None:
    first, page, ranks = tmp_path / "first.json", tmp_path / "page.html", tmp_path / "run.txt"
    run("evaluate", questions, "--index", built / "index", "--json", first, "--html", page, "--run", ranks)
    assert page.read_text(encoding="utf-8").count("<article ") == 2
    assert ranks.read_text(encoding="utf-8").splitlines()[0].split()[::3] == ["firms", "1"]
    options = ("--min-confidence", 0, "--compare", first, "--json", "-")
    asked = run("evaluate", questions, "--index", built / "index", *options)
    report = json.loads(asked.stdout)
    assert (report["compare"]["questions"], report["compare"]["lost"]) == (2, ["fish"])
    lines = [line.rstrip() for line in asked.stderr.splitlines()]
    assert lines[lines.index("lost: 1") + 1] == f"  fish: {UNTOLD['question']}"


def test_two_reports_are_compared_and_shown_without_asking(
    built: Path, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, page = tmp_path / "report.json", tmp_path / "page.html"
    run("evaluate", questions, "--index", built / "index", "--json", report)
    monkeypatch.setattr("rag.chatbot.Chatbot.open", None)
    result = run("evaluate", report, "--compare", report, "--html", page)
    assert (result.exit_code, "won: 0" in result.stdout) == (0, True)
    assert "2 questions in common; 0 won, 0 lost" in page.read_text(encoding="utf-8")


def test_bad_lines_are_skipped_and_named(built: Path, questions: Path) -> None:
    questions.write_text(questions.read_text(encoding="utf-8") + "\nno json", encoding="utf-8")
    ran = rag("evaluate", questions, "--index", built / "index", "--retrieval", "--skip-bad")
    assert ran.status == 0
    assert f"skipped: {questions} line 3 is not JSON" in " ".join(ran.out.split())
