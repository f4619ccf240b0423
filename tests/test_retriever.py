"""Rankings and scores that can be worked out by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from keyword_embedder import KeywordEmbedder

from rag.errors import IndexModelError, ModelError
from rag.index import Index, build
from rag.retriever import DENSE_WEIGHT, FULL_MATCH, Retriever, fuse
from rag.types import Article, Document, Hit, Paragraph

TEXTS = {
    "a": "武进区的汽车展在六月一日开幕。",
    "b": "汽车",
    "c": "新学校有九百名学生。",
    "d": "新 學校有九百名學生。",
    "e": "2024年的天气很好。",
}


def article(source: str, text: str) -> tuple[Document, tuple[Article, ...]]:
    found = Article(source, 1, "", "article", None, 0, len(text), (Paragraph(1, text, 0, len(text)),))
    return Document(source, text, "utf-8", hashlib.sha256(text.encode()).hexdigest()), (found,)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("retriever") / "index"
    build(folder, [article(source, text) for source, text in TEXTS.items()], KeywordEmbedder())
    with Index.open(folder) as opened:
        yield opened


@pytest.fixture
def retriever(index: Index) -> Retriever:
    return Retriever(index, KeywordEmbedder())


def ranking(hits: list[Hit]) -> list[str]:
    return [hit.passage.source for hit in hits]


def test_dense_alone(retriever: Retriever) -> None:
    hits = retriever.retrieve(["car 汽车"], k=2, leg="dense")[0]
    # One of the question's two keywords: 1/√2, in the passage and in its only sentence; equal, so by passage id.
    assert ranking(hits) == ["a", "b"]
    for hit in hits:
        assert hit.scores.dense == hit.scores.fused == pytest.approx(2**-0.5, abs=1e-6)
        assert hit.scores.lexical is None


def test_lexical_alone(retriever: Retriever, index: Index) -> None:
    hits = retriever.retrieve(["六月一日的汽车展"], leg="lexical")[0]
    assert ranking(hits)[0] == "a"
    best = index.lexical(["六月一日的汽车展"], 1)[0][0].score
    assert (hits[0].scores.dense, hits[0].scores.lexical, hits[0].scores.fused) == (None, best, best)


def test_fused_is_the_weighted_mean_of_both(retriever: Retriever, index: Index) -> None:
    question = "六月一日的汽车展"
    hits = {hit.passage.source: hit for hit in retriever.retrieve([question], k=5)[0]}
    lexical = {c.row: c.score for c in index.lexical([question], 5)[0]}
    full = max(*lexical.values(), FULL_MATCH * index.ceiling(question))
    for row, source in enumerate("ab"):
        assert hits[source].scores.dense == 1
        fused = DENSE_WEIGHT + (1 - DENSE_WEIGHT) * lexical[row] / full
        assert hits[source].scores.fused == pytest.approx(fused, abs=1e-6)
    # Neither leg has anything for it.
    assert (hits["c"].scores.dense, hits["c"].scores.lexical, hits["c"].scores.fused) == (0, None, 0)


def test_a_stray_match_does_not_outweigh_the_vectors(retriever: Retriever, index: Index) -> None:
    # No dictionary translates it: of all its words the corpus has the year alone.
    question = "Welche Autoschau wurde im Juni 2024 eröffnet, und wie viele Marken zeigten dort ihre neuesten Wagen?"
    assert index.lexical([question], 1)[0][0].row == 4
    hits = Retriever(index, KeywordEmbedder(["car", "汽车", *"cdefgh"])).retrieve([question])[0]
    assert all(hit.scores.fused <= fuse(hit.scores.dense or 0, 1, best=1, ceiling=1) for hit in hits)
    stray = next(hit for hit in hits if hit.passage.source == "e")
    assert 0 < stray.scores.fused - DENSE_WEIGHT * (stray.scores.dense or 0) < 0.5 * (1 - DENSE_WEIGHT)


def test_equal_texts_are_one_hit(retriever: Retriever) -> None:
    assert ranking(retriever.retrieve(["学校"], k=5)[0]) == ["c", "a", "b", "e"]
    assert ranking(retriever.retrieve(["学校"], k=2, leg="dense")[0]) == ["c", "a"]


def test_a_batch_is_its_questions(retriever: Retriever) -> None:
    questions = ["汽车展", "学校有多少名学生?", "天气", "", "???"]
    for leg in ("dense", "lexical", "fused"):
        assert retriever.retrieve(questions, 3, leg) == [retriever.retrieve([q], 3, leg)[0] for q in questions]


def test_asking_for_more_changes_nothing_before(retriever: Retriever) -> None:
    for leg in ("dense", "lexical", "fused"):
        assert retriever.retrieve(["学校的汽车展"], 2, leg)[0] == retriever.retrieve(["学校的汽车展"], 4, leg)[0][:2]


def test_nothing_asked(retriever: Retriever) -> None:
    assert retriever.retrieve([]) == []
    assert retriever.retrieve(["汽车"], k=0) == [[]]


def test_one_batch_of_questions_is_embedded_at_once(index: Index) -> None:
    embedder = KeywordEmbedder()
    Retriever(index, embedder).retrieve(["汽车", "学校"])
    assert embedder.batches == [["汽车", "学校"]]


def test_an_empty_index(tmp_path: Path) -> None:
    embedder = KeywordEmbedder()
    build(tmp_path / "index", [article("a", "汽车。")], embedder)
    build(tmp_path / "index", [], embedder)
    with Index.open(tmp_path / "index") as opened:
        for leg in ("dense", "lexical", "fused"):
            assert Retriever(opened, embedder).retrieve(["汽车"], leg=leg) == [[]]


def test_another_model_is_refused(index: Index) -> None:
    with pytest.raises(IndexModelError, match="built with keywords@1, not other@1"):
        Retriever(index, KeywordEmbedder(name="other@1"))


def test_a_model_that_gives_no_vectors_is_named(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = KeywordEmbedder()
    monkeypatch.setattr(embedder, "encode_queries", lambda texts: np.full((len(texts), 9), np.nan, np.float32))
    with pytest.raises(ModelError, match="use another model"):
        Retriever(index, embedder).retrieve(["汽车"])
