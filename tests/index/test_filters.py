"""What filters let through, and that the dense and the lexical search keep to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from keyword_embedder import KeywordEmbedder

from index.written import write
from rag.errors import InputError
from rag.index import Index, update
from rag.retriever import Retriever
from rag.types import Filter

PAGES = {
    "2024-05-01/a.txt": "汽车展开幕\n\n汽车展今天在武进区开幕,来的人很多。",
    "2024-05-02/b.txt": "学校的汽车\n\n学校买了一辆汽车,校长很高兴。",
    "2024-06-01/c.txt": "汽車展閉幕\n\n汽车展今天闭幕,天气很好。",
    "d[1].txt": "没有日期的汽车\n\n没有人知道这辆汽车是哪天来的。",
}


@pytest.fixture
def opened(index: Path, tmp_path: Path, embedder: KeywordEmbedder):
    write(tmp_path / "pages", PAGES)
    update(index, [tmp_path / "pages"], embedder)
    with Index.open(index) as found:
        yield found


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Filter(), "abcd"),
        (Filter(sources=("2024-05-01/a.txt",)), "a"),
        (Filter(sources=("2024-05-*", "d[1].txt")), "abd"),
        (Filter(sources=("nothing",)), ""),
        (Filter(articles=("汽车展",)), "ac"),
        (Filter(articles=("开 幕", "学校")), "ab"),
        (Filter(since="2024-05-02"), "bc"),
        (Filter(until="2024-05-02"), "ab"),
        (Filter(since="2024-05-02", until="2024-05-31"), "b"),
        (Filter(articles=("汽车展",), since="2024-06-01"), "c"),
    ],
)
def test_what_is_let_through(opened: Index, where: Filter, expected: str) -> None:
    rows = opened.allowed(where)
    assert {Path(p.source).name[0] for p in opened.passages(rows.tolist())} == set(expected)
    retriever = Retriever(opened, KeywordEmbedder())
    for leg in ("dense", "lexical", "fused"):
        hits = retriever.retrieve(["汽车"], 10, leg, where=where)[0]
        assert {Path(hit.passage.source).name[0] for hit in hits} == set(expected)
        everything = {h.passage.passage_id: h.scores for h in retriever.retrieve(["汽车"], 10, leg)[0]}
        for hit in hits:
            known = everything[hit.passage.passage_id]
            assert (hit.scores.dense, hit.scores.lexical) == (known.dense, known.lexical)


@pytest.mark.parametrize("day", ["2024-5-1", "yesterday", "2024-02-30", "20240501", ""])
def test_a_day_that_is_none(opened: Index, day: str) -> None:
    with pytest.raises(InputError, match=r"which is no day: write it like 2024-06-01$"):
        opened.allowed(Filter(since=day))


def test_words_among_many_rows_are_sifted(opened: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    among = opened.allowed(Filter(since="2024-05-02"))
    expected = opened.lexical(["汽车展今天"], 3, among=among)
    monkeypatch.setattr("rag.lexical.bm25._FEW", 0)
    assert opened.lexical(["汽车展今天"], 3, among=among) == expected
    assert len(expected[0]) == 2
