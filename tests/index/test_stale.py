"""Whether a file has changed costs a stat, and one reading for each change; nothing but a regular file is opened."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from keyword_embedder import KeywordEmbedder

from index.written import CARS, write
from rag.index import Index, stale, update


@pytest.fixture
def opened(index: Path, pages: Path, embedder: KeywordEmbedder) -> Iterator[Index]:
    update(index, [pages], embedder)
    with Index.open(index) as found:
        yield found


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read, in order."""
    names: list[str] = []
    digest_of = stale._digest_of

    def counted(path: Path, size: int) -> str:
        names.append(path.name)
        return digest_of(path, size)

    monkeypatch.setattr(stale, "_digest_of", counted)
    return names


def test_a_file_is_read_once_and_again_when_it_was_changed(opened: Index, pages: Path, read: list[str]) -> None:
    assert [opened.is_stale("cars.txt") for _ in range(3)] == [False] * 3
    assert read == ["cars.txt"]
    write(pages, {"cars.txt": f"{CARS}天气晴。"})
    assert [opened.is_stale("cars.txt") for _ in range(3)] == [True] * 3
    write(pages, {"cars.txt": CARS})
    assert [opened.is_stale("cars.txt") for _ in range(3)] == [False] * 3
    assert read == ["cars.txt"] * 3


def test_other_bytes_of_the_same_length_are_noticed(opened: Index, pages: Path) -> None:
    assert not opened.is_stale("cars.txt")
    write(pages, {"cars.txt": CARS.replace("近", "约")})
    assert opened.is_stale("cars.txt")


def test_a_file_larger_than_any_that_was_indexed_is_not_read(opened: Index, pages: Path, read: list[str]) -> None:
    with (pages / "cars.txt").open("ab") as file:
        file.truncate(2 << 30)
    assert opened.is_stale("cars.txt")
    assert read == []


@pytest.mark.timeout(20)
@pytest.mark.skipif(sys.platform == "win32", reason="no pipes and devices among files")
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_file_any_more_is_not_opened(opened: Index, pages: Path, kind: str) -> None:
    place = pages / "cars.txt"
    place.unlink()
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "device":
        place.symlink_to("/dev/zero")
    else:
        place.mkdir()
    assert not opened.is_stale("cars.txt")


@pytest.mark.timeout(20)
@pytest.mark.skipif(sys.platform == "win32", reason="no pipes among files")
def test_a_pipe_that_takes_the_place_of_a_file_while_it_is_opened(
    opened: Index, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = pages / "cars.txt"
    status = place.stat()
    place.unlink()
    os.mkfifo(place)
    monkeypatch.setattr(Path, "stat", lambda *_, **__: status)
    assert not opened.is_stale("cars.txt")
