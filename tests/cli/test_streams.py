"""Streams that are closed or take nothing, a POSIX locale, and names that would mislead: one line, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rag.cli import app
from rag.cli.batch import Target
from rag.cli.lines import escaped
from rag.errors import InputError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="written for a shell")


def shell(command: str, index: Path, **env: str) -> tuple[int, str, str]:
    program = f'"{sys.executable}" -W error -m rag'
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("RAG_", "LC_", "LANG"))}
    done = subprocess.run(
        ["bash", "-c", command.replace("rag ", f"{program} ", 1)],
        capture_output=True,
        timeout=60,
        check=False,
        env={**surroundings, "RAG_INDEX": str(index), **env},
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("rag ask --file - <&-", "rag: stdin is closed: pipe the questions in, or name a file of them\n"),
        (
            "rag user add li --auth users --stdin <&-",
            "rag: stdin is closed: pipe the password in with --stdin, or type",
        ),
        ("rag ask 谁主持? >/dev/full", "rag: the output cannot be written (No space left on device): free some space"),
        ("rag --help >/dev/full", "rag: the output cannot be written (No space left on device): free some space"),
        ("rag ask 谁主持? --index nowhere 2>/dev/full", ""),
    ],
)
def test_a_stream_that_is_closed_or_full(built: Path, command: str, told: str) -> None:
    status, _, err = shell(command, built / "index")
    assert status == 2
    assert err.startswith(told)
    assert len(err.splitlines()) == bool(told)


@pytest.mark.parametrize("utf8", ["0", "1"])
def test_a_posix_locale(built: Path, utf8: str) -> None:
    locale = {"LC_ALL": "POSIX", "PYTHONUTF8": utf8, "PYTHONCOERCECLOCALE": "0"}
    status, _, err = shell("rag ask 武进有多少家企业? --source", built / "index", **locale)
    assert (status, len(err.splitlines())) == (2, 1)
    status, _, err = shell("rag inspect 没有.txt", built / "index", **locale)
    assert (status, len(err.splitlines())) == (2, 1)
    status, _, err = shell("rag search 企业 -k 1", built / "index", **locale)
    assert (status, len(err.splitlines())) == ((0, 0) if utf8 == "1" else (2, 1))


def test_a_file_of_answers_on_a_full_disk() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(InputError, match="No space left on device"):
        Target(print, file=full).error(1, InputError("no words"))


def test_names_of_sources_are_escaped(tmp_path: Path) -> None:
    assert escaped("报\u202etxt.b\x1b[2J\x9b \u3000é") == "报\\u202etxt.b\\x1b[2J\\x9b \u3000é"
    (tmp_path / "a\u202etxt.b.txt").write_text("新学校落成\n\n新学校今天落成。", encoding="utf-8")
    out = CliRunner().invoke(app, ["inspect", str(tmp_path / "a\u202etxt.b.txt")]).stdout
    assert out.startswith("a\\u202etxt.b.txt (utf-8, ")
    told = CliRunner().invoke(app, ["inspect", str(tmp_path / "b\u2066\x07.txt")]).stderr
    assert "b\\u2066\\x07.txt" in told
