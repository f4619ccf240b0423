"""The race with systems of a few lines: what is measured, what a failure becomes, and the tables."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from math import log2
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))

import contestants
import environments
import news_pages
import peer_llamaindex
import race
from contestants import Contestant
from racetable import OURS, page, tables
from shipped import Shipped, shipped

ROOT = Path(__file__).parents[2]
CONTEXTS = ("塔高五十米。", "大门在城东。", "河水向南流。")
QUESTIONS = (("塔有多高?", "五十米", 0), ("河水流向何方?", "南", 2), ("塔在大门哪里?", "城西", 0))
SHIPS = Shipped("m@1", "ab")
FAKES = (
    Contestant("Wenbao", "as it ships", "fake", "peer_fake", "answering"),
    Contestant("Peer", "plain", "fake", "peer_fake", "plain", notes=("it does not answer",)),
    Contestant("Peer", "broken", "fake", "peer_fake", "broken"),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three paragraphs with a question each, and one paragraph more in another file."""
    paragraphs = [
        {
            "context": context,
            "qas": [
                {"id": text, "question": text, "answers": [{"text": answer}]}
                for text, answer, place in QUESTIONS
                if place == number
            ],
        }
        for number, context in enumerate(CONTEXTS)
    ]
    more = [{"context": "山上有雪。", "qas": []}]
    for name, content in (("dev.json", paragraphs), ("more.json", more)):
        (tmp_path / name).write_text(json.dumps({"data": [{"paragraphs": content}]}), encoding="utf-8")
    return tmp_path


def shown(rows: Sequence[Mapping[str, Any]]) -> str:
    """The page of one set with these figures."""
    named = [{"notes": [], "search_ms_p50": 9.0, **row} for row in rows]
    return tables({"started": "", "machine": {}, "sets": {"s": {"questions": 1, "passages": 1, "rows": named}}}, SHIPS)


def load(data: Path, **limits: int | None) -> race.Task:
    wanted = {"questions": None, "passages": None} | limits
    return race.Task.load("small", data / "dev.json", [data / "more.json"], **wanted)


def test_a_task_has_the_paragraphs_of_all_files_once(data):
    task = load(data)
    assert set(task.passages) == {*CONTEXTS, "山上有雪。"}
    assert [task.passages[gold] for gold in task.gold] == [CONTEXTS[0], CONTEXTS[0], CONTEXTS[2]]
    trial = load(data, questions=1, passages=2)
    assert (len(trial.questions), len(trial.passages)) == (1, 2)


def test_the_figures_of_a_race_by_hand(data, tmp_path):
    """Of the three questions, 塔在大门哪里 shares most characters with the wrong passage 大门在城东."""
    ours, plain, broken = race.race(load(data), FAKES, tmp_path, timeout=60)
    assert ours["recall@1"] == plain["recall@1"] == pytest.approx(2 / 3)
    assert ours["recall@5"] == 1
    assert ours["ndcg@10"] == pytest.approx((1 + 1 + 1 / log2(3)) / 3)
    # 五十米。 is 五十米 without its full stop; 水向南流 holds 南 (…向南流。: 2·1/(3+1)); 在城东 against 城西 shares 城.
    assert ours["em"] == pytest.approx(1 / 3)
    assert ours["f1"] == pytest.approx((1 + 2 * 1 / (3 + 1) + 2 * 1 / (3 + 2)) / 3)
    assert "em" not in plain
    assert 0 < ours["search_ms_p50"] <= ours["search_ms_p95"]
    assert 0 < ours["start_s"] < 60
    assert ours["passages_per_s"] > 0
    assert (broken["failed"], "recall@1" in broken) == ("RuntimeError: no model here", False)


def test_the_tables_keep_who_lost_and_who_failed(data, tmp_path):
    race.write({"started": "now", "machine": {"cores": 2}, "sets": {"small": {
        "questions": 3, "passages": 4, "rows": race.race(load(data), FAKES, tmp_path, timeout=60)
    }}}, tmp_path)  # fmt: skip
    text = (tmp_path / "race.md").read_text(encoding="utf-8")
    kept = json.loads((tmp_path / "results" / "race.json").read_text(encoding="utf-8"))
    assert text == tables(kept, shipped())
    assert "## small: 3 questions over 4 passages" in text
    assert "| Wenbao, as it ships | 0.667 | 1.000 |" in text
    assert "| Peer, plain | 0.667 (×1.00) | 1.000 (×1.00) |" in text
    assert re.search(r"\| Peer, plain \|.*\| – \| – \|\n", text)
    assert "| memory while indexing, MiB |" in text
    assert "- Peer, plain: it does not answer." in text
    assert "- Peer, broken: it failed: RuntimeError: no model here." in text
    assert "- Quality: within 5 % of the best in every figure." in text


def test_figures_that_are_lost_are_named():
    text = shown([{"name": OURS, "recall@1": 0.5, "em": 0.2}, {"name": "Peer, plain", "recall@1": 0.6}])
    assert "- Quality: more than 5 % behind the best in recall@1 (0.500, Peer, plain 0.600)." in text


def test_latency_is_compared_with_other_systems_that_do_the_same():
    ours = {"name": OURS, "answer_ms_p50": 12.0}
    variant = {"name": "Wenbao, with another model", "answer_ms_p50": 1.0, "search_ms_p50": 1.0}
    searching = {"name": "Peer, plain", "search_ms_p50": 0.4}
    answering = {"name": "Peer, reader", "answer_ms_p50": 30.0, "search_ms_p50": 20.0}
    alone = shown([ours, variant, searching])
    assert "- EM, F1 and answer latency have no opponent: no model for the readers of" in alone
    assert "- Of 2 that search, the fastest is Peer, plain: 0.4 ms at p50; Wenbao takes 9.0 ms." in alone
    together = shown([ours, variant, answering])
    assert "- Of 2 that answer, Wenbao is the fastest: 12.0 ms at p50; next is Peer, reader, 30.0 ms." in together
    assert "- Of 2 that search, Wenbao is the fastest: 9.0 ms at p50; next is Peer, reader, 20.0 ms." in together
    assert "no opponent" not in together


@pytest.mark.parametrize("ours", [[], [{"name": OURS, "failed": "no disk"}]])
def test_without_wenbao_there_is_neither_a_ratio_nor_a_verdict(ours):
    text = shown([*ours, {"name": "Peer, plain", "recall@1": 0.6}, {"name": "Peer, other", "recall@1": 0.3}])
    assert "| Peer, other | 0.300 |" in text
    assert "×" not in text
    assert "Quality:" not in text
    assert "that search" not in text


def test_the_page_ends_with_the_versions_and_what_was_written_by_hand(tmp_path):
    results = {"started": "now", "machine": {}, "sets": {}, "installed": {"peer": {"torch": "2.13.0", "x": "1.0"}}}
    race.write(results, tmp_path)
    assert (tmp_path / "race.md").read_text(encoding="utf-8").endswith("\n- peer: torch 2.13.0, x 1.0\n")
    (tmp_path / "results" / "race-notes.md").write_text("Nothing.\n", encoding="utf-8")
    race.main(["--rewrite", "--out", str(tmp_path)])
    text = (tmp_path / "race.md").read_text(encoding="utf-8")
    assert text == page(tmp_path)
    assert text.endswith("x 1.0\n\n## What lost, why, and what could be done\n\nNothing.\n")


def test_a_race_notes_what_it_was_and_what_was_installed(data, tmp_path, monkeypatch):
    """Two of the three questions, over the four paragraphs of both files."""
    (tmp_path / "venvs" / "fake").mkdir(parents=True)
    (tmp_path / "venvs" / "fake" / "race.json").write_text(
        '{"requirements": ["pytest==0"], "mib": 0}', encoding="utf-8"
    )
    monkeypatch.setattr(environments, "_python", lambda _: Path(sys.executable))
    monkeypatch.setattr(race, "CONTESTANTS", FAKES[:2])
    monkeypatch.setattr(race, "SETS", {"small": ("dev.json", ())})
    monkeypatch.setattr(race, "PAGES", {})
    monkeypatch.setattr(race, "TRAIN", {"small": ("more.json",)})
    race.main(["--data", str(data), "--work", str(tmp_path), "--out", str(tmp_path), "--questions", "2", "--train"])
    found = json.loads((tmp_path / "results" / "race.json").read_text(encoding="utf-8"))
    small = found["sets"]["small"]
    assert (small["questions"], small["of"], small["passages"]) == (2, 3, 4)
    assert small["files"] == ["dev.json", "more.json"]
    assert found["command"] == "python tests/benchmarks/race.py --data FOLDER --questions 2 --train"
    assert found["installed"] == {"fake": {"pytest": pytest.__version__}}
    assert found["ours"] == {"model": shipped().model, "reader": shipped().reader}
    text = (tmp_path / "race.md").read_text(encoding="utf-8")
    assert "Made by `python tests/benchmarks/race.py --data FOLDER --questions 2 --train`; each" in text
    assert "## small: 2 of 3 questions, drawn by chance, over 4 passages\n" in text
    assert "The questions are of dev.json, the passages the paragraphs of dev.json, more.json." in text
    assert (
        f"Wenbao ran with the embedding model {shipped().model} and the reader {shipped().reader}, which ship." in text
    )


def test_the_news_pages_are_a_set_of_passages_with_headlines(tmp_path):
    file = news_pages.write_pages("en", tmp_path / "new" / "pages.json")
    task = race.Task.load("pages", file, [], None, None)
    assert (task.of, len(task.questions), len(task.passages)) == (240, 240, 200)
    first = task.questions.index("Who was the head of Huaiyinli District in early 2018?")
    assert task.answers[first] == ("郗志远",)
    assert task.passages[task.gold[first]].startswith("槐荫里区委十二届五次全会举行\n")
    assert "区长郗志远部署2018年经济工作" in task.passages[task.gold[first]]


def test_the_page_says_with_which_reader_it_was_run_if_another_ships():
    told = tables({"started": "", "machine": {}, "sets": {}, "ours": {"model": "m@1", "reader": "cd"}}, SHIPS)
    assert "embedding model m@1 and the reader cd; what ships now is m@1 and the reader ab." in told
    assert "Wenbao ran with models it did not note; what ships now is m@1 and the reader ab." in shown([])


def test_one_whose_environment_cannot_be_read_does_not_end_the_race(data, tmp_path, monkeypatch):
    monkeypatch.setitem(contestants.REQUIREMENTS, "spoilt", ("x==1",))
    (tmp_path / "venvs" / "spoilt").mkdir(parents=True)
    (tmp_path / "venvs" / "spoilt" / "race.json").write_text("{", encoding="utf-8")
    spoilt = Contestant("Peer", "spoilt", "spoilt", "peer_fake", "plain")
    failed, plain = race.race(load(data), [spoilt, FAKES[1]], tmp_path, timeout=60)
    assert failed["failed"].startswith("…/venvs/spoilt/race.json is not JSON (")
    assert failed["failed"].endswith("): delete it and run again")
    assert plain["recall@1"] == pytest.approx(2 / 3)


def test_one_whose_model_is_missing_says_so(data, tmp_path, monkeypatch):
    monkeypatch.setattr(race, "prepare", lambda *_: (tmp_path / "bin" / "python", 0.0))
    without = Contestant("Peer", "without its model", "bare", "peer_fake", "plain", "minilm")
    [row] = race.race(load(data), [without], tmp_path, timeout=60)
    assert row["failed"] == "there is no all-MiniLM-L6-v2 in the environment bare"


def test_versions_are_those_of_what_was_required_by_name(tmp_path, monkeypatch):
    (tmp_path / "venvs" / "peer").mkdir(parents=True)
    note = {"requirements": ["PyTest>=8", str(ROOT), "//", "not_there==1"], "mib": 0.0}
    (tmp_path / "venvs" / "peer" / "race.json").write_text(json.dumps(note), encoding="utf-8")
    monkeypatch.setattr(environments, "_python", lambda _: Path(sys.executable))
    peers = [Contestant("Peer", setup, environment, "peer_fake") for setup, environment in (("a", "peer"), ("b", "no"))]
    assert race.versions(peers, tmp_path) == {"peer": {"pytest": pytest.__version__}}


def test_a_step_that_takes_too_long_is_stopped(tmp_path):
    job = tmp_path / "job.json"
    job.write_text("{}", encoding="utf-8")
    with pytest.raises(RuntimeError, match="it was stopped after 0 s"):
        environments.run_step(Path(sys.executable), job, tmp_path / "log", ours=False, timeout=0.01)


def test_every_contestant_has_an_adapter_an_environment_and_a_title_of_its_own():
    here = Path(__file__).parent
    for contestant in contestants.CONTESTANTS:
        assert (here / f"{contestant.adapter}.py").is_file()
        assert contestant.environment in contestants.REQUIREMENTS
    titles = [contestant.title for contestant in contestants.CONTESTANTS]
    assert len(set(titles)) == len(titles)
    assert titles[0] == "Wenbao, as it ships"


def test_what_environments_share_is_of_the_version_that_we_have_ourselves():
    ours = set((ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())
    names = {line.partition("==")[0] for line in ours}
    needed = [part for each in (*contestants.REQUIREMENTS.values(), contestants.ALSO) for part in each]
    named = {part for part in needed if part != str(ROOT)}
    assert all("==" in part for part in named)
    assert {part for part in named if part.partition("==")[0] in names} <= ours


def test_llamaindex_is_told_a_length_only_where_the_model_names_none(tmp_path):
    """All-MiniLM-L6-v2 names 256, after which every other system cuts; the bundled model names none."""
    (tmp_path / "sentence_bert_config.json").write_text('{"max_seq_length": 256}', encoding="utf-8")
    assert peer_llamaindex.names_length(tmp_path)
    assert not peer_llamaindex.names_length(Path(race.MODELS["wenbao"]))


def test_the_options_of_the_command():
    part = ["--only", "bm25s", "--set", "CMRC 2018 dev"]
    options = race.arguments(["--data", "d", "--questions", "50", "--out", "o", *part])
    assert (options.data, options.only, options.questions, options.set) == (
        Path("d"), ["bm25s"], 50, ["CMRC 2018 dev"],
    )  # fmt: skip
    assert race.arguments(["--data", "d", "--questions", "50"]).out == ROOT / "docs"


def refused(given: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The last line of what the command says to it."""
    with pytest.raises(SystemExit):
        race.arguments(given)
    return capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("part", [["--only", "bm25s"], ["--set", "CMRC 2018 dev"], ["--passages", "9"]])
@pytest.mark.parametrize("out", [[], ["--out", str(ROOT / "tests" / ".." / "docs")]])
def test_a_part_of_the_race_does_not_end_up_in_our_documents(part, out, capsys):
    assert refused(["--data", "d", *part, *out], capsys) == (
        f"race.py: error: {part[0]} gives a part of the race, which our documents must not show: add --out FOLDER"
    )


def test_a_folder_of_something_else_is_named_before_anything_runs(tmp_path, capsys):
    (tmp_path / "cmrc2018.dev.json.gz").write_bytes(b"")
    with pytest.raises(SystemExit) as stopped:
        race.main(["--data", str(tmp_path), "--out", str(tmp_path)])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == (
        f"race.py: error: {tmp_path} has no cmrc2018.trial.json.gz, xquad-half.en-zh.json.gz: "
        "name the folder of the SQuAD files\n"
    )


def test_a_page_is_made_of_figures_that_are_there(tmp_path, capsys):
    figures = tmp_path / "results" / "race.json"
    assert refused(["--rewrite", "--out", str(tmp_path)], capsys) == (
        f"race.py: error: there is no {figures} to make the page of: run the race first"
    )
    assert refused([], capsys) == "race.py: error: one of the arguments --data --rewrite is required"


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make")
@pytest.mark.parametrize("target", ["race", "results"])
def test_make_asks_for_the_data_before_it_installs_anything(target, tmp_path):
    command = ["make", target, "DATA=", f"VENV={tmp_path / 'venv'}", "PYTHON=false"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode
    assert f"DATA has to be the folder of the SQuAD files; name it with: make {target} DATA=FOLDER\n" in done.stdout
