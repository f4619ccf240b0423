"""Readers, writers, threads and processes at the same index."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import Mock

import pytest
from keyword_embedder import KeywordEmbedder

from index.written import SCHOOL, write
from rag.errors import IndexBusyError, IndexFormatError
from rag.index import Index, update
from rag.index.local import parts
from rag.index.local import state as state_module
from rag.index.local.lock import write_lock


def state(opened: Index, embedder: KeywordEmbedder) -> object:
    return (
        opened.fingerprint,
        opened.passages(range(opened.size)),
        opened.dense(embedder.encode_queries(["汽车", "school"]), 5),
        opened.lexical(["汽车展", "economy"], 5),
        opened.articles(),
        [[span for span, _ in opened.sentences(row)] for row in range(opened.size)],
    )


def test_a_second_writer_is_refused(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    with write_lock(index), pytest.raises(IndexBusyError, match=r"another process is writing.*try again when it has"):
        update(index, [pages], embedder)
    update(index, [pages], embedder)


def test_a_reader_keeps_its_state_while_others_write(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    with Index.open(index) as reader:
        before = state(reader, embedder)
        during = []

        def look(_stage: str, _done: int, _total: int) -> None:
            with Index.open(index) as other:
                during.append((state(reader, embedder), other.fingerprint))

        write(pages, {"cars.txt": SCHOOL, "new.txt": SCHOOL})
        update(index, [pages], embedder, progress=look)
        for i in range(3):
            write(pages, {"new.txt": f"{SCHOOL}{i}。"})
            update(index, [pages], embedder)
        assert state(reader, embedder) == before
        assert all(seen == before for seen, _ in during)
        # Whoever opens the index before the switch sees the old state, too.
        assert {fingerprint for _, fingerprint in during} == {reader.fingerprint}
        told = reader.fingerprint
    with Index.open(index) as reader:
        assert state(reader, embedder) != before
        assert reader.fingerprint != told


def test_only_the_live_state_stays(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    for i in range(4):
        write(pages, {"new.txt": f"{SCHOOL}{i}。"})
        update(index, [pages], embedder)
    found = {path.name for path in index.iterdir() if not path.name.startswith((".", "corpus"))}
    with Index.open(index) as opened:
        assert opened.size == 4
    assert "order-4.npy" in found
    with sqlite3.connect(index / "corpus.sqlite") as connection:
        assert found == parts.recorded(connection).keys()
    connection.close()


def test_a_reader_knows_that_there_is_a_newer_state(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    with Index.open(index) as opened:
        assert not opened.is_outdated()
        update(index, [pages], embedder)
        assert not opened.is_outdated()
        write(pages, {"new.txt": SCHOOL})
        update(index, [pages], embedder)
        assert opened.is_outdated()
    with Index.open(index) as opened:
        assert not opened.is_outdated()


def test_a_reader_knows_that_another_index_was_built_in_the_place_of_its_own(
    index: Path, pages: Path, embedder: KeywordEmbedder, tmp_path: Path
) -> None:
    update(index, [pages], embedder)
    (tmp_path / "other").mkdir()
    write(tmp_path / "other", {"new.txt": SCHOOL})
    with Index.open(index) as opened:
        shutil.rmtree(index)
        update(index, [tmp_path / "other"], embedder)  # its first state, as the one opened was
        assert opened.is_outdated()
    with Index.open(index) as opened:
        assert [document.source for document in opened.documents()] == ["new.txt"]


def test_a_reader_that_is_overtaken_while_opening_looks_again(
    index: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(index, [pages], embedder)
    check, overtaken = parts.check, []

    def overtake(*arguments):
        if not overtaken:
            overtaken.append(True)
            for i in range(2):
                write(pages, {"new.txt": f"{SCHOOL}{i}。"})
                update(index, [pages], embedder)
        check(*arguments)

    monkeypatch.setattr(parts, "check", overtake)
    with Index.open(index) as opened:
        assert opened.document("new.txt").text.endswith("1。")


def test_what_a_writer_is_taking_away_is_no_damage(
    index: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(index, [pages], embedder)

    def overtake(*_):
        monkeypatch.setattr(state_module, "open_segments", open_segments)
        write(pages, {"new.txt": SCHOOL})
        update(index, [pages], embedder)
        raise RuntimeError("half of it is gone")

    open_segments = state_module.open_segments
    monkeypatch.setattr(state_module, "open_segments", overtake)
    with Index.open(index) as opened:
        assert opened.document("new.txt").text == SCHOOL


def test_damage_without_a_writer_is_damage(
    index: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(index, [pages], embedder)
    monkeypatch.setattr(state_module, "open_segments", Mock(side_effect=RuntimeError))
    with pytest.raises(IndexFormatError, match="--repair"):
        Index.open(index)


def test_threads_share_an_index(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    with Index.open(index) as opened:
        expected = state(opened, embedder)
        with ThreadPoolExecutor(8) as pool:
            assert all(found == expected for found in pool.map(lambda _: state(opened, embedder), range(64)))


FORKED = """
import os, sys
from pathlib import Path
from keyword_embedder import KeywordEmbedder
from rag.index import Index
embedder = KeywordEmbedder()
queries = embedder.encode_queries(["汽车"] * 40)
with Index.open(Path(sys.argv[1])) as opened:
    expected = opened.dense(queries, 3)
    child = os.fork()
    if not child:
        with Index.open(Path(sys.argv[1])) as again:
            os._exit(0 if again.dense(queries, 3) == expected else 1)
    print(os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_child_can_open_what_its_parent_searched(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    done = subprocess.run(
        [sys.executable, "-c", FORKED, str(index)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert done.stdout == "0\n"
