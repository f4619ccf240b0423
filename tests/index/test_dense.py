"""Scores worked out by hand, and exactness against every pair."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from keyword_embedder import KeywordEmbedder

from index.written import article
from rag.index import Candidate, Index, build, update
from rag.index.codes import Coder, query_codes
from rag.index.local.dense import SENTENCE_WEIGHT, DenseIndex
from rag.index.local.segment import NUMBERS, PASSAGES, SENTENCES, STARTS, Segment, new_codes
from rag.types import Span


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def save(folder: Path, passages: np.ndarray, sentences: list[np.ndarray], base: int = 0) -> Segment:
    """A segment of these vectors, its passages numbered from 10 times ``base``."""
    import faiss

    folder.mkdir()
    coder = Coder(passages.shape[1])
    for name, rows in ((PASSAGES, passages), (SENTENCES, np.concatenate(sentences))):
        codes = new_codes(coder.dimension)
        codes.add_sa_codes(coder.encode(rows).view(np.uint8) ^ np.uint8(0x80))
        faiss.write_index(codes, str(folder / name))
    np.save(folder / NUMBERS, 10 * base + np.arange(len(passages)))
    np.save(folder / STARTS, np.cumsum([0, *map(len, sentences)]))
    return Segment(folder, base)


def random_index(
    folder: Path, counts: list[int], *, pieces: int = 1, dimension: int = 8
) -> tuple[DenseIndex, np.ndarray, list[np.ndarray]]:
    """An index in segments, and the vectors it stands for: what the codes of random ones give back."""
    rng, coder = np.random.default_rng(0), Coder(dimension)
    passages = unit(rng.normal(size=(len(counts), dimension)))
    sentences = [unit(rng.normal(size=(count, dimension))) for count in counts]
    edges = np.linspace(0, len(counts), pieces + 1).astype(int).tolist()
    segments = [save(folder / f"{a}", passages[a:b], sentences[a:b], a) for a, b in pairwise(edges)]
    index = DenseIndex(segments, np.arange(len(counts)), dimension)
    return index, coder.decode(coder.encode(passages)), [coder.decode(coder.encode(rows)) for rows in sentences]


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(("pieces", "dimension"), [(1, 8), (3, 8), (2, 32)])
def test_the_search_is_exact(tmp_path: Path, weight: float, pieces: int, dimension: int) -> None:
    counts = [1 + i % 5 for i in range(2000)]
    index, passages, sentences = random_index(tmp_path, counts, pieces=pieces, dimension=dimension)
    queries = unit(np.random.default_rng(1).normal(size=(30, dimension)))
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
    segment = save(tmp_path / "s", rows, [rows[:1]] * 500)
    for row_of in (np.arange(500), np.arange(500)[::-1]):
        index = DenseIndex([segment], row_of, 2)
        assert [candidate.row for candidate in index.search(rows[:1], 3)[0]] == [0, 1, 2]


def test_k_beyond_the_index(tmp_path: Path) -> None:
    index, _, _ = random_index(tmp_path, [2, 1, 3])
    queries = unit(np.ones((2, 8)))
    assert [sorted(c.row for c in found) for found in index.search(queries, 100)] == [[0, 1, 2], [0, 1, 2]]
    assert index.search(queries, 0) == [[], []]
    assert index.search(queries[:0], 5) == []


def test_only_some_places(tmp_path: Path) -> None:
    index, _, _ = random_index(tmp_path, [1 + i % 3 for i in range(900)], pieces=3)
    query = unit(np.random.default_rng(3).normal(size=(1, 8)))
    everything = index.search(query, 900)[0]
    for among in (np.arange(5, 800, 7), np.arange(300, 320), np.array([899]), np.arange(900)):
        expected = [candidate for candidate in everything if candidate.row in set(among.tolist())]
        assert index.search(query, 12, among=among)[0] == expected[:12]
    assert index.search(query, 5, among=np.empty(0, np.int64)) == [[]]


@pytest.mark.parametrize("dimension", [1, 8, 26, 37, 312, 384])
def test_codes_keep_cosines(dimension: int) -> None:
    coder = Coder(dimension)
    rows = unit(np.random.default_rng(0).normal(size=(200, dimension)))
    kept = coder.decode(coder.encode(rows))
    assert np.abs(kept @ rows.T - rows @ rows.T).max() < 0.012
    axes = np.eye(dimension, dtype=np.float32)
    assert np.abs(coder.decode(coder.encode(axes)) - axes).max() < 0.02
    zeros = np.zeros((2, dimension), np.float32)
    assert not coder.encode(zeros).any()
    assert not query_codes(coder.turn(zeros))[0].any()


def test_axes_of_a_short_vector_are_kept_exactly() -> None:
    axes = np.eye(9, dtype=np.float32)
    assert Coder(9).decode(Coder(9).encode(axes)).tolist() == axes.tolist()


def test_whole_numbers_are_off_by_what_they_say_at_most() -> None:
    rows = unit(np.random.default_rng(0).normal(size=(50, 32)))
    whole, step, lost = query_codes(rows)
    assert np.array_equal(whole, np.rint(whole))
    assert np.abs(whole).max() <= 127
    assert (np.abs(whole * step[:, None] @ rows.T - rows @ rows.T) <= lost[:, None] + 1e-6).all()
    assert (lost < 0.03).all()


def test_a_passage_scores_its_own_cosine_and_that_of_its_best_sentence(index: Path, embedder: KeywordEmbedder) -> None:
    build(index, [article("a", "汽车来了。经济好。"), article("b", "学校开学。")], embedder)
    with Index.open(index) as opened:
        query = embedder.encode_queries(["汽车"])
        # One of two keywords: the passage has cosine 1/√2 with the question, its first sentence 1.
        mixed = (1 - SENTENCE_WEIGHT) / np.sqrt(2) + SENTENCE_WEIGHT
        assert opened.dense(query, 5) == [[Candidate(0, pytest.approx(mixed, abs=2e-3)), Candidate(1, 0.0)]]
        assert opened.similarities(query, [[1, 0]]) == [[0.0, pytest.approx(mixed, abs=2e-3)]]
        assert opened.similarities(query, [[]]) == [[]]
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
