"""Damage that shows only when an index is asked: one line that names the command, whatever the native code does."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from keyword_embedder import KeywordEmbedder

from index.written import CARS, ECONOMY, SCHOOL, write
from rag.errors import IndexFolderError, IndexFormatError
from rag.index import Index, repair, update
from rag.index.local import parts

REPAIR = r"^the index in .+ is damaged \(.+\): run `rag index --repair --index .+`$"


@pytest.fixture
def built(index: Path, pages: Path, embedder: KeywordEmbedder) -> Path:
    update(index, [pages], embedder)
    return index


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index whose word lists are long enough to be packed."""
    home = tmp_path_factory.mktemp("many")
    write(home / "pages", {f"{i}.txt": f"{SCHOOL}{i}\n\n{CARS}\n\n{ECONOMY}" for i in range(60)})
    update(home / "index", [home / "pages"], KeywordEmbedder())
    return home / "index"


def asked(index: Path) -> None:
    """Everything that answering reads."""
    with Index.open(index) as opened:
        opened.dense(KeywordEmbedder().encode_queries(["汽车"]), 5)
        for candidate in opened.lexical(["汽车展开幕,学校落成 economy grew"], 5)[0]:
            (passage,) = opened.passages([candidate.row])
            opened.sentences(candidate.row)
            opened.article_rows(passage.source, passage.article_number)
            opened.document(passage.source)
            opened.date(passage.source, passage.article_number)
        opened.articles()
        opened.ceiling("汽车")
        opened.terms("汽车")


def sql(index: Path, statement: str) -> None:
    connection = sqlite3.connect(index / "corpus.sqlite", isolation_level=None)
    connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passages SET text = x'00FF'",
        "UPDATE passages SET text = CAST(x'E6FF' AS TEXT)",
        "UPDATE passages SET start = 'nowhere'",
        "UPDATE passages SET more = '{'",
        "UPDATE passages SET more = '{\"colour\": 7}'",
        "DELETE FROM passages WHERE id = 1",
        "DELETE FROM sentences WHERE start = 0",
        "UPDATE sentences SET end = 'x'",
        "UPDATE articles SET paragraphs = '[{]'",
        "UPDATE articles SET paragraphs = '[{\"number\": 1}]'",
        "UPDATE articles SET title = x'00'",
        "UPDATE documents SET text = x'00'",
        "UPDATE documents SET live = 0",
    ],
)
def test_a_damaged_row(built: Path, statement: str) -> None:
    sql(built, statement)
    with pytest.raises(IndexFormatError, match=REPAIR):
        asked(built)


def overwritten(path: Path) -> None:
    """Other bytes in the middle; tantivy's list of checksums at the end of a file stays."""
    data = bytearray(path.read_bytes())
    data[8:-120] = bytes([0xFB]) * len(data[8:-120])
    path.write_bytes(data)


def numbers(path: Path, change: Callable[[np.ndarray], np.ndarray]) -> None:
    np.save(path, change(np.load(path)).astype(np.load(path).dtype))


def head(path: Path) -> None:
    """A head that NumPy cannot take apart, and says so with an error of its own kind."""
    path.write_bytes(path.read_bytes().replace(b"}", b"(", 1))


BROKEN = [
    ("segment-*/lexical/*.idx", overwritten),
    ("segment-*/lexical/*.term", overwritten),
    ("segment-*/lexical/*.fast", overwritten),
    ("segment-*/numbers.npy", lambda path: numbers(path, lambda own: own + 1000)),
    ("segment-*/numbers.npy", lambda path: numbers(path, lambda own: own[::-1])),
    ("segment-*/starts.npy", lambda path: numbers(path, lambda own: np.minimum(own, 1))),
    ("segment-*/starts.npy", head),
    ("order-*.npy", lambda path: numbers(path, lambda own: own + 1)),
    ("order-*.npy", lambda path: numbers(path, np.zeros_like)),
    ("order-*.npy", lambda path: path.write_bytes(b"\0" * path.stat().st_size)),
    ("order-*.npy", head),
]


@pytest.mark.parametrize("compared", [True, False], ids=["small", "large"])
@pytest.mark.parametrize(("pattern", "break_it"), BROKEN)
def test_a_damaged_part_of_the_same_size(
    many: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pattern: str,
    break_it: Callable[[Path], object],
    *,
    compared: bool,
) -> None:
    """The bytes of a small index are compared; in a large one damage shows when it is read."""
    if not compared:
        monkeypatch.setattr(parts, "_COMPARED", -1)
    copy = shutil.copytree(many, tmp_path / "copy")
    (path,) = copy.glob(pattern)
    size = path.stat().st_size
    break_it(path)
    assert path.stat().st_size == size
    with pytest.raises(IndexFormatError, match=REPAIR) as caught:
        asked(copy)
    assert "\n" not in str(caught.value)
    assert len(repair(copy).mended) == 1
    asked(copy)


class PanicException(BaseException):
    """What a library written in Rust raises: no ``Exception``."""


def test_a_panic_while_an_index_is_asked(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Index.open(built) as opened:
        for name in ("matches", "terms", "ceiling"):
            monkeypatch.setattr(opened._state._lexical, name, Mock(side_effect=PanicException("index out of bounds")))
        for ask in (lambda: opened.lexical(["汽车"], 1), lambda: opened.terms("汽车"), lambda: opened.ceiling("汽车")):
            with pytest.raises(IndexFormatError, match=REPAIR):
                ask()


def test_ctrl_c_is_no_damage(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Index.open(built) as opened:
        monkeypatch.setattr(opened._state._lexical, "matches", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            opened.lexical(["汽车"], 1)


FULL = """
import resource, signal, sys
from pathlib import Path
from rag.errors import IndexFolderError
from rag.index import Index
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
try:
    Index.open(Path(sys.argv[1]))
except IndexFolderError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on files")
def test_a_disk_that_takes_nothing_more_is_no_damage(built: Path) -> None:
    """To read, SQLite makes a small file that readers and a writer share."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(built)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == f"the index in {built} cannot be read (disk I/O error): mend that\n", done.stderr


Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR | 19 << 8])
def test_a_full_disk_is_said_to_be_full(built: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(1 << 30, 1 << 30, 4096))
    with Index.open(built) as opened:
        monkeypatch.setattr("rag.index.local.records.read_passages", Mock(side_effect=error))
        with pytest.raises(IndexFolderError, match=r"^the disk of the index .+ is full \(disk I/O error\): free some"):
            opened.passages([0])
        monkeypatch.setattr("rag.index.local.schema.snapshot", Mock(side_effect=error))
        with pytest.raises(IndexFolderError, match="is full"):
            opened.is_outdated()
