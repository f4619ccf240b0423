"""An index tells the folders it was made of, as far as it can be read."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from keyword_embedder import KeywordEmbedder

from index.written import CARS, SCHOOL, article, write
from rag.errors import IndexFormatError, IndexMissingError, InputError
from rag.index import build, remove, source_folders, update


@pytest.fixture
def made(index: Path, tmp_path: Path, embedder: KeywordEmbedder) -> Path:
    """An index of the folders b and a."""
    write(tmp_path, {"a/one.txt": CARS, "b/two.txt": SCHOOL})
    update(index, [tmp_path / "b"], embedder)
    update(index, [tmp_path / "a"], embedder)
    return index


def sql(index: Path, statement: str) -> None:
    with sqlite3.connect(index / "corpus.sqlite") as connection:
        connection.execute(statement)
    connection.close()


def test_folders_whose_documents_are_there(made: Path, tmp_path: Path, embedder: KeywordEmbedder) -> None:
    both = [tmp_path / "b", tmp_path / "a"]
    assert source_folders(made) == source_folders(made, rebuild=True) == both
    remove(made, ["two.txt"], embedder)
    assert source_folders(made) == [tmp_path / "a"]


def test_where_nothing_was_begun(index: Path, tmp_path: Path) -> None:
    index.mkdir()
    write(tmp_path, {"file": CARS})
    for place in (index, tmp_path / "nowhere", tmp_path / "file"):
        assert source_folders(place) is None
        assert source_folders(place, rebuild=True) is None
    (index / "corpus.sqlite").write_bytes(b"")
    assert source_folders(index) is None


def test_an_index_that_was_never_finished(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    def stop(_stage: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(index, [pages], embedder, progress=stop)
    assert source_folders(index) == [pages]


def test_a_stopped_update_adds_no_folder(made: Path, pages: Path, tmp_path: Path, embedder: KeywordEmbedder) -> None:
    def stop(_stage: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(made, [pages], embedder, progress=stop)
    assert source_folders(made) == [tmp_path / "b", tmp_path / "a"]


def test_documents_that_are_no_files_have_no_folder(index: Path, embedder: KeywordEmbedder) -> None:
    build(index, [article("p1", "汽车来了。")], embedder)
    assert source_folders(index) == []
    assert update(index, [], embedder).unchanged == ("p1",)


def test_an_emptied_index_asks_for_a_folder(made: Path, embedder: KeywordEmbedder) -> None:
    remove(made, ["*"], embedder)
    with pytest.raises(IndexMissingError, match=f"is empty: run `rag index FOLDER --index {made}` with a folder"):
        source_folders(made)


def test_a_folder_that_is_gone_is_named(made: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "a")
    with pytest.raises(InputError) as caught:
        source_folders(made)
    wanted = f"`rag remove '{tmp_path}/a/*' --index {made}`"
    assert str(caught.value) == (
        f"{tmp_path}/a, which the index in {made} was made of, is gone: "
        f"take it out with {wanted}, or name the folders that are there"
    )


def test_a_rebuild_reads_an_older_format(made: Path, tmp_path: Path) -> None:
    sql(made, "PRAGMA user_version = 1")
    with pytest.raises(IndexFormatError, match="older format"):
        source_folders(made)
    assert source_folders(made, rebuild=True) == [tmp_path / "b", tmp_path / "a"]


@pytest.mark.parametrize("rest", [None, b"garbage" * 1000])
def test_a_rebuild_of_what_cannot_be_read_asks_for_its_folders(made: Path, rest: bytes | None) -> None:
    (made / "corpus.sqlite").unlink()
    for file in made.glob("corpus.sqlite-*"):
        file.unlink()
    if rest:
        (made / "corpus.sqlite").write_bytes(rest)
    with pytest.raises(IndexFormatError, match="is damaged"):
        source_folders(made)
    wanted = f"too damaged to tell its folders: name each of them, as in `rag index FOLDER --rebuild --index {made}`"
    with pytest.raises(IndexFormatError, match=wanted):
        source_folders(made, rebuild=True)


def test_another_programs_file_is_told(made: Path) -> None:
    sql(made, "PRAGMA application_id = 7")
    for rebuild in (False, True):
        with pytest.raises(IndexFormatError, match="was not written by rag"):
            source_folders(made, rebuild=rebuild)
