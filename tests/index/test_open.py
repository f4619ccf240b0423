"""Damage is named, with the command that mends it; repair mends what can be derived."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from keyword_embedder import KeywordEmbedder

from index.written import CARS
from rag.errors import IndexFolderError, IndexFormatError, IndexMissingError, IndexModelError, InputError
from rag.index import Index, repair, update
from rag.index.local.parts import digest
from rag.index.local.schema import FORMAT


@pytest.fixture
def built(index: Path, pages: Path, embedder: KeywordEmbedder) -> Path:
    update(index, [pages], embedder)
    return index


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def rows(index: Path) -> None:
    """The order of one passage less than there are, and recorded so."""
    path = index / "order-1.npy"
    np.save(path, np.load(path)[1:])
    with sqlite3.connect(index / "corpus.sqlite") as connection:
        values = (path.stat().st_size, digest(path), path.name)
        connection.execute("UPDATE parts SET bytes = ?, digest = ? WHERE name = ?", values)
    connection.close()


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def sql(statement: str) -> Callable[[Path], None]:
    def run(index: Path) -> None:
        with sqlite3.connect(index / "corpus.sqlite") as connection:
            connection.execute(statement)
        connection.close()

    return run


REBUILD, REPAIR = (f"run `rag index {option} --index /.+/index`$" for option in ("--rebuild", "--repair"))


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda index: (index / "corpus.sqlite").unlink(), REBUILD),
        (lambda index: (index / "corpus.sqlite").write_bytes(b"garbage" * 1000), REBUILD),
        (lambda index: halve(index / "corpus.sqlite"), REBUILD),
        (sql("PRAGMA application_id = 7"), "was not written by rag: name another folder with --index$"),
        (sql("PRAGMA user_version = 99"), f"newer format .99, not {FORMAT}.: update wenbao$"),
        (sql("PRAGMA user_version = 0"), f"older format .0, not {FORMAT}.: {REBUILD}"),
        (
            sql("UPDATE settings SET value = 0 WHERE name = 'tokens'"),
            "another tokenizer: run `rag index --index /.+/index`$",
        ),
        (lambda index: (index / "order-1.npy").unlink(), f"order-1.npy is missing.*{REPAIR}"),
        (lambda index: halve(index / "order-1.npy"), REPAIR),
        (lambda index: halve(index / "segment-1" / "passages.faiss"), REPAIR),
        (lambda index: (index / "segment-1" / "sentences.faiss").write_bytes(b""), REPAIR),
        (lambda index: shutil.rmtree(index / "segment-1"), f"segment-1 is missing.*{REPAIR}"),
        (lambda index: (index / "segment-1" / "lexical" / "meta.json").unlink(), REPAIR),
        (lambda index: [halve(path) for path in (index / "segment-1" / "lexical").glob("*.idx")], REPAIR),
        (rows, f"its parts do not agree.*{REPAIR}"),
    ],
)
def test_damage_is_named(built: Path, break_it: Callable[[Path], object], message: str) -> None:
    break_it(built)
    with pytest.raises(IndexFormatError, match=message) as caught:
        Index.open(built)
    assert "\n" not in str(caught.value)


def test_missing(tmp_path: Path) -> None:
    for name in ("nowhere", "empty", "foreign"):
        if name != "nowhere":
            (tmp_path / name).mkdir()
        if name == "foreign":
            (tmp_path / name / "README.md").write_text("hello", encoding="utf-8")
        with pytest.raises(IndexMissingError, match=f"run `rag index FOLDER --index {tmp_path / name}` first"):
            Index.open(tmp_path / name)
    (tmp_path / "file").write_text("hello", encoding="utf-8")
    with pytest.raises(IndexMissingError, match="is a file, not an index folder"):
        Index.open(tmp_path / "file")


def test_a_file_that_was_just_made(built: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    (built / "corpus.sqlite").write_bytes(b"")
    with pytest.raises(IndexMissingError, match=f"never finished: run `rag index --index {built}`$"):
        Index.open(built)
    update(built, [pages], embedder)
    Index.open(built).close()


def test_never_finished(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    def stop(stage: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(index, [pages], embedder, progress=stop)
    for look in (Index.open, repair):
        with pytest.raises(IndexMissingError, match=f"never finished: run `rag index --index {index}`$"):
            look(index)
    update(index, [pages], embedder)
    Index.open(index).close()


@pytest.mark.parametrize(
    "break_it",
    [
        lambda index: (index / "order-1.npy").unlink(),
        lambda index: halve(index / "segment-1" / "sentences.faiss"),
        lambda index: flip(index / "segment-1" / "passages.faiss"),
        lambda index: shutil.rmtree(index / "segment-1"),
        lambda index: [flip(path) for path in (index / "segment-1" / "lexical").glob("*.term")],
        rows,
    ],
)
def test_repair_derives_the_parts_again(
    built: Path, embedder: KeywordEmbedder, break_it: Callable[[Path], object]
) -> None:
    with Index.open(built) as opened:
        query = embedder.encode_queries(["汽车"])
        before = (opened.fingerprint, opened.dense(query, 5), opened.lexical(["汽车学校"], 5))
    break_it(built)
    assert len(repair(built).mended) == 1
    with Index.open(built) as opened:
        assert (opened.fingerprint, opened.dense(query, 5), opened.lexical(["汽车学校"], 5)) == before
    assert repair(built).mended == ()


def test_an_update_mends_a_missing_part(built: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    shutil.rmtree(built / "segment-1")
    (built / "order-1.npy").unlink()
    done = embedder.count
    update(built, [pages], embedder)
    assert embedder.count == done
    Index.open(built).close()


@pytest.mark.parametrize(
    "break_it",
    [
        sql("DELETE FROM folders"),
        sql("ALTER TABLE sentences RENAME COLUMN start TO begin"),
        sql("UPDATE documents SET path = CAST(x'FF' AS TEXT) WHERE source = 'cars.txt'"),
        sql("DELETE FROM settings WHERE name = 'dimension'"),
        sql("UPDATE settings SET value = 'x' WHERE name = 'dimension'"),
        lambda index: halve(index / "corpus.sqlite"),
    ],
)
def test_a_truth_that_cannot_be_read_asks_for_a_rebuild(
    built: Path, pages: Path, embedder: KeywordEmbedder, break_it: Callable[[Path], object]
) -> None:
    break_it(built)
    with pytest.raises(IndexFormatError, match=REBUILD):
        repair(built)
    update(built, [pages], embedder, rebuild=True)
    with Index.open(built) as opened:
        assert opened.document("cars.txt").text == CARS
    assert repair(built).mended == ()


def test_a_rebuild_leaves_another_programs_database_alone(built: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    sql("PRAGMA application_id = 7")(built)
    before = (built / "corpus.sqlite").read_bytes()
    with pytest.raises(IndexFormatError, match="was not written by rag"):
        update(built, [pages], embedder, rebuild=True)
    assert (built / "corpus.sqlite").read_bytes() == before


def test_an_index_of_the_replaced_model_is_to_be_rebuilt(tmp_path: Path, pages: Path) -> None:
    update(tmp_path / "old", [pages], KeywordEmbedder(name="wenbao-mini@1"))
    message = r"built with wenbao-mini@1, now wenbao-small@2: run `rag index --rebuild --index \S+old`$"
    with Index.open(tmp_path / "old") as opened, pytest.raises(IndexModelError, match=message):
        opened.require_model("wenbao-small@2")


def test_another_model_is_named(built: Path, pages: Path) -> None:
    other = KeywordEmbedder(["报"], name="other@2")
    with Index.open(built) as opened, pytest.raises(IndexModelError, match="built with keywords@1, not other@2: name"):
        opened.require_model(other.name)
    with Index.open(built) as opened, pytest.raises(IndexModelError, match=r"keywords@1, now keywords@2: run `rag"):
        opened.require_model("keywords@2")
    with pytest.raises(IndexModelError, match="--rebuild"):
        update(built, [pages], other)
    update(built, [pages], other, rebuild=True)
    with Index.open(built) as opened:
        opened.require_model("other@2")
        assert opened.dimension == 2


def test_a_full_disk_is_one_line_and_keeps_the_old_state(
    built: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import faiss

    def full(*_: object) -> None:
        raise RuntimeError("could not write: No space left on device")

    monkeypatch.setattr(faiss, "write_index", full)
    (pages / "cars.txt").unlink()
    with pytest.raises(IndexFolderError, match=r"No space left on device.*name another folder with --index$"):
        update(built, [pages], embedder)
    with Index.open(built) as opened:
        assert opened.document("cars.txt").text == CARS


def test_a_read_only_folder_can_be_asked(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(path.name for path in built.iterdir())
    monkeypatch.setattr("os.access", lambda *_: False)
    with Index.open(built) as opened:
        assert opened.lexical(["汽车"], 1)[0]
    assert sorted(path.name for path in built.iterdir()) == before


def test_a_changed_file_is_stale(built: Path, pages: Path) -> None:
    with Index.open(built) as opened:
        assert not opened.is_stale("cars.txt")
        (pages / "cars.txt").write_text("", encoding="utf-8")
        (pages / "school.txt").unlink()
        assert (opened.is_stale("cars.txt"), opened.is_stale("school.txt")) == (True, False)
        for method in (opened.document, opened.path, opened.is_stale):
            with pytest.raises(InputError, match="no source 'x': name one of its sources"):
                method("x")
