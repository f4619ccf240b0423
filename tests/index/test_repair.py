"""A repair finds what differs from what was written, in the truth and in its parts, and says what it cannot mend."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from keyword_embedder import KeywordEmbedder

from index.test_history import everything
from index.written import CARS, ECONOMY, SCHOOL, write
from rag.errors import IndexModelError
from rag.index import Index, repair, update
from rag.index.local import schema
from rag.lexical import LexicalIndex


@pytest.fixture
def built(index: Path, pages: Path, embedder: KeywordEmbedder) -> Path:
    update(index, [pages], embedder)
    return index


def sql(index: Path, *statements: str) -> None:
    connection = sqlite3.connect(index / "corpus.sqlite", isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def other_bytes(old: str, new: str) -> str:
    """Puts other bytes of the same length into the text of the cars: what a disk does, and SQLite does not notice."""
    text = f"CAST(replace(CAST(text AS BLOB), x'{old}', x'{new}') AS TEXT)"
    return f"UPDATE documents SET text = {text} WHERE source = 'cars.txt'"


NUMBER_OF_CARS = "(SELECT p.id FROM passages p JOIN documents d ON d.id = document WHERE source = 'cars.txt')"
VECTOR_OF_CARS = f"(SELECT vector FROM passages WHERE id = {NUMBER_OF_CARS})"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE documents SET text = 'forged' WHERE source = 'cars.txt'", ["the text of cars.txt was damaged"]),
        (other_bytes("E6B1BD", "E6B1FF"), ["the text of cars.txt was damaged"]),
        (other_bytes("E6B1BD", "E6B1BE"), ["the text of cars.txt was damaged"]),
        ("UPDATE articles SET title = CAST(title AS BLOB)", [f"the passages of {name} were damaged" for name in (
            "cars.txt", "school.txt", "sub/economy.md")]),
        (f"UPDATE passages SET text = 'forged' WHERE id = {NUMBER_OF_CARS}", [
            "the passages of cars.txt were damaged", "segment-1 does not hold the passages it was made of"]),
        (f"UPDATE sentences SET end = end - 1 WHERE start = 0 AND passage = {NUMBER_OF_CARS}", [
            "the passages of cars.txt were damaged"]),
        (f"DELETE FROM sentences WHERE start > 0 AND passage = {NUMBER_OF_CARS}", [
            "the passages of cars.txt were damaged", "segment-1 does not hold the passages it was made of"]),
        (f"UPDATE vectors SET vector = zeroblob(9) WHERE id = {VECTOR_OF_CARS}",
            ["the vectors of cars.txt were damaged", "segment-1 does not hold the passages it was made of"]),
        (f"DELETE FROM vectors WHERE id = {VECTOR_OF_CARS}", [
            "the vectors of cars.txt were damaged", "segment-1 does not hold the passages it was made of"]),
        ("INSERT INTO vectors (key, vector, digest) VALUES (x'00', x'00', x'00')", [
            "1 damaged vectors that no passage used were dropped"]),
    ],
)  # fmt: skip
def test_a_damaged_truth_is_mended(built: Path, pages: Path, statement: str, told: Sequence[str]) -> None:
    before = everything(built)
    sql(built, statement)
    summary = repair(built, KeywordEmbedder)
    assert (list(summary.mended), summary.left) == (told, ())
    assert everything(built) == before
    assert repair(built).mended == ()


def test_only_the_passage_with_a_damaged_vector_is_embedded_again(built: Path) -> None:
    with Index.open(built) as opened:
        before = opened.fingerprint
    sql(
        built,
        f"UPDATE vectors SET vector = zeroblob(9) WHERE id = {VECTOR_OF_CARS}",
    )
    model = KeywordEmbedder()
    repair(built, lambda: model)
    text = "武进区的汽车展开幕,近百辆汽车参展。天气很好。"
    assert model.batches == [[f"汽车下乡\n{text}", "武进区的汽车展开幕,近百辆汽车参展。", "天气很好。"]]
    with Index.open(built) as opened:
        assert opened.fingerprint == before


def test_no_model_is_loaded_for_what_needs_none(built: Path) -> None:
    def load() -> KeywordEmbedder:
        raise AssertionError

    sql(built, f"UPDATE passages SET text = 'forged' WHERE id = {NUMBER_OF_CARS}")
    shutil.rmtree(built / "segment-1")
    assert len(repair(built, load).mended) == 2


def test_another_model_cannot_mend(built: Path) -> None:
    sql(built, "UPDATE vectors SET vector = zeroblob(9)")
    with pytest.raises(IndexModelError, match="built with keywords@1, not other@1: name that model with --model"):
        repair(built, lambda: KeywordEmbedder(name="other@1"))
    assert len(repair(built, KeywordEmbedder).mended) == 4


def test_what_cannot_be_read_again_is_said_and_stays(built: Path, pages: Path) -> None:
    sql(built, "UPDATE documents SET text = 'forged' WHERE source IN ('cars.txt', 'school.txt')")
    (pages / "cars.txt").unlink()
    write(pages, {"school.txt": f"{SCHOOL}天气晴。"})
    at = f"--index {built}"
    assert repair(built, KeywordEmbedder).left == (
        f"the text of cars.txt was damaged: {pages}/cars.txt is gone: put it back and run `rag index --repair {at}`, "
        f"or take it out with `rag remove cars.txt {at}`",
        f"the text of school.txt was damaged: {pages}/school.txt has changed since: run `rag index {at}` "
        "to read it as it is",
    )
    write(pages, {"cars.txt": CARS})
    assert repair(built, KeywordEmbedder).mended == ("the text of cars.txt was damaged",)
    update(built, [pages], KeywordEmbedder())
    assert repair(built).left == ()
    with Index.open(built) as opened:
        assert (opened.document("cars.txt").text, opened.document("school.txt").text) == (CARS, f"{SCHOOL}天气晴。")


def test_documents_that_are_gone_are_told_once(built: Path, pages: Path) -> None:
    sql(built, "PRAGMA foreign_keys = ON", "DELETE FROM documents WHERE source = 'cars.txt'")
    summary = repair(built)
    assert summary.left == (f"documents are gone from it: run `rag index --index {built}` to read them again",)
    assert summary.mended == (
        "segment-1 is recorded with other passages than there are",
        "order-1.npy is not the order of the passages",
    )
    assert repair(built).left == ()
    assert update(built, [pages], KeywordEmbedder()).added == ("cars.txt",)


def test_rows_that_belong_to_nothing_go(built: Path, pages: Path) -> None:
    before = everything(built)
    sql(built, "PRAGMA foreign_keys = OFF", "DELETE FROM documents WHERE source = 'cars.txt'")
    assert repair(built).mended[:2] == (
        "1 of the passages in it belonged to nothing",
        "1 of the articles in it belonged to nothing",
    )
    update(built, [pages], KeywordEmbedder())
    assert everything(built) == before


def test_lists_out_of_order_are_sorted(built: Path) -> None:
    before = everything(built)
    sql(
        built,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, '(passage_id)', '(article)') WHERE name = 'passages_by_name'",
    )
    sql(
        built,
        "INSERT INTO passages SELECT id + 100, document, passage_id || 'x', 'z', article_number, paragraph, "
        "text, start, end, sentences, vector, more FROM passages LIMIT 1",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, '(article)', '(passage_id)') WHERE name = 'passages_by_name'",
    )
    assert repair(built, KeywordEmbedder).mended[0] == "an index inside its SQLite file was damaged"
    assert everything(built) == before


def resized(index: Path, name: str) -> None:
    """AnnRecord the part as it is now."""
    from rag.index.local.parts import digest, size

    with sqlite3.connect(index / "corpus.sqlite") as connection:
        values = (size(index / name), digest(index / name), name)
        connection.execute("UPDATE parts SET bytes = ?, digest = ? WHERE name = ?", values)
    connection.close()


def codes(segment: Path) -> None:
    data = bytearray((segment / "passages.faiss").read_bytes())
    data[-1] ^= 1
    (segment / "passages.faiss").write_bytes(data)


def words(segment: Path) -> None:
    shutil.rmtree(segment / "lexical")
    LexicalIndex.build(segment / "lexical", [CARS, SCHOOL, "汽车"], [1, 2, 3])


def rows_of_words(segment: Path) -> None:
    shutil.rmtree(segment / "lexical")
    LexicalIndex.build(segment / "lexical", [CARS, SCHOOL, ECONOMY], [1, 2, 4])


def numbers(segment: Path) -> None:
    np.save(segment / "numbers.npy", np.load(segment / "numbers.npy") + 1)


@pytest.mark.parametrize("spoil", [codes, words, rows_of_words, numbers])
def test_a_segment_is_compared_with_the_truth_not_with_its_record(built: Path, spoil) -> None:
    before = everything(built)
    spoil(built / "segment-1")
    resized(built, "segment-1")
    assert repair(built).mended == ("segment-1 does not hold the passages it was made of",)
    assert everything(built) == before


def test_the_order_is_compared_with_the_truth(built: Path) -> None:
    before = everything(built)
    np.save(built / "order-1.npy", np.load(built / "order-1.npy")[::-1])
    resized(built, "order-1.npy")
    assert repair(built).mended == ("order-1.npy is not the order of the passages",)
    assert everything(built) == before


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM segments", "3 passages were in no segment"),
        ("DELETE FROM parts WHERE name LIKE 'segment%'", "segment-1 is not recorded"),
        ("DELETE FROM parts WHERE name LIKE 'order%'", "order-1.npy is not recorded"),
        ("UPDATE segments SET last = last - 1", "segment-1 is recorded with other passages than there are"),
        ("UPDATE parts SET digest = 'x' WHERE name LIKE 'segment%'", "segment-1 is damaged"),
    ],
)
def test_records_that_do_not_agree_are_made_anew(built: Path, statement: str, told: str) -> None:
    before = everything(built)
    sql(built, statement)
    assert told in repair(built).mended
    assert everything(built) == before
    assert repair(built).mended == ()


def stopped(index: Path, pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update that was stopped when it had read and embedded some of what is new."""

    def stop(stage: str, _done: int, _total: int) -> None:
        if stage == "embed":
            raise KeyboardInterrupt

    write(pages, {"new.txt": f"{SCHOOL}天气晴。", "zoo.txt": f"{CARS}汽车很多。"})
    with monkeypatch.context() as patch:
        patch.setattr("rag.index.embed._BATCH", 1)
        with pytest.raises(KeyboardInterrupt):
            update(index, [pages], KeywordEmbedder(), progress=stop)


def test_unfinished_work_is_neither_shown_nor_lost_by_a_repair(
    built: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(built)
    stopped(built, pages, monkeypatch)
    assert repair(built).mended == ()
    shutil.rmtree(built / "segment-1")
    repair(built)
    assert everything(built) == before


def test_unfinished_work_that_is_damaged_is_dropped(built: Path, pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped(built, pages, monkeypatch)
    sql(built, "UPDATE documents SET text = 'forged' WHERE NOT live AND path = 'new.txt'")
    assert repair(built).mended == ("what an unfinished update had read was damaged",)
    update(built, [pages], KeywordEmbedder())
    update(built.parent / "fresh", [pages], KeywordEmbedder())
    assert everything(built) == everything(built.parent / "fresh")


def test_other_tokens_have_every_segment_written_again(
    built: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql(built, "UPDATE settings SET value = 0 WHERE name = 'tokens'")
    update(built, [pages], KeywordEmbedder())
    assert [path.name for path in built.glob("segment-*")] == ["segment-2"]


def test_another_versions_documents_are_left_to_an_update(
    built: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql(built, "UPDATE documents SET text = 'forged' WHERE source = 'cars.txt'")
    monkeypatch.setattr(sys.modules["rag.index.repair"], "CORPUS_VERSION", 99)
    assert repair(built).left == (
        f"the text of cars.txt was damaged: another version has read it: run `rag index --index {built}`",
    )


def test_opening_reads_no_document(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a repair finds is too much to look for whenever an index is opened."""
    asked: list[str] = []
    connect = schema.snapshot

    def traced(index: Path) -> sqlite3.Connection:
        connection = connect(index)
        connection.set_trace_callback(asked.append)
        return connection

    monkeypatch.setattr(schema, "snapshot", traced)
    Index.open(built).close()
    assert asked
    assert not [query for query in asked if "FROM documents" in query or "FROM vectors" in query]
