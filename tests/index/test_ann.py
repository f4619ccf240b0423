"""The inverted file: made at the size that asks for it, kept up with the index, never in the way of what is exact."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.written import write
from rag.embedding import FloatArray, encode_sentences_alone
from rag.index import Index, repair, update
from rag.index.local import build_parts, parts
from rag.index.local.ann import AnnIndex, AnnRecord
from rag.index.local.build_parts import choose_probes, recall_of
from rag.retriever import Retriever
from rag.types import Filter

TOPICS = 40


class TopicEmbedder:
    """A text is near its topic, the number it ends with, and a little off by the rest of it."""

    name, dimension = "topics@1", 32

    def encode_queries(self, texts) -> FloatArray:
        return self.encode_passages(texts)

    def encode_passages(self, texts) -> FloatArray:
        rows = []
        for text in texts:
            topic = int("".join(c for c in text if c.isdigit())[-2:] or 0) % TOPICS
            rows.append(centre(topic) + 0.6 * centre(1000 + sum(map(ord, text))))
        return (np.array(rows) / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def encode_sentences(self, texts, spans) -> list[FloatArray]:
        return encode_sentences_alone(self.encode_passages, texts, spans)


def centre(seed: int) -> np.ndarray:
    row = np.random.default_rng(seed).normal(size=32)
    return row / np.linalg.norm(row)


def text(i: int) -> str:
    words = "汽车学校天气经济展览道路公园河流"
    return f"第{i}次{words[i % 8]}{words[i // 8 % 8]}{words[i // 64 % 8]}报道。全文讲述话题{i % TOPICS:02}。"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    write(tmp_path / "pages", {f"{d}.txt": "\n\n".join(text(100 * d + i) for i in range(100)) for d in range(6)})
    return tmp_path / "pages"


@pytest.fixture
def large(index: Path, pages: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(build_parts, "EXACT_UP_TO", 200)
    monkeypatch.setattr(build_parts, "UNSORTED", 50)
    update(index, [pages], TopicEmbedder())
    return index


def recall(opened: Index) -> float:
    queries = TopicEmbedder().encode_queries([f"话题{i:02}" for i in range(TOPICS)])
    return recall_of(opened.dense(queries, 10), opened.dense(queries, 10, exact=True))


def files(index: Path) -> set[str]:
    return {path.name for path in index.glob("nearby-*")}


def test_a_large_index_has_one_and_records_its_recall(large: Path) -> None:
    assert files(large) == {"nearby-1.faiss"}
    with Index.open(large) as opened:
        assert opened.recall >= build_parts.WANTED_RECALL
        assert recall(opened) > 0.9
        found = opened.dense(TopicEmbedder().encode_queries(["话题07"]), 5)[0]
        rows = [c.row for c in found]
        assert [[c.score for c in found]] == opened.similarities(TopicEmbedder().encode_queries(["话题07"]), [rows])


@pytest.mark.parametrize(
    ("recalls", "expected"),
    [
        ({8: 0.9, 16: 0.95, 32: 0.99}, (32, 0.99)),  # the wanted recall
        ({8: 0.9, 16: 0.95, 32: 0.951, 64: 0.951}, (16, 0.95)),  # four times as many probes gain .001
        ({8: 0.9, 16: 0.95, 32: 0.951, 64: 0.96}, (64, 0.96)),  # the second doubling gains .009; there are 64 lists
        ({8: 0.9, 16: 0.95, 32: 0.951, 64: 0.952}, (16, 0.95)),  # a gain of just .002 is too small
    ],
)
def test_probes_are_doubled_while_that_helps(recalls: dict[int, float], expected: tuple[int, float]) -> None:
    asked: list[int] = []

    def recall_at(probes: int) -> float:
        asked.append(probes)
        return recalls[probes]

    assert choose_probes(recall_at, lists=64) == expected
    assert asked == list(recalls)


def test_no_more_lists_are_probed_than_there_are() -> None:
    assert choose_probes(lambda _: 0.5, lists=3) == (3, 0.5)
    assert choose_probes({8: 0.5, 12: 0.6}.__getitem__, lists=12) == (12, 0.6)


def test_an_update_tells_the_recall(large: Path, pages: Path) -> None:
    summary = update(large, [pages], TopicEmbedder())
    with Index.open(large) as opened:
        assert summary.recall == opened.recall


def test_a_small_one_has_none(index: Path, pages: Path) -> None:
    update(index, [pages], TopicEmbedder())
    assert files(index) == set()
    with Index.open(index) as opened:
        assert (opened.recall, recall(opened)) == (1, 1)


def test_many_are_found_where_many_are_asked_for(large: Path) -> None:
    with Index.open(large) as opened:
        found = opened.dense(TopicEmbedder().encode_queries(["话题07"]), 300)[0]
        assert len({candidate.row for candidate in found}) == 300
        query = TopicEmbedder().encode_queries(["话题07"])
        assert opened.size == 600
        assert opened.dense(query, 10_000)[0] == opened.dense(query, 600, exact=True)[0]


def test_what_is_new_is_found_at_once_and_taken_in_later(large: Path, pages: Path) -> None:
    before = (large / "nearby-1.faiss").read_bytes()
    query = TopicEmbedder().encode_queries(["独家9907号。"])
    for day, expected in ((1, {"nearby-1.faiss"}), (2, {"nearby-3.faiss"})):
        words = "\n\n".join(text(9000 + 100 * day + i) for i in range(40))
        write(pages, {f"new{day}.txt": f"独家9907号。全文讲述话题07。\n\n{words}"})
        update(large, [pages], TopicEmbedder())
        assert files(large) == expected
        with Index.open(large) as opened:
            assert opened.passages([opened.dense(query, 1)[0][0].row])[0].text == "独家9907号。全文讲述话题07。"
            assert recall(opened) > 0.9
        if day == 1:
            assert (large / "nearby-1.faiss").read_bytes() == before


def test_what_is_gone_is_gone(large: Path, pages: Path) -> None:
    (pages / "3.txt").unlink()
    update(large, [pages], TopicEmbedder())
    assert files(large) == {"nearby-2.faiss"}
    with Index.open(large) as opened:
        queries = TopicEmbedder().encode_queries([f"话题{i:02}" for i in range(TOPICS)])
        rows = {candidate.row for found in opened.dense(queries, 50) for candidate in found}
        assert rows <= set(range(opened.size))
        assert all(passage.source != "3.txt" for passage in opened.passages(sorted(rows)))
        assert recall(opened) > 0.9


def recorded(index: Path) -> AnnRecord:
    with closing(sqlite3.connect(index / "corpus.sqlite")) as connection:
        found = AnnRecord.read(connection)
    assert found is not None
    return found


def test_probes_are_tuned_anew_only_when_much_is_gone(
    large: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of six equal files one goes, and then another: of two steps of what it was trained for that is the first."""
    monkeypatch.setattr(build_parts, "_STEPS", 2)
    sixth = recorded(large).trained // 6
    for left, name, expected in ((5, "nearby-2.faiss", False), (4, "nearby-3.faiss", True)):
        before = recorded(large)
        (pages / f"{left}.txt").unlink()
        stages: list[str] = []
        update(large, [pages], TopicEmbedder(), progress=lambda stage, *_, seen=stages: seen.append(stage))
        after = recorded(large)
        assert (after.name, after.vectors, "tune" in stages) == (name, left * sixth, expected)
        assert expected or (after.probes, after.recall) == (before.probes, before.recall)
        with Index.open(large) as opened:
            assert recall(opened) > 0.9


def test_sorting_and_tuning_tell_how_far_they_are(index: Path, pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_parts, "EXACT_UP_TO", 200)
    stages: dict[str, list[tuple[int, int]]] = {}
    update(index, [pages], TopicEmbedder(), progress=lambda stage, *done: stages.setdefault(stage, []).append(done))
    assert list(stages) == ["read", "embed", "write", "sort", "tune"]
    vectors = recorded(index).vectors
    assert (stages["sort"][0], stages["sort"][-1]) == ((0, vectors), (vectors, vectors))
    assert stages["tune"] == [(i, 64) for i in range(65)]


def test_an_index_that_shrinks_is_searched_exactly_again(large: Path, pages: Path) -> None:
    for d in range(5):
        (pages / f"{d}.txt").unlink()
    update(large, [pages], TopicEmbedder())
    assert files(large) == set()
    with Index.open(large) as opened:
        assert (opened.size, opened.recall, recall(opened)) == (100, 1, 1)


def test_filters_are_exact(large: Path) -> None:
    with Index.open(large) as opened:
        queries = TopicEmbedder().encode_queries([f"话题{i:02}" for i in range(TOPICS)])
        among = opened.allowed(Filter(sources=("4.txt",)))
        everything = opened.dense(queries, opened.size, exact=True)
        expected = [[c for c in found if c.row in set(among.tolist())][:10] for found in everything]
        assert opened.dense(queries, 10, among=among) == expected


def answers(opened: Index) -> object:
    """What the dense and the lexical search find, the words in a thread beside the vectors."""
    retriever = Retriever(opened, TopicEmbedder())
    hits = [retriever.retrieve([f"第{i}次汽车报道话题{i:02}"], 10)[0] for i in range(0, TOPICS, 5)]
    return hits, opened.dense(TopicEmbedder().encode_queries([f"话题{i:02}" for i in range(TOPICS)]), 10)


def test_threads_share_it(large: Path) -> None:
    with Index.open(large) as opened:
        expected = answers(opened)
        with ThreadPoolExecutor(8) as pool:
            assert all(found == expected for found in pool.map(lambda _: answers(opened), range(16)))


FORKED = """
import os, sys
from pathlib import Path
from index.test_ann import answers
from rag.index import Index
with Index.open(Path(sys.argv[1])) as opened:
    expected = answers(opened)
    child = os.fork()
    if not child:
        with Index.open(Path(sys.argv[1])) as again:
            os._exit(0 if answers(again) == expected else 1)
    print(os.waitpid(child, 0)[1], answers(opened) == expected)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_child_can_open_what_its_parent_searched(large: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKED, str(large)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])},
    )
    assert done.stdout == "0 True\n"


def test_repair_makes_it_anew(large: Path) -> None:
    (large / "nearby-1.faiss").write_bytes(b"")
    assert repair(large).mended == ("nearby-1.faiss is damaged",)
    with Index.open(large) as opened:
        assert recall(opened) > 0.9
    assert repair(large).mended == ()


def test_repair_compares_it_with_the_passages(large: Path) -> None:
    name = "nearby-1.faiss"
    ann = AnnIndex.open(large / name)
    ann.remove([1])
    ann.save(large / name)
    with sqlite3.connect(large / "corpus.sqlite") as connection:
        values = (parts.size(large / name), parts.digest(large / name), name)
        connection.execute("UPDATE parts SET bytes = ?, digest = ? WHERE name = ?", values)
    connection.close()
    assert repair(large).mended == (f"{name} does not hold the sentences it was made of",)
    with sqlite3.connect(large / "corpus.sqlite") as connection:
        connection.execute("DELETE FROM nearby")
    connection.close()
    assert repair(large).mended == ("the approximate index, which an index of this size has, was not recorded",)
    assert repair(large).mended == ()
