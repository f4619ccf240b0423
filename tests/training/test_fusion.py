"""Ranks and means that can be worked out by hand, and the command as a whole over two tiny sets."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from keyword_embedder import KeywordEmbedder
from typer.testing import CliRunner

from rag.retriever import DENSE_WEIGHT, FULL_MATCH, fuse
from rag.training import fusion
from rag.training.fusion import Case, Weights, fused, mrr, rank, recall, reciprocal

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


def squad(path: Path, *paragraphs: tuple[str, str]) -> Path:
    contexts = [
        {"context": text, "qas": [{"id": "1", "question": question, "answers": [{"answer_start": 0, "text": text[0]}]}]}
        for text, question in paragraphs
    ]
    path.write_text(json.dumps({"data": [{"title": "", "paragraphs": contexts}]}), encoding="utf-8")
    return path


def test_trained_questions_are_left_out(tmp_path: Path) -> None:
    file = squad(tmp_path / "zh.json", ("武进汽车展开幕。", "汽车展在哪里?"), ("新学校落成。", "学校建成了吗?"))
    mined = tmp_path / "mined.json"
    mined.write_text(json.dumps({"files": [str(file)], "questions": [0], "hard": [[]]}), encoding="utf-8")
    trained = fusion.trained_questions([mined])
    assert trained == {"汽车展在哪里?"}
    pool = fusion.squad_pool("zh", [file], limit=9, paragraphs=9, trained=trained)
    assert (pool.questions, len(pool.texts)) == ((("学校建成了吗?", 1),), 2)
    with pytest.raises(fusion.typer.BadParameter, match="trained on every question of zh"):
        fusion.squad_pool("zh", [file], limit=9, paragraphs=9, trained=trained | {"学校建成了吗?"})


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fusion, "load_embedder", lambda _: KeywordEmbedder())
    file = squad(tmp_path / "zh.json", ("武进汽车展开幕。", "汽车展在哪里?"), ("新学校落成。", "学校建成了吗?"))
    (tmp_path / "pairs.tsv").write_text(
        "学校很大。\tThe school is big.\n汽车很小。\tThe car is small.\n", encoding="utf-8"
    )
    app = fusion.typer.Typer()
    app.command()(fusion.main)
    done = CliRunner().invoke(app, ["--squad", f"zh={file}", "--pairs", f"pairs={tmp_path / 'pairs.tsv'}"])
    assert done.exit_code == 0, done.output
    assert "zh: 2 questions over 2 texts" in done.output
    assert "words alone                                  1.000 1.000 1.0000" in done.output
    assert "pairs: 2 questions over 2 texts" in done.output
    assert "all sets: mean and greatest loss" in done.output
