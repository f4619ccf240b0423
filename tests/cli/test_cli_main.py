from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from keyword_embedder import KeywordEmbedder
from running import rag

import rag as package
from rag.cli import main
from rag.index import update

COMMANDS = ("index", "remove", "inspect", "ask", "search", "serve", "evaluate", "feedback", "user")
HEAVY = "numpy torch sentence_transformers gradio faiss onnxruntime tokenizers tantivy rich pandas sqlite3"


@pytest.mark.parametrize("module", ["rag", "rag.cli"])
def test_import_is_light(module: str) -> None:
    code = f"import sys, {module}; print(sorted(set({HEAVY.split()}) & set(sys.modules)))"
    command = [sys.executable, "-W", "error", "-c", code]
    assert subprocess.run(command, capture_output=True, check=True, timeout=60).stdout == b"[]\n"


def test_help_imports_nothing_heavy_and_names_every_command() -> None:
    code = (
        "import sys, rag.cli; sys.argv = ['rag', '--help']\n"
        f"try: rag.cli.main()\nfinally: print(sorted(set({HEAVY.split()}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    *lines, heavy = done.stdout.decode().splitlines()
    assert heavy == "[]"
    listed = {line.split()[0] for line in lines[lines.index("Commands:") + 1 :]}
    assert listed == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["rag", command, "-h"])
    with pytest.raises(SystemExit) as left:
        main()
    assert not left.value.code
    assert capsys.readouterr().out.startswith(f"Usage: rag {command} ")


def test_version_and_bare_call() -> None:
    assert rag("--version").out == f"wenbao {package.__version__}\n"
    bare = rag()
    assert (bare.status, bare.err) == (0, "")
    assert bare.out.startswith("Usage: rag [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nope"], "rag: No such command 'nope': see `rag --help`"),
        (["ask", "--nope"], "rag: No such option: --nope"),
        (["search"], "rag: Missing argument 'question': see `rag search --help`"),
        (["ask", "q", "--min-confidence", "2"], "rag: Invalid value for '--min-confidence'"),
        (["search", "q", "--leg", "x"], "rag: Invalid value for '--leg'"),
        (["search", "q", "-k", "0"], "rag: Invalid value for '-k'"),
        (["evaluate", "q.jsonl", "--limit", "0"], "rag: Invalid value for '--limit'"),
        (["ask"], "rag: give questions as arguments, or a file of them with --file"),
        (["ask", "q", "--file", "f"], "rag: give questions as arguments, or a file of them with --file"),
        (["index", "--repair", "--rebuild"], "rag: --repair takes no folders and no --rebuild: give it alone"),
    ],
)
def test_a_wrong_call_is_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["rag", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(told)
    assert err.count("\n") == 1


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """An index of another model."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text("汽车展开幕。", encoding="utf-8")
    update(tmp_path / "other", [tmp_path / "pages"], KeywordEmbedder())
    return tmp_path / "other"


def test_a_bad_index_is_one_line(tmp_path: Path, other: Path) -> None:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "corpus.sqlite").write_bytes(b"no database " * 100)
    for at, end in [
        (tmp_path / "none", "run `rag index FOLDER --index {}` first, or name its folder with --index"),
        (tmp_path / "foreign", "run `rag index --rebuild --index {}`"),
        (other, "name that model with --model, or run `rag index --rebuild --index {}`"),
    ]:
        ran = rag("ask", "汽车展?", env={"RAG_INDEX": str(at)})
        assert (ran.status, ran.out) == (2, "")
        assert ran.told.startswith("rag: ")
        assert ran.told.endswith(end.format(at))


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_model_that_is_not_there_is_one_line(built: Path, command: str) -> None:
    ran = rag(command, "谁?", "--index", built / "index", "--model", "./no/such/model")
    assert (ran.status, ran.told) == (2, "rag: there is no model folder ./no/such/model: check the path")


def test_a_missing_question_file_is_one_line(built: Path, tmp_path: Path) -> None:
    for file, reason in [(tmp_path / "none", "No such file or directory"), (tmp_path, "Is a directory")]:
        ran = rag("ask", "--file", file, "--index", built / "index")
        assert (ran.status, ran.told) == (2, f"rag: {file} cannot be read ({reason}): name a file of questions")


def test_control_c_is_one_line(
    built: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rag.chatbot.Chatbot.open", interrupted)
    monkeypatch.setattr(sys, "argv", ["rag", "ask", "谁?"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 130
    assert capsys.readouterr().err == "rag: stopped; what was finished is kept\n"


def test_a_terminal_that_cannot_show_chinese_shows_codes(built: Path) -> None:
    env = {"PYTHONIOENCODING": "iso8859-1", "PYTHONUTF8": "0"}
    ran = rag("search", "谁主持会议?", "-k", 1, "--index", built / "index", env=env)
    assert ran.status == 0
    assert "\\u" in ran.out
