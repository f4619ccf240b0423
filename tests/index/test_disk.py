"""A disk that is full, a folder that cannot be written to, a folder that is something else: one line, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import Mock

import pytest
from keyword_embedder import KeywordEmbedder

from index.written import CARS, SCHOOL, article, write
from rag.errors import IndexFolderError, IndexFormatError, InputError, ModelError
from rag.index import Index, build, repair, update
from rag.index.local import build_parts

FULL = """
import resource, signal, sys
from pathlib import Path
from keyword_embedder import KeywordEmbedder
from rag.errors import IndexFolderError
from rag.index import update
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    update(Path(sys.argv[1]), [Path(sys.argv[2])], KeywordEmbedder())
except IndexFolderError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on files")
@pytest.mark.parametrize("limit", [1 << 12, 1 << 16, 150_000])
def test_no_file_may_grow_any_more(index: Path, pages: Path, embedder: KeywordEmbedder, limit: int) -> None:
    update(index, [pages], embedder)
    with Index.open(index) as found:
        before = (found.fingerprint, found.size)
    write(pages, {f"{i}.txt": f"{SCHOOL}{'天气很好。' * 200}{i}" for i in range(40)})
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(index), str(pages), str(limit)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])},
    )
    assert len(done.stdout.splitlines()) == 1, done.stderr
    assert done.stdout.startswith(f"cannot write the index in {index} (")
    assert done.stdout.endswith("mend that, or name another folder with --index\n")
    with Index.open(index) as found:
        assert (found.fingerprint, found.size) == before
    assert repair(index).mended == ()
    assert len(update(index, [pages], embedder).added) == 40


READ_ONLY = """
import os, sys
from pathlib import Path
from keyword_embedder import KeywordEmbedder
from rag.errors import IndexFolderError
from rag.index import Index, update
index, pages, embedder = Path(sys.argv[1]), Path(sys.argv[2]), KeywordEmbedder()

def ask():
    with Index.open(index) as found:
        return found.lexical(["汽车"], 1)[0], found.dense(embedder.encode_queries(["汽车"]), 1)

update(index, [pages], embedder)
before = ask()
(pages / "new.txt").write_text("新学校落成", encoding="utf-8")
index.chmod(0o555)
if os.geteuid() == 0:  # root can write anywhere; nobody cannot, but can import nothing that root may not show
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    update(index, [pages], embedder)
except IndexFolderError as error:
    print(error)
print(ask() == before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no users, no permissions")
def test_a_read_only_folder_is_one_line() -> None:
    with TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)
        write(home / "pages", {"cars.txt": CARS})
        try:
            done = subprocess.run(
                [sys.executable, "-c", READ_ONLY, str(home / "index"), str(home / "pages")],
                capture_output=True,
                text=True,
                timeout=120,
                check=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])},
            )
        finally:
            (home / "index").chmod(0o755)
    told, same = done.stdout.splitlines()
    assert told.startswith(f"cannot write the index in {home}/index (")
    assert told.endswith("): mend that, or name another folder with --index")
    assert same == "True"


def test_a_folder_that_cannot_be_locked_is_one_line(
    index: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(index, [pages], embedder)

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("sqlite3.connect", refuse)
    with pytest.raises(IndexFolderError, match=r"^cannot write the index .*Permission denied.*--index$"):
        update(index, [pages], embedder)


def test_a_folder_of_other_files_is_refused(tmp_path: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    write(tmp_path / "photos", {"cat.jpg": "", "README.md": ""})
    with pytest.raises(InputError, match=r"photos holds files that are no index \(cat\.jpg\): name a new or an empty"):
        update(tmp_path / "photos", [pages], embedder)
    assert sorted(path.name for path in (tmp_path / "photos").iterdir()) == ["README.md", "cat.jpg"]
    write(tmp_path / "fresh", {"README.md": "", ".gitignore": ""})
    assert len(update(tmp_path / "fresh", [pages], embedder).added) == 3


def test_a_file_is_no_index(tmp_path: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    write(tmp_path, {"file": ""})
    with pytest.raises(InputError, match=r"file is a file, not a folder: name a folder with --index$"):
        update(tmp_path / "file", [pages], embedder)


def test_files_of_the_former_format_go_with_a_rebuild(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    write(index, {"vectors-1.faiss": "", "sentences-1.faiss": "", "lexical-1/meta.json": "", "mine.txt": ""})
    update(index, [pages], embedder, rebuild=True)
    names = {path.name for path in index.iterdir()}
    assert "mine.txt" in names
    assert not names & {"vectors-1.faiss", "sentences-1.faiss", "lexical-1"}


def test_a_failed_update_leaves_nothing_half_written(
    index: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(index, [pages], embedder)
    before = {path.name for path in index.iterdir() if path.name.startswith(("segment-", "order-"))}
    write(pages, {"new.txt": SCHOOL})
    with monkeypatch.context() as patch:
        patch.setattr(build_parts, "write_settings", Mock(side_effect=OSError("no space left")))
        with pytest.raises(IndexFolderError, match="no space left"):
            update(index, [pages], embedder)
    assert {path.name for path in index.iterdir() if path.name.startswith(("segment-", "order-"))} == before
    assert update(index, [pages], embedder).added == ("new.txt",)


class Unplugged(KeywordEmbedder):
    def encode_passages(self, texts):
        raise OSError("the model's disk is gone")


def test_what_others_do_wrong_is_not_called_an_index_that_cannot_be_written(
    index: Path, pages: Path, embedder: KeywordEmbedder
) -> None:
    with pytest.raises(ModelError, match=r"^keywords@1 cannot be run \(the model's disk is gone\): mend that"):
        update(index, [pages], Unplugged())

    def broken():
        yield article("a", "汽车来了。")
        raise FileNotFoundError("no such page")

    with pytest.raises(FileNotFoundError, match="no such page"):
        build(index.parent / "other", broken(), embedder)


def test_a_part_that_cannot_be_read_is_not_called_one_that_cannot_be_written(
    index: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(index, [pages], embedder)
    monkeypatch.setattr(build_parts, "EXACT_UP_TO", 0)
    monkeypatch.setattr(build_parts, "open_segments", Mock(side_effect=RuntimeError("half of it")))
    write(pages, {"new.txt": SCHOOL})
    with pytest.raises(
        IndexFormatError, match=r"is damaged \(a part cannot be read: half of it\): run `rag .*--repair"
    ):
        update(index, [pages], embedder)


def test_an_index_that_may_not_be_read_is_one_line(
    index: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(index, [pages], embedder)
    monkeypatch.setattr(
        "rag.index.local.state.open_segments", Mock(side_effect=PermissionError(13, "Permission denied"))
    )
    with pytest.raises(IndexFolderError, match=r"cannot be read \(\[Errno 13\] Permission denied\): mend that$"):
        Index.open(index)
