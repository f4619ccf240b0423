"""Scores worked out by hand, and exactness against every pair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from keyword_embedder import KeywordEmbedder

from index.written import article
from rag.index import Candidate, Index, build, update
from rag.index.dense import SENTENCE_WEIGHT, DenseIndex, Flat
from rag.types import Span


def save(path: Path, rows: np.ndarray) -> Flat:
    import faiss

    flat = faiss.IndexFlatIP(rows.shape[1])
    flat.add(rows.astype(np.float32))
    faiss.write_index(flat, str(path))
    return Flat(path)


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def random_index(folder: Path, counts: list[int], seed: int = 0) -> tuple[DenseIndex, np.ndarray, list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    passages = unit(rng.normal(size=(len(counts), 8)))
    sentences = [unit(rng.normal(size=(count, 8))) for count in counts]
    index = DenseIndex(
        save(folder / "p.faiss", passages), save(folder / "s.faiss", np.concatenate(sentences)), np.array(counts)
    )
    return index, passages, sentences


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_the_search_is_exact(tmp_path: Path, weight: float) -> None:
    counts = [1 + i % 5 for i in range(2000)]
    index, passages, sentences = random_index(tmp_path, counts)
    queries = unit(np.random.default_rng(1).normal(size=(30, 8)))
    for query, found in zip(queries, index.search(queries, 7, weight), strict=True):
        scores = [
            (1 - weight) * p @ query + weight * (s @ query).max() for p, s in zip(passages, sentences, strict=True)
        ]
        best = np.argsort(scores)[::-1][:7]
        assert [candidate.row for candidate in found] == best.tolist()
        assert [candidate.score for candidate in found] == pytest.approx([scores[i] for i in best], abs=1e-5)


def test_one_question_scores_as_in_a_batch(tmp_path: Path) -> None:
    index, _, _ = random_index(tmp_path, [3] * 500)
    queries = unit(np.random.default_rng(2).normal(size=(40, 8)))
    assert [index.search(queries[i : i + 1], 10)[0] for i in range(40)] == index.search(queries, 10)


def test_ties_go_to_the_lower_row_at_the_edge_too(tmp_path: Path) -> None:
    rows = np.tile(unit(np.array([[1.0, 2.0]])), (500, 1))
    index = DenseIndex(save(tmp_path / "p.faiss", rows), save(tmp_path / "s.faiss", rows), np.ones(500, np.int64))
    assert [candidate.row for candidate in index.search(rows[:1], 3)[0]] == [0, 1, 2]


def test_k_beyond_the_index(tmp_path: Path) -> None:
    index, _, _ = random_index(tmp_path, [2, 1, 3])
    queries = unit(np.ones((2, 8)))
    assert [sorted(c.row for c in found) for found in index.search(queries, 100)] == [[0, 1, 2], [0, 1, 2]]
    assert index.search(queries, 0) == [[], []]
    assert index.search(queries[:0], 5) == []


def test_mapped_rows_cannot_be_written_to(tmp_path: Path) -> None:
    flat = save(tmp_path / "p.faiss", np.ones((2, 2)))
    with pytest.raises(ValueError, match="read-only"):
        flat.rows[0, 0] = 5


def test_a_passage_scores_its_own_cosine_and_that_of_its_best_sentence(index: Path, embedder: KeywordEmbedder) -> None:
    build(index, [article("a", "汽车来了。经济好。"), article("b", "学校开学。")], embedder)
    with Index.open(index) as opened:
        query = embedder.encode_queries(["汽车"])
        # One of two keywords: the passage has cosine 1/√2 with the question, its first sentence 1.
        mixed = (1 - SENTENCE_WEIGHT) / np.sqrt(2) + SENTENCE_WEIGHT
        assert opened.dense(query, 5) == [[Candidate(0, pytest.approx(mixed, abs=1e-6)), Candidate(1, 0.0)]]
        assert opened.similarities(query[0], [1, 0]) == [0.0, pytest.approx(mixed, abs=1e-6)]
        assert opened.similarities(query[0], []) == []
        (first, vector), (second, _) = opened.sentences(0)
        assert (first, second) == (Span(0, 5), Span(5, 9))
        assert vector.tolist() == query[0].tolist()
        assert [span for span, _ in opened.sentences(1)] == [Span(0, 5)]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_query_that_is_no_vector(index: Path, pages: Path, embedder: KeywordEmbedder, bad: float) -> None:
    update(index, [pages], embedder)
    with Index.open(index) as opened:
        query = np.zeros((1, embedder.dimension), np.float32)
        query[0, 0] = bad
        for queries in (query, np.zeros((1, 3), np.float32), np.zeros(embedder.dimension, np.float32)):
            with pytest.raises(ValueError, match="queries must be finite rows of 9 numbers"):
                opened.dense(queries, 5)
        assert opened.dense(np.zeros((0, embedder.dimension), np.float32), 5) == []
