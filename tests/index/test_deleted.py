"""Nothing of a deleted file stays in the index, also where SQLite by itself would leave it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from keyword_embedder import KeywordEmbedder

from index.written import write
from rag.index import remove, update
from rag.index.local import schema

FILES = 12


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite as most systems have it: what is deleted stays on its page."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connected(*args: object, **options: object) -> sqlite3.Connection:
        connection = connect(*args, **options)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    monkeypatch.setattr("sqlite3.connect", connected)


def held(index: Path) -> set[int]:
    """Which files' own words stand anywhere in the files of an index."""
    every = [file.read_bytes() for file in index.rglob("*") if file.is_file()]
    return {i for i in range(FILES) if any(f"独家{i:03}".encode() in data for data in every)}


@pytest.fixture
def filled(index: Path, tmp_path: Path) -> Path:
    pages = {
        f"{i}.txt": "\n\n".join(f"独家{i:03}第{j}期汽车报道。" * (i % 4 + 1) for j in range(30)) for i in range(FILES)
    }
    write(tmp_path / "pages", pages)
    update(index, [tmp_path / "pages"], KeywordEmbedder())
    assert held(index) == set(range(FILES))
    return index


@pytest.mark.usefixtures("careless")
def test_nothing_of_a_deleted_file_stays(filled: Path, tmp_path: Path) -> None:
    for i in (0, 5, 11):
        (tmp_path / "pages" / f"{i}.txt").unlink()
    write(tmp_path / "pages", {"7.txt": "天气很好。"})
    update(filled, [tmp_path / "pages"], KeywordEmbedder())
    assert held(filled) == set(range(FILES)) - {0, 5, 7, 11}
    remove(filled, ["2.txt"], KeywordEmbedder())
    assert held(filled) == {1, 3, 4, 6, 8, 9, 10}


@pytest.mark.usefixtures("careless")
def test_what_is_deleted_is_overwritten(filled: Path) -> None:
    with closing(schema.connect_to_write(filled)) as connection:
        assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)


@pytest.mark.parametrize(("share", "smaller"), [(0.25, True), (0.99, False)])
def test_a_large_file_is_written_anew_once_much_of_it_is_free(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, share: float, smaller: bool
) -> None:
    monkeypatch.setattr(schema, "_SOON_COMPACT", 0)
    monkeypatch.setattr(schema, "_MUCH_FREE", share)
    before = (filled / schema.FILE).stat().st_size
    for i in range(1, FILES):
        (tmp_path / "pages" / f"{i}.txt").unlink()
    update(filled, [tmp_path / "pages"], KeywordEmbedder())
    assert ((filled / schema.FILE).stat().st_size < before) == smaller
