"""Scores calculated by hand, and rankings compared with those of every pair."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from keyword_embedder import KeywordEmbedder

from index.written import article
from rag.index import Candidate, Index, build, update
from rag.index.codes import Coder
from rag.index.engine import PassageCodes, Proposal
from rag.index.local.dense import DenseIndex
from rag.index.local.segment import NUMBERS, PASSAGES, SENTENCES, STARTS, Segment, new_codes
from rag.index.scoring import SENTENCE_WEIGHT, search
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
    for query, found in zip(queries, search(index, queries, 7, weight), strict=True):
        scores = [
            (1 - weight) * p @ query + weight * (s @ query).max() for p, s in zip(passages, sentences, strict=True)
        ]
        best = np.argsort(scores)[::-1][:7]
        assert [candidate.row for candidate in found] == best.tolist()
        assert [candidate.score for candidate in found] == pytest.approx([scores[i] for i in best], abs=1e-5)


def test_one_question_scores_as_in_a_batch(tmp_path: Path) -> None:
    index, _, _ = random_index(tmp_path, [3] * 500)
    queries = unit(np.random.default_rng(2).normal(size=(40, 8)))
    assert [search(index, queries[i : i + 1], 10)[0] for i in range(40)] == search(index, queries, 10)


def test_ties_go_to_the_lower_row_at_the_edge_too(tmp_path: Path) -> None:
    rows = np.tile(unit(np.array([[1.0, 2.0]])), (500, 1))
    segment = save(tmp_path / "s", rows, [rows[:1]] * 500)
    for place_of in (np.arange(500), np.arange(500)[::-1]):
        index = DenseIndex([segment], place_of, 2)
        assert [candidate.row for candidate in search(index, rows[:1], 3)[0]] == [0, 1, 2]


def test_k_beyond_the_index(tmp_path: Path) -> None:
    index, _, _ = random_index(tmp_path, [2, 1, 3])
    queries = unit(np.ones((2, 8)))
    assert [sorted(c.row for c in found) for found in search(index, queries, 100)] == [[0, 1, 2], [0, 1, 2]]
    assert search(index, queries, 0) == [[], []]
    assert search(index, queries[:0], 5) == []


def test_only_some_rows(tmp_path: Path) -> None:
    index, _, _ = random_index(tmp_path, [1 + i % 3 for i in range(900)], pieces=3)
    query = unit(np.random.default_rng(3).normal(size=(1, 8)))
    everything = search(index, query, 900)[0]
    for among in (np.arange(5, 800, 7), np.arange(300, 320), np.array([899]), np.arange(900)):
        expected = [candidate for candidate in everything if candidate.row in set(among.tolist())]
        assert search(index, query, 12, among=among)[0] == expected[:12]
    assert search(index, query, 5, among=np.empty(0, np.int64)) == [[]]


class Shelf:
    """Three passages of one sentence, on the axes of a plane, proposed one at a time and the worst first."""

    size, dimension = 3, 2
    vectors = np.array([[0, 1], [0.6, 0.8], [1, 0]], np.float32)

    def __init__(self, bounds: list[float | None]) -> None:
        self.bounds = bounds
        self.depths: list[int] = []

    def near(self, turned, k, weight, *, among, exact, depth):
        self.depths.append(depth)
        return [Proposal(np.arange(depth + 1), self.bounds[depth]) for _ in turned]

    def reading_order(self, rows):
        return np.arange(len(rows))[::-1]

    def codes(self, rows):
        codes = np.rint(self.vectors[rows] / Coder(2).step).astype(np.int8)
        return PassageCodes(codes, codes, np.ones(len(rows), np.int64))


@pytest.mark.parametrize(
    ("bounds", "depths", "expected"),
    [
        ([1.1, 1.1, None], [0, 1, 2], [(2, 1.0)]),  # what is missing could score more, until all is proposed
        ([1.1, 0.5, None], [0, 1], [(1, 0.6)]),  # what is missing scores .5 at most, less than .6
        ([1.1, 0.61, None], [0, 1, 2], [(2, 1.0)]),  # it could score .61
        ([None], [0], [(0, 0.0)]),  # an approximate engine has no more to propose
    ],
)
def test_an_engine_is_asked_until_nothing_else_can_be_among_the_best(bounds, depths, expected) -> None:
    shelf = Shelf(bounds)
    (ranking,) = search(shelf, np.array([[1, 0]], np.float32), 1)
    assert shelf.depths == depths
    assert ranking == [(row, pytest.approx(score, abs=0.005)) for row, score in expected]


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
