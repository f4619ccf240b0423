"""The figures in docs/results keep what the project promises of retrieval."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

RESULTS = Path(__file__).parents[1] / "docs" / "results"
#: recall@1 of the vectors alone.
DENSE_FLOORS = {
    "cmrc": 0.82,
    "drcd": 0.70,
    "xquad-zh": 0.88,
    "xquad-en-zh": 0.83,
    "xquad-zh-en": 0.83,
    "xquad-en": 0.90,
}
CHINESE = ("cmrc", "drcd", "news", "xquad-zh", "xquad-en-zh")
TOLERANCE = 0.002


def scores(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["scores"]
    return found


@pytest.mark.parametrize(("name", "floor"), DENSE_FLOORS.items())
def test_vectors_alone_find_what_was_promised(name: str, floor: float) -> None:
    assert scores(f"{name}-dense")["recall@1"] >= floor


@pytest.mark.parametrize("name", CHINESE)
def test_vectors_and_words_together_are_never_worse_than_words(name: str) -> None:
    assert scores(f"{name}-fused")["mrr@10"] >= scores(f"{name}-lexical")["mrr@10"] - TOLERANCE
