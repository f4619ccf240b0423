"""The figures in docs/results keep what the project promises, and the page of the race shows them."""

from __future__ import annotations

import json
import re
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent / "benchmarks"))

from racetable import page
from tables import load_results
from targets import ACROSS_LANGUAGES, MISSED, PROMISES, WITHIN_LANGUAGE, Target, broken_promises

from rag.embedding import load_embedder
from rag.reader import bundled_reader

DOCS = Path(__file__).parents[1] / "docs"
RESULTS = DOCS / "results"


@pytest.fixture
def published() -> dict[str, Any]:
    """The figures of docs/results, to be changed."""
    return {name: deepcopy(report) for name, report in load_results(RESULTS).items()}


def test_every_floor_is_kept_but_those_that_are_known_to_be_missed(published: dict[str, Any]) -> None:
    assert broken_promises(published) == []


def publish(results: dict[str, Any], target: Target, value: float) -> None:
    report = results[target.run]
    (report["by_lang"][target.lang] if target.lang else report["scores"])[target.score] = value


@pytest.mark.parametrize("target", PROMISES, ids=lambda target: target.name)
def test_a_figure_below_its_floor_is_named(published: dict[str, Any], target: Target) -> None:
    """For a floor that is missed anyway, a figure that reaches it."""
    worse = target.floor * 1.01 if target.at_most else target.floor * 0.99
    publish(published, target, target.floor if target.name in MISSED else worse)
    (problem,) = broken_promises(published)
    assert problem.startswith(f"{target.name} reaches" if target.name in MISSED else f"{target.name} is ")


@pytest.mark.parametrize("name", WITHIN_LANGUAGE)
def test_a_fused_ranking_worse_than_words_is_named(published: dict[str, Any], name: str) -> None:
    published[f"{name}-fused"]["scores"]["mrr@10"] = published[f"{name}-lexical"]["scores"]["mrr@10"] - 0.003
    assert f"{name} fused has MRR@10" in " ".join(broken_promises(published))


@pytest.mark.parametrize("name", ACROSS_LANGUAGES)
def test_a_fused_ranking_worse_than_vectors_is_named(published: dict[str, Any], name: str) -> None:
    published[f"{name}-fused"]["scores"]["mrr@10"] = published[f"{name}-dense"]["scores"]["mrr@10"] - 0.003
    assert f"{name} fused has MRR@10" in " ".join(broken_promises(published))


def test_a_run_that_is_missing_is_named(published: dict[str, Any]) -> None:
    del published["cmrc-dense"], published["news-fused"]
    problems = broken_promises(published)
    assert problems == ["cmrc-dense recall@1 is not measured", "news is not measured fused and lexical"]


def test_what_was_fitted_belongs_to_the_models_that_ship() -> None:
    """Mended by ``python -m rag.training.confidence``."""
    weights = json.loads((Path(__file__).parents[1] / "rag" / "reader" / "weights.json").read_text(encoding="utf-8"))
    assert (weights["model"], weights["reader"]) == (load_embedder().name, bundled_reader().name)


def test_the_notes_of_the_race_hold_no_figures_that_a_new_race_would_belie() -> None:
    """Names aside: recall@1, BM25, int8."""
    notes = (RESULTS / "race-notes.md").read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w@])[\d.]*\d", notes)


@pytest.mark.skipif(not (RESULTS / "race.json").exists(), reason="the race was not run")
def test_the_page_of_the_race_shows_what_was_measured() -> None:
    """Mended by ``python tests/benchmarks/race.py --rewrite``."""
    assert (DOCS / "race.md").read_text(encoding="utf-8") == page(DOCS)
