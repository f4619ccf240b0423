"""Over the bundled model: what the mean of two vectors is for can only be seen with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from keyword_embedder import KeywordEmbedder

from rag.bridge import Bridged, bridged
from rag.embedding import load_embedder
from rag.index import Index, update
from rag.retriever import Retriever

CHINESE = "武进的新能源汽车展览开幕。\n\n学校的新校区占地三百亩。\n\n湖边的公园种了很多树。"
ENGLISH = "The car show opened.\n\nThe school covers three hundred acres.\n\nMany trees were planted."


def built(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.txt").write_text(text, encoding="utf-8")
    update(tmp_path / "index", [folder], load_embedder())
    return tmp_path / "index"


def test_english_questions_come_nearer_to_chinese_text(tmp_path: Path) -> None:
    plain = load_embedder()
    with Index.open(built(tmp_path, CHINESE)) as index:
        found = bridged(plain, index)
        assert isinstance(found, Bridged)
        assert (found.name, found.dimension) == (plain.name, plain.dimension)
        questions = ["How large is the new campus of the school?", "新校区有多大?", "Qwrtz?"]
        before, after = plain.encode_queries(questions), found.encode_queries(questions)
        np.testing.assert_array_equal(after[1:], before[1:])  # Chinese, and nothing that the dictionary has
        np.testing.assert_allclose(np.linalg.norm(after, axis=1), 1, atol=1e-5)
        passage = found.encode_passages(["学校的新校区占地三百亩。"])[0]
        assert float(after[0] @ passage) > float(before[0] @ passage) + 0.01
        np.testing.assert_array_equal(after[0], found.encode_queries(questions[:1])[0])
        retriever = Retriever(index, plain)
        assert isinstance(retriever.embedder, Bridged)


def test_an_index_without_chinese_text_is_left_alone(tmp_path: Path) -> None:
    plain = load_embedder()
    with Index.open(built(tmp_path, ENGLISH)) as index:
        assert bridged(plain, index) is plain


def test_a_model_that_was_not_trained_for_it_is_left_alone(tmp_path: Path) -> None:
    other = KeywordEmbedder()
    with Index.open(built(tmp_path, CHINESE)) as index:
        assert bridged(other, index) is other
