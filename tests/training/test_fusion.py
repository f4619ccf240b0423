"""Ranks and means that can be worked out by hand, and the command as a whole over toy data."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from keyword_embedder import KeywordEmbedder
from typer.testing import CliRunner

from rag.retriever import DENSE_WEIGHT, FULL_MATCH, fuse
from rag.training import fusion
from rag.training.fusion import (
    Case,
    Weights,
    fused,
    gather,
    groups,
    make_pool,
    mrr,
    opened,
    rank,
    recall,
    reciprocal,
)
from rag.training.pools import read_pages

CASE = Case(
    gold=2,
    texts=np.array([1, 1, 2, 3]),
    own=np.array([0.2, 0.4, 0.6, 0.0]),
    best=np.array([0.2, 0.8, 0.6, 0.0]),
    lexical=np.array([8.0, 0.0, 4.0, 2.0]),
    ceiling=40.0,
)


def test_scores_are_those_of_the_retriever() -> None:
    found = fused(CASE, Weights(0.5, DENSE_WEIGHT, FULL_MATCH))
    dense = [0.2, 0.6, 0.6, 0.0]
    pairs = zip(dense, CASE.lexical, strict=True)
    assert found.tolist() == pytest.approx([fuse(d, w, best=8.0, ceiling=40.0) for d, w in pairs])


def test_a_text_in_parts_counts_at_its_best_one() -> None:
    assert rank(CASE, np.array([9.0, 8.0, 7.0, 6.0])) == 2
    assert rank(CASE, np.array([0.0, 0.0, 1.0, 0.0])) == 1
    assert (
        rank(Case(7, *(getattr(CASE, name) for name in ("texts", "own", "best", "lexical", "ceiling"))), CASE.own)
        == np.inf
    )


def test_reciprocal_rank_fusion() -> None:
    # By sentences the order is 2nd, 3rd, 1st, 4th; by words 1st, 3rd, 4th, and the 2nd has none.
    expected = [1 / 63 + 1 / 61, 1 / 61, 1 / 62 + 1 / 62, 1 / 64 + 1 / 63]
    assert reciprocal(CASE, 1.0).tolist() == pytest.approx(expected)


def test_means() -> None:
    ranks = [1, 2, 11, np.inf]
    assert mrr(ranks) == (1 + 1 / 2) / 4
    assert (recall(ranks, 1), recall(ranks, 10)) == (1 / 4, 2 / 4)


def test_a_pool_holds_what_is_held_back_before_all_else(data: Path) -> None:
    pages = read_pages(data, "drcd")
    whole, some = make_pool("drcd", pages, 99), make_pool("drcd", pages, 5)
    assert (len(whole.articles), len(some.articles)) == (20, 5)
    assert {"p00009", "p00019"} < {document.source for document, _ in some.articles}
    assert whole.questions == some.questions == pages[9].questions + pages[19].questions


def test_questions_are_grouped_by_regime(data: Path) -> None:
    pool = make_pool("drcd", read_pages(data, "drcd"), 99)
    asked = {name: [question.text for question in found] for name, found in groups(pool, 9).items()}
    assert {name: sorted(texts) for name, texts in asked.items()} == {
        "drcd within": ["第19号drcd里有多少人?", "第9号drcd里有多少人?"],
        "drcd across": ["How many people are in 19?", "How many people are in 9?"],
    }
    assert {name: len(found) for name, found in groups(pool, 1).items()} == {"drcd within": 1, "drcd across": 1}
    japanese = make_pool("jaquad", read_pages(data, "jaquad"), 99)
    assert groups(japanese, 9).keys() == {"jaquad within"}


def test_the_gold_of_a_question_is_its_paragraph(data: Path, tmp_path: Path) -> None:
    """Of news an article has several: the pupils stand in the second one."""
    embedder = KeywordEmbedder()
    pool = make_pool("news", read_pages(data, "news"), 3)
    question = next(each for each in pool.questions if each.text == "有多少")
    with opened(pool, embedder, tmp_path) as index:
        [case] = gather([question], index, embedder)
        sought = [passage.text for passage in index.passages(range(index.size))]
    assert rank(case, np.where(case.texts == case.gold, 1.0, 0.0)) == 1
    assert sought[list(case.texts).index(case.gold)] == "校长王9明说,学生有九百名。"


def test_the_command(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fusion, "load_embedder", lambda _: KeywordEmbedder())
    done = CliRunner().invoke(fusion.app, ["--data", str(data), "--work", str(tmp_path)])
    assert done.exit_code == 0, done.output
    for name, questions in (("drcd within", 2), ("drcd across", 2), ("news within", 3), ("news across", 2)):
        assert f"{name}: {questions} questions (recall@1, recall@10, MRR@10)" in done.output
    assert done.output.count("words alone") == 9  # of Japanese there is one group alone
    # Both questions about drcd name a number that stands in their paragraph alone.
    assert re.search(r"drcd within.*\n  words alone +1\.000 1\.000 1\.0000", done.output)
    assert "all sets: mean and greatest loss" in done.output
    assert (tmp_path / "news").is_dir()
