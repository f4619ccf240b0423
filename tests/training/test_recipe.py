"""The recipe in ``rag/training/README.md``: its commands can be typed, and learn from nothing that is evaluated on."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from itertools import takewhile
from pathlib import Path
from string import Template
from typing import Any

import pytest
import typer
import typer.main

from rag.cli import app as rag_app
from rag.training import sources

PAGE = (Path(__file__).parents[2] / "rag" / "training" / "README.md").read_text(encoding="utf-8")
#: What measures; all else learns or fits.
MEASURING = (("python", "-m", "rag.training", "score"), ("rag", "evaluate"), ("python", "tests/benchmarks/results.py"))
#: Click's, or that of the copy of click in newer releases of typer.
UsageError = typer.BadParameter.__base__
assert UsageError is not None
#: Names of the sets that are evaluated on, or parts of them.
EVALUATED = re.compile(r"[./-]dev\b|\bdev/|\bxquad|\batsec|\bgold\b|\btests/", re.IGNORECASE)
#: An operator of the shell, behind which another command begins.
OPERATOR = re.compile(r"[;&|<>()]+")


def commands(text: str) -> list[list[str]]:
    """The words of each command in the shell blocks of a page, with the variables of the block put in."""
    found: list[list[str]] = []
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        known = {"DATA": "data", "OUT": "out"}
        script = re.sub(r'"([^"]*)"', lambda quoted: quoted[0].replace("\n", " "), block.replace("\\\n", " "))
        for line in script.splitlines():
            if assigned := re.match(r"([A-Z]+)=(.*)", line):
                known[assigned[1]] = Template(assigned[2].strip('"')).substitute(known)
            else:
                found += _split(shlex.shlex(Template(line).safe_substitute(known), posix=True, punctuation_chars=True))
    return found


def _split(words: shlex.shlex) -> list[list[str]]:
    words.whitespace_split = True
    parts: list[list[str]] = []
    while part := list(takewhile(lambda word: not OPERATOR.fullmatch(word), words)):
        parts.append(part)
    return parts


def parse(words: list[str]) -> bool:
    """Parse a command of ours with its own parser; False for one that is not ours.

    ``UsageError`` or ``SystemExit`` if it cannot be typed.
    """
    if words[0] == "rag":
        _parse_click(typer.main.get_command(rag_app), words[1:])
    elif words[:3] == ["python", "-m", "rag.training"]:
        _parse_click(typer.main.get_command(import_module("rag.training.__main__").app), words[3:])
    elif words[:2] == ["python", "-m"] and words[2].startswith("rag."):
        module = import_module(words[2])
        if hasattr(module, "parser"):
            module.parser().parse_args(words[3:])
        else:
            _parse_click(typer.main.get_command(module.app), words[3:])
    else:
        return False
    return True


def _parse_click(command: Any, words: list[str]) -> None:
    while commands := getattr(command, "commands", None):
        if words[0] not in commands:
            raise UsageError(f"no command {words[0]}")
        command, words = commands[words[0]], words[1:]
    command.make_context("recipe", list(words))


def learning(text: str) -> list[list[str]]:
    return [words for words in commands(text) if not any(tuple(words[: len(m)]) == m for m in MEASURING)]


def evaluated(words: list[str]) -> list[str]:
    """Words that name something that is evaluated on."""
    return [word for word in words if EVALUATED.search(word)]


def test_the_page_is_read_as_a_shell_would() -> None:
    text = 'X="--a 1\n--b 2"\npip install x # why\npython -m y $X \\\n  --c $DATA/z && rag index d | head\n'
    assert commands(f"```sh\n{text}```") == [
        ["pip", "install", "x"],
        ["python", "-m", "y", "--a", "1", "--b", "2", "--c", "data/z"],
        ["rag", "index", "d"],
        ["head"],
    ]


def test_every_command_of_the_recipe_can_be_typed() -> None:
    ours = [words for words in commands(PAGE) if parse(words)]
    stages = {words[3] for words in ours if words[:3] == ["python", "-m", "rag.training"]}
    assert {"unpack", "tune", "export", "score"} <= stages
    assert {"rag.training.fusion", "rag.training.confidence"} <= {words[2] for words in ours if words[0] == "python"}


@pytest.mark.parametrize(
    "line",
    [
        "python -m rag.training tune --encoder a --data b --out c",  # --steps is needed
        "python -m rag.training tune --encoder a --data b --out c --steps 9 --minutes 9",
        "python -m rag.training distil --out c",
        "python -m rag.training.confidence --data a --work b --dictionary c",
        "python -m rag.training.fusion --squad a=b",
        "rag evaluate a --legs dense",
    ],
)
def test_what_cannot_be_typed_would_be_seen(line: str) -> None:
    with pytest.raises((UsageError, SystemExit)):
        parse(shlex.split(line))


def test_nothing_is_learnt_from_what_is_evaluated_on() -> None:
    learnt = learning(PAGE)
    assert len(learnt) > 5
    assert [words for words in learnt if evaluated(words)] == []
    assert evaluated([*sources.QUESTIONS, *sources.PARALLEL, *sources.SHARES]) == []
    assert evaluated([str(path) for name in sources.QUESTIONS for path in sources.question_files(Path(), name)]) == []
    assert evaluated(re.findall(r'"([^"\n]*)"', Path(sources.__file__).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "line",
    [
        "python -m rag.training tune --data $DATA/news/dev",
        "python -m rag.training export --texts $DATA/qa/xquad-half.en.json.gz",
        "python -m rag.training export --texts $DATA/qa/drcd.dev.json.gz",
        "python -m rag.training.fusion --data $DATA/qa/atsec-news.train.json.gz",
        "python -m rag.training.confidence --data tests/gold",
        'X="--texts $DATA/qa/jaquad.dev.json.gz"\npython -m rag.training tune $X',
    ],
)
def test_what_is_evaluated_on_would_be_seen(line: str) -> None:
    [words] = learning(f"```sh\n{line}\n```")
    assert len(evaluated(words)) == 1


def test_the_scores_of_the_recipe_are_checked_against_what_they_are_called() -> None:
    """``--expected docs/results/NAME.json`` names the very command."""
    import json

    checks = [words for words in commands(PAGE) if words[:2] == ["rag", "evaluate"] and "--expected" in words]
    for words in checks:
        at = words.index("--expected")
        kept = json.loads((Path(__file__).parents[2] / words[at + 1]).read_text(encoding="utf-8"))
        typed = " ".join(word.removeprefix("data/qa/") for word in words[:at])
        assert kept["run"]["command"] == typed
