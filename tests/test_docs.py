"""What the documents say is so: commands, options, code, links, the answer's JSON, the version, the pages."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import typer.main

import rag
from rag.cli import app
from rag.types import Answer, Citation

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
COMMANDS = typer.main.get_group(app).commands
SEEDS = {
    "000_ab015541aeefb666.txt": "9b7d8fe6816bd79da815f09942b7b3e47e7e5a493fbac156b23b3cfb20503b54",
    "001_2528c0b44543a3dd.txt": "ed1dcfe3c9252acf88a7664f718a1cd75b5a63dc4afaa1baae8ac4c8edf44e84",
    "002_234e97dd3e42aa41.txt": "f6f82e94e08df58e3c9922706403aa22d27e38ea59030fd3b81d99d65bbc6fd8",
    "003_8f3f0b3e62074fa8.txt": "c1c9cdc49f7efba4faf9d10487f50a8862b203cba7c1ec867355ef8fe548fd1c",
    "004_0021d8f3fb80396f.txt": "99bc6773851cfc5cde1c4ddcb949bca1ef1040bc8c0ba78132dfe26e73efdd48",
}
#: Code to run stands behind ``<!-- test -->``.
CODE = re.findall(r"<!-- test -->\s*```python\n(.*?)```", README, re.DOTALL)


def test_seeds_are_the_five_pages_unchanged() -> None:
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (ROOT / "seeds").iterdir()}
    assert found == SEEDS


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_every_command_with_its_options(command: str) -> None:
    rows = [line for line in README.splitlines() if line.startswith(f"| `rag {command}")]
    assert len(rows) == 1
    options = [option for parameter in COMMANDS[command].params for option in parameter.opts if option.startswith("-")]
    everywhere = {"--index", "-h", "--help"}
    assert [option for option in options if option not in everywhere and f"`{option}" not in rows[0]] == []
    named = {option for each in re.findall(r"`(-[-a-z/]+)`", rows[0]) for option in each.split("/")}
    known = {option for parameter in COMMANDS[command].params for option in parameter.opts + parameter.secondary_opts}
    assert named <= known
    assert "`--index DIR`" in README


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_in_a_document_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert set(re.findall(r"`(?:\.venv/bin/)?rag ([a-z]+)", text)) <= COMMANDS.keys()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", text)) <= targets


@pytest.mark.parametrize("code", CODE)
def test_code_in_the_readme_runs(code: str, copied: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=copied, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "23家" in done.stdout


def test_there_is_code_to_run_in_the_readme() -> None:
    assert CODE


def test_the_answer_in_the_readme_has_the_fields_of_an_answer() -> None:
    shown = json.loads(re.findall(r"```json\n(.*?)```", README, re.DOTALL)[0])
    answer = Answer("", None, "zh", 0.0, (), (), "", "", 0).to_dict()
    assert list(shown) == list(answer)
    assert list(shown["citations"][0]) == [field.name for field in fields(Citation)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_to_files_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link}
    assert [link for link in sorted(links) if link and not (ROOT / link).exists()] == []


def test_the_changelog_has_this_version_first() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = re.search(r"^## \[?(\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert first
    assert first[1] == rag.__version__


def test_the_index_folder_holds_no_index() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "index"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    assert set(listed.stdout.split()) == {"index/.gitignore", "index/README.md"}
