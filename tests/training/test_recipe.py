"""The recipe in ``rag/training/README.md``: its commands can be typed, and learn from nothing that is evaluated on."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from string import Template

import pytest
import typer.main

from rag.cli import app as rag_app
from rag.training.__main__ import app

RECIPE = (Path(__file__).parents[2] / "rag" / "training" / "README.md").read_text(encoding="utf-8")
#: What measures; all else learns or fits.
MEASURING = (("python", "-m", "rag.training", "score"), ("rag", "evaluate"))
#: Names of files, or parts of them, whose questions the documents report figures of.
EVALUATED = re.compile(r"\bdev\b|xquad|atsec|gold|languages|test", re.IGNORECASE)
COMMANDS = typer.main.get_group(app).commands


def commands(text: str) -> list[list[str]]:
    """The words of each command in the document's shell blocks, with the variables of the block put in."""
    found: list[list[str]] = []
    known = {"DATA": "data", "OUT": "out"}
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        script = re.sub(r'"([^"]*)"', lambda quoted: quoted[0].replace("\n", " "), block.replace("\\\n", " "))
        for line in script.splitlines():
            if assigned := re.match(r"([A-Z]+)=(.*)", line):
                known[assigned[1]] = Template(assigned[2].strip('"')).substitute(known)
            else:
                for part in line.split("&&"):
                    words = shlex.split(Template(part).substitute(known), comments=True)
                    found += [words] if words else []
    return found


def learning(text: str) -> list[list[str]]:
    return [words for words in commands(text) if not any(tuple(words[: len(m)]) == m for m in MEASURING)]


def evaluated(words: list[str]) -> list[str]:
    """Arguments that name a file that is evaluated on."""
    return [word for word in words if EVALUATED.search(word)]


def test_the_recipe_is_read_as_a_shell_would() -> None:
    found = commands(RECIPE)
    assert found[0][:4] == ["python", "-m", "rag.training", "traditional"]
    distil = next(words for words in found if words[3] == "distil")
    assert [word for word in distil if "tatoeba" in word] == ["data/parallel/tatoeba-train.zh-en.tsv.gz=1"]
    assert distil[-4:] == ["--steps", "1479", "--minutes", "600"]
    modules = {words[2] for words in found if words[0] == "python"}
    assert modules == {
        "rag.training",
        *(f"rag.training.{name}" for name in ("dictionary", "spans", "fusion", "confidence")),
    }


def test_nothing_is_learnt_from_what_is_evaluated_on() -> None:
    learnt = learning(RECIPE)
    assert len(learnt) > 20
    assert [words for words in learnt if evaluated(words)] == []


@pytest.mark.parametrize(
    "line",
    [
        "python -m rag.training mine --reading $DATA/qa/cmrc2018.dev.json.gz --out $OUT/cmrc.json",
        "python -m rag.training distil --squad $DATA/qa/xquad-half.en.json.gz",
        "python -m rag.training export --calibrate $DATA/qa/drcd.dev.json.gz",
        "python -m rag.training.fusion --pairs a=$DATA/qa/atsec-news.train.json.gz",
        "python -m rag.training.confidence cmrc=$DATA/qa/cmrc2018.dev.json.gz",
        'X="--reading $DATA/qa/jaquad.dev.json.gz"\npython -m rag.training vocabulary $X',
    ],
)
def test_what_is_evaluated_on_would_be_seen(line: str) -> None:
    [words] = learning(f"```sh\n{line}\n```")
    assert len(evaluated(words)) == 1


def test_the_options_of_the_recipe_exist() -> None:
    groups = {("python", "-m", "rag.training"): COMMANDS, ("rag",): typer.main.get_group(rag_app).commands}
    checked = 0
    for words in commands(RECIPE):
        for start, known in groups.items():
            if tuple(words[: len(start)]) == start:
                options = {option for each in known[words[len(start)]].params for option in each.opts}
                assert {word for word in words if word.startswith("--")} <= options
                checked += 1
    assert checked > 25


def test_the_scores_of_the_recipe_are_checked_against_what_they_are_called() -> None:
    """``--expected docs/results/NAME.json`` names the very command."""
    import json

    checks = [words for words in commands(RECIPE) if words[:2] == ["rag", "evaluate"]]
    assert len(checks) == 8
    for words in checks:
        at = words.index("--expected")
        kept = json.loads((Path(__file__).parents[2] / words[at + 1]).read_text(encoding="utf-8"))
        typed = " ".join(word.removeprefix("data/qa/") for word in words[:at])
        assert kept["run"]["command"] == typed
