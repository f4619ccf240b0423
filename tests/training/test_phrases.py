"""How the kinds of questions are fitted, without the embedder: on vectors that are made up."""

from __future__ import annotations

import random

import numpy as np

from rag.questions.kinds import LABELS, from_json
from rag.training.articles import carriers
from rag.training.kinds import Example, figures, fit, piece, read_phrases, threshold_for, to_json


def test_there_are_phrases_of_every_kind_and_none_twice() -> None:
    sections = read_phrases()
    article = [phrase for name, phrases in sections.items() if name.startswith("article") for phrase in phrases]
    assert len(article) >= 250
    assert len(sections["contents"]) >= 80
    assert len(sections["small_talk"]) >= 120
    kinds = [*article, *sections["contents"], *sections["small_talk"], *sections["fact"]]
    assert sorted(kinds) == sorted(set(kinds))
    assert {name.split()[1] for name in sections if name.startswith("article")} == {
        name.split()[1] for name in sections if name.startswith("topics")
    }


def test_a_piece_of_a_headline_is_all_of_it_or_a_part_between_its_gaps() -> None:
    draw = random.Random(0)
    drawn = {piece("旧桥拆除 新桥，明年建成", draw) for _ in range(50)}
    # 新桥 alone is too short to name an article.
    assert drawn == {"旧桥拆除 新桥，明年建成", "旧桥拆除", "明年建成"}


def test_common_tokens_ask_for_an_article_and_name_none() -> None:
    common = carriers()
    assert {"讲了", "部署", "articl"} <= common
    assert not {"音乐", "festiv"} & common


def rows_and_vectors() -> tuple[list[Example], np.ndarray]:
    """Each label lies along an axis of its own; one fact in four hundred lies with the small talk."""
    rows = [Example("", label, 1.0, "news" if label == "fact" else "phrases") for label in LABELS for _ in range(400)]
    vectors = np.repeat(np.eye(len(LABELS), dtype=np.float32), 400, axis=0)
    vectors[0] = vectors[-1]
    return rows, vectors


def test_what_is_fitted_is_written_and_read_again() -> None:
    rows, vectors = rows_and_vectors()
    kinds = fit(rows, vectors, model="m@1")
    again = from_json(to_json(kinds))
    assert again.model == "m@1"
    assert np.array_equal(again.weights, kinds.weights)
    assert [judged.kind for judged in again.classify(np.eye(len(LABELS), dtype=np.float32))] == [
        "fact",
        "article",
        "article",
        "contents",
        "small_talk",
    ]
    scores = figures(again, rows, vectors)
    assert scores["article"] == {"texts": 800, "precision": 1.0, "recall": 1.0}
    assert scores["small_talk"] == {"texts": 400, "precision": 0.9975, "recall": 1.0}
    assert scores["facts, news"] == {"texts": 400, "false_alarms": 0.0025}


def test_the_threshold_rises_until_hardly_a_fact_is_taken_for_something_else() -> None:
    rows, vectors = rows_and_vectors()
    kinds = fit(rows, vectors, model="m@1")
    assert threshold_for(kinds, rows, vectors) == 0.5
    # Two of four hundred are too many: none of them must pass.
    vectors[1] = 0.8 * vectors[-1]
    strict = threshold_for(kinds, rows, vectors)
    assert kinds.others(vectors[:2]).max(axis=1)[1] < strict < 1
