"""The race with systems of a few lines: what is measured, what a failure becomes, and the tables."""

from __future__ import annotations

import json
import re
import sys
from math import log2
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

import contestants
import environments
import race
from contestants import Contestant
from racetable import tables

CONTEXTS = ("塔高五十米。", "大门在城东。", "河水向南流。")
QUESTIONS = (("塔有多高?", "五十米", 0), ("河水流向何方?", "南", 2), ("塔在大门哪里?", "城西", 0))
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
    page = (tmp_path / "race.md").read_text(encoding="utf-8")
    assert page == tables(json.loads((tmp_path / "results" / "race.json").read_text(encoding="utf-8")))
    assert "## small: 3 questions over 4 passages" in page
    assert "| Wenbao, as it ships | 0.667 | 1.000 |" in page
    assert "| Peer, plain | 0.667 (×1.00) | 1.000 (×1.00) |" in page
    assert re.search(r"\| Peer, plain \|.*\| – \| – \|\n", page)
    assert "- Peer, plain: it does not answer." in page
    assert "- Peer, broken: it failed: RuntimeError: no model here." in page
    assert "Within 5 % of the best in every row." in page


def test_rows_that_are_lost_are_named():
    rows = [
        {"name": "Wenbao", "notes": [], "recall@1": 0.5, "em": 0.2},
        {"name": "Peer", "notes": [], "recall@1": 0.6},
    ]
    page = tables({"started": "", "machine": {}, "sets": {"s": {"questions": 1, "passages": 1, "rows": rows}}})
    assert "More than 5 % behind the best in: recall@1 (0.500, Peer 0.600)." in page


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


def test_the_options_of_the_command():
    options = race.arguments(["--data", "d", "--only", "bm25s", "--questions", "50", "--set", "CMRC 2018 dev"])
    assert (options.data, options.only, options.questions, options.set) == (
        Path("d"), ["bm25s"], 50, ["CMRC 2018 dev"],
    )  # fmt: skip
