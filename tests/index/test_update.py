"""An update equals a rebuild, and does no work twice."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
import unicodedata
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from keyword_embedder import KeywordEmbedder

from index.written import CARS, ECONOMY, SCHOOL, article, write
from rag.corpus import CORPUS_VERSION, files
from rag.errors import InputError, ModelError
from rag.index import Index, build, remove, update
from rag.index.local import checksums
from rag.index.settings import EMBEDDED_VERSION, Settings


def sources(index: Path) -> list[str]:
    with Index.open(index) as opened:
        return [info.source for info in opened.documents()]


def test_the_first_update_adds_everything(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    summary = update(index, [pages], embedder)
    assert summary.added == ("cars.txt", "school.txt", "sub/economy.md")
    assert (summary.changed, summary.removed, summary.unchanged, summary.skipped) == ((), (), (), ())
    with Index.open(index) as opened:
        assert summary.passages == opened.size == len({p.passage_id for p in opened.passages(range(opened.size))})
        assert opened.document("cars.txt").text == CARS
        assert [article.title for article in opened.articles("school.txt")] == ["新学校落成"]
        assert (opened.model, opened.dimension) == (embedder.name, embedder.dimension)
        assert opened.path("sub/economy.md") == pages / "sub" / "economy.md"


def test_nothing_new_is_no_work(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    files, done = sorted(index.iterdir()), embedder.count
    summary = update(index, [pages], embedder)
    assert summary.unchanged == ("cars.txt", "school.txt", "sub/economy.md")
    assert (sorted(index.iterdir()), embedder.count) == (files, done)


def test_only_what_is_new_is_embedded(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    embedder.batches.clear()
    write(pages, {"school.txt": SCHOOL.replace("九百", "八百"), "weather.txt": "天气\n\n明天的天气晴。"})
    (pages / "cars.txt").unlink()
    summary = update(index, [pages], embedder)
    assert (summary.added, summary.changed, summary.removed) == (("weather.txt",), ("school.txt",), ("cars.txt",))
    assert summary.unchanged == ("sub/economy.md",)
    embedded = [text for batch in embedder.batches for text in batch]
    changed = [
        "新学校落成\n新学校今天落成,校长出席。学校有八百名学生。",
        "新学校今天落成,校长出席。",
        "学校有八百名学生。",
    ]
    assert sorted(embedded) == sorted([*changed, "天气\n明天的天气晴。", "明天的天气晴。"])
    with Index.open(index) as opened:
        assert opened.lexical(["汽车"], 5) == [[]]


def test_a_moved_file_is_not_embedded_again(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    done = embedder.count
    (pages / "cars.txt").rename(pages / "sub" / "cars.txt")
    summary = update(index, [pages], embedder)
    assert (summary.added, summary.removed, embedder.count) == (("sub/cars.txt",), ("cars.txt",), done)


def test_equal_texts_are_embedded_once(index: Path, tmp_path: Path, embedder: KeywordEmbedder) -> None:
    write(tmp_path / "pages", {"a.txt": CARS, "b.txt": CARS})
    update(index, [tmp_path / "pages"], embedder)
    texts = [text for batch in embedder.batches for text in batch]
    assert len(texts) == len(set(texts))


def test_a_rebuild_does_everything_anew(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    with Index.open(index) as opened:
        before = opened.fingerprint
    done = embedder.count
    summary = update(index, [pages], embedder, rebuild=True)
    assert summary.rebuilt == ("cars.txt", "school.txt", "sub/economy.md")
    assert (summary.added, summary.changed, summary.removed, summary.unchanged) == ((), (), (), ())
    assert embedder.count == 2 * done
    with Index.open(index) as opened:
        assert opened.fingerprint == before


@pytest.mark.parametrize("version", [{"corpus": CORPUS_VERSION + 1}, {"embedded": EMBEDDED_VERSION + 1}])
def test_a_new_way_of_splitting_or_embedding_does_everything_again(
    index: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch, version: dict[str, int]
) -> None:
    update(index, [pages / "sub"], embedder)
    assert update(index, [], embedder).unchanged == ("economy.md",)
    monkeypatch.setattr("rag.index.job.Settings", partial(Settings, **version))
    assert update(index, [], embedder).rebuilt == ("economy.md",)
    assert update(index, [], embedder).unchanged == ("economy.md",)


def test_another_folder_is_left_alone(index: Path, tmp_path: Path, embedder: KeywordEmbedder) -> None:
    write(tmp_path, {"a/one.txt": CARS, "b/two.txt": SCHOOL})
    update(index, [tmp_path / "a"], embedder)
    (tmp_path / "a" / "one.txt").unlink()
    assert update(index, [tmp_path / "b"], embedder).unchanged == ("one.txt",)
    assert sources(index) == ["one.txt", "two.txt"]
    update(index, [tmp_path / "a"], embedder)
    assert sources(index) == ["two.txt"]


def test_equal_names_are_told_apart_by_their_folders(index: Path, tmp_path: Path, embedder: KeywordEmbedder) -> None:
    write(tmp_path, {"a/one.txt": CARS, "b/one.txt": SCHOOL, "b/two.txt": ECONOMY})
    update(index, [tmp_path / "a"], embedder)
    assert sources(index) == ["one.txt"]
    update(index, [tmp_path / "b"], embedder)
    assert sources(index) == ["a/one.txt", "b/one.txt", "two.txt"]
    with Index.open(index) as opened:
        assert opened.document("b/one.txt").text == SCHOOL
        assert {p.source for p in opened.passages(range(opened.size))} == {"a/one.txt", "b/one.txt", "two.txt"}
    (tmp_path / "a" / "one.txt").unlink()
    update(index, [tmp_path / "a"], embedder)
    assert sources(index) == ["one.txt", "two.txt"]


def test_an_outer_folder_takes_over_an_inner_one(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages / "sub"], embedder)
    update(index, [pages], embedder)
    assert sources(index) == ["cars.txt", "school.txt", "sub/economy.md"]
    wanted = f"indexed as a whole: run `rag index {pages} --index {index}`"
    with pytest.raises(InputError, match=wanted):
        update(index, [pages / "sub"], embedder)


def test_the_index_may_lie_in_its_own_folder(pages: Path, embedder: KeywordEmbedder) -> None:
    update(pages / "index", [pages], embedder)
    (pages / "index" / "README.md").write_text("# not an article", encoding="utf-8")
    assert update(pages / "index", [pages], embedder).skipped == ()
    assert sources(pages / "index") == ["cars.txt", "school.txt", "sub/economy.md"]


def test_index_and_articles_can_be_moved_together(tmp_path: Path, embedder: KeywordEmbedder) -> None:
    write(tmp_path, {"old/pages/one.txt": CARS})
    update(tmp_path / "old" / "index", [tmp_path / "old" / "pages"], embedder)
    (tmp_path / "old").rename(tmp_path / "new")
    assert update(tmp_path / "new" / "index", [tmp_path / "new" / "pages"], embedder).unchanged == ("one.txt",)


def test_what_cannot_be_read_is_skipped_with_a_reason(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    (pages / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (pages / "empty.txt").write_bytes(b"")
    (pages / os.fsdecode(b"bad\xff.txt")).write_text(CARS, encoding="utf-8")
    (pages / "two\nlines.txt").write_text(CARS, encoding="utf-8")
    (pages / "gone.txt").symlink_to(pages / "nowhere.txt")
    summary = update(index, [pages], embedder)
    assert summary.added == ("cars.txt", "school.txt", "sub/economy.md")
    assert len(summary.skipped) == 5
    for skipped in summary.skipped:
        assert skipped.reason.startswith(f"{pages}/")
        assert skipped.reason.endswith("; left out")
        assert "\n" not in skipped.reason


def test_one_file_never_ends_an_update(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    said = "<p>武进区的汽车展开幕，汽车参展。</p>".encode("gb18030")
    for label in ("undefined", "unicode_escape", "idna"):
        (pages / f"{label}.html").write_bytes(f"<meta charset={label}>".encode() + said)
    (pages / "half.html").write_bytes(b"<meta charset=unicode_escape><p>\\x \xff")
    summary = update(index, [pages], embedder)
    assert {"undefined.html", "unicode_escape.html", "idna.html", "cars.txt"} <= set(summary.added)
    assert [skipped.reason for skipped in summary.skipped if f"{pages}/half.html: " not in skipped.reason] == []


def test_what_a_reader_raises_names_the_file_and_the_rest_is_indexed(
    index: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(data: bytes) -> tuple[str, str]:
        raise KeyError("nobody thought of this")

    monkeypatch.setattr(files, "FORMATS", {**files.FORMATS, ".md": files.Format(fail)})
    summary = update(index, [pages], embedder)
    assert summary.added == ("cars.txt", "school.txt")
    assert [skipped.reason for skipped in summary.skipped] == [
        f"{pages}/sub/economy.md: reading it failed (KeyError: 'nobody thought of this'): "
        "open and save it anew, or leave it out; left out"
    ]


def test_a_link_out_of_the_folder_is_read_only_if_asked_for(
    index: Path, pages: Path, tmp_path: Path, embedder: KeywordEmbedder
) -> None:
    write(tmp_path, {"secret.txt": ECONOMY})
    (pages / "link.txt").symlink_to(tmp_path / "secret.txt")
    (pages / "inner.txt").symlink_to(pages / "cars.txt")
    summary = update(index, [pages], embedder)
    assert "inner.txt" in summary.added
    assert [skipped.reason for skipped in summary.skipped] == [
        f"{pages}/link.txt: it is a link to a file outside the folder ({tmp_path / 'secret.txt'}): "
        "copy that file, or run with --follow-links; left out"
    ]
    assert update(index, [pages], embedder, follow_links=True).added == ("link.txt",)
    assert update(index, [pages], embedder).removed == ("link.txt",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system")
def test_a_file_that_became_a_pipe_is_not_waited_for(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    (pages / "cars.txt").unlink()
    os.mkfifo(pages / "cars.txt")
    summary = update(index, [pages], embedder)
    assert summary.removed == ("cars.txt",)
    assert summary.skipped[0].reason == f"{pages}/cars.txt: it is not a regular file; left out"


def test_what_was_not_understood_of_a_file_is_told_once(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    write(pages, {"rows.csv": "text,date\n汽车展开幕。,01/05/2024\n"})
    told = f"{pages}/rows.csv: the date of row 1 (01/05/2024) tells no certain day: write dates as 2024-05-01"
    assert update(index, [pages], embedder).notes == (told,)
    assert update(index, [pages], embedder).notes == ()


def test_what_is_skipped_is_named_as_its_folder_was_given(
    tmp_path: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"a/empty.txt": "", "a/one.txt": CARS, "b/empty.txt": "", "b/two\nlines.txt": CARS})
    monkeypatch.chdir(tmp_path)
    summary = update(Path("index"), [Path("a"), Path("b")], embedder)
    assert [skipped.reason.partition(": ")[0] for skipped in summary.skipped] == [
        "a/empty.txt",
        "b/empty.txt",
        "b/'two\\nlines.txt'",
    ]


def test_a_file_that_can_no_longer_be_read_leaves_nothing_behind(
    index: Path, pages: Path, embedder: KeywordEmbedder
) -> None:
    update(index, [pages], embedder)
    (pages / "cars.txt").write_bytes(b"")
    summary = update(index, [pages], embedder)
    assert (summary.removed, len(summary.skipped)) == (("cars.txt",), 1)


@pytest.fixture
def close(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Makes a folder one that cannot be listed, for root too."""
    closed: list[Path] = []
    scan = os.scandir

    def refuse(path: str | Path | int = ".") -> object:
        if not isinstance(path, int) and Path(path) in closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    return closed.append


@pytest.mark.parametrize("rebuild", [False, True])
@pytest.mark.parametrize("first", ["", "sub"])
def test_what_is_in_a_folder_that_cannot_be_listed_is_not_gone(
    index: Path, pages: Path, embedder: KeywordEmbedder, close: Callable[[Path], None], *, first: str, rebuild: bool
) -> None:
    write(pages, {"subway.txt": CARS})
    update(index, [pages / first], embedder)
    (pages / "subway.txt").unlink()
    close(pages / "sub")
    summary = update(index, [pages], embedder, rebuild=rebuild)
    assert set(sources(index)) == {"cars.txt", "school.txt", "economy.md" if first else "sub/economy.md"}
    assert [skipped.reason for skipped in summary.skipped] == [
        f"{pages}/sub: cannot be read (Permission denied); what was indexed of it is kept"
    ]
    assert summary.removed == (() if first else ("subway.txt",))


def test_a_whole_folder_that_cannot_be_listed_is_kept(
    index: Path, pages: Path, embedder: KeywordEmbedder, close: Callable[[Path], None]
) -> None:
    update(index, [pages], embedder)
    close(pages)
    assert len(update(index, [pages], embedder).unchanged) == 3


def test_unicode_names(tmp_path: Path, embedder: KeywordEmbedder) -> None:
    decomposed = unicodedata.normalize("NFD", "café")
    write(tmp_path / "报 纸", {"新闻/武进　日报 1.txt": CARS, f"{decomposed}.txt": SCHOOL, "😀.md": ECONOMY})
    index = tmp_path / "索 引?#%"
    update(index, [tmp_path / "报 纸"], embedder)
    assert sources(index) == ["café.txt", "新闻/武进　日报 1.txt", "😀.md"]
    with Index.open(index) as opened:
        assert opened.path("café.txt").read_text(encoding="utf-8") == SCHOOL
    write(tmp_path / "报 纸", {"café.txt": CARS})
    assert "another Unicode form" in update(index, [tmp_path / "报 纸"], embedder).skipped[0].reason


def test_an_index_over_nothing_is_refused_and_leaves_nothing(
    index: Path, tmp_path: Path, embedder: KeywordEmbedder
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="there is no article to index: name a folder of articles"):
        update(index, [tmp_path / "empty"], embedder)
    with pytest.raises(InputError, match="does not exist: name a folder"):
        update(index, [tmp_path / "nowhere"], embedder)
    write(tmp_path, {"file.txt": CARS})
    with pytest.raises(InputError, match="is a file, not a folder: name a folder"):
        update(index, [tmp_path / "file.txt"], embedder)


def test_an_index_that_loses_its_last_file_is_empty(index: Path, tmp_path: Path, embedder: KeywordEmbedder) -> None:
    write(tmp_path / "pages", {"one.txt": CARS})
    update(index, [tmp_path / "pages"], embedder)
    (tmp_path / "pages" / "one.txt").unlink()
    assert update(index, [tmp_path / "pages"], embedder).passages == 0
    with Index.open(index) as opened:
        assert (opened.size, opened.articles(), opened.lexical(["汽车"], 3)) == (0, (), [[]])
        assert opened.dense(embedder.encode_queries(["汽车"]), 3) == [[]]


def test_a_rebuild_keeps_a_folder_that_is_gone(index: Path, tmp_path: Path, embedder: KeywordEmbedder) -> None:
    write(tmp_path, {"a/one.txt": CARS, "b/two.txt": SCHOOL})
    update(index, [tmp_path / "a", tmp_path / "b"], embedder)
    (tmp_path / "a" / "one.txt").unlink()
    (tmp_path / "a").rmdir()
    other = KeywordEmbedder(name="other@1")
    assert update(index, [tmp_path / "b"], other, rebuild=True).rebuilt == ("one.txt", "two.txt")
    with Index.open(index) as opened:
        assert (opened.model, opened.document("one.txt").text) == ("other@1", CARS)


def test_remove(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    update(index, [pages], embedder)
    assert remove(index, ["cars.txt"], embedder).removed == ("cars.txt",)
    assert sources(index) == ["school.txt", "sub/economy.md"]
    with pytest.raises(InputError, match=r"no source 'cars.txt': name one"):
        remove(index, ["cars.txt"], embedder)
    assert update(index, [pages], embedder).added == ("cars.txt",)


def test_remove_takes_patterns(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    write(pages, {"sub/x[1].txt": CARS, "sub/x1.txt": SCHOOL})
    update(index, [pages], embedder)
    with pytest.raises(InputError, match=r"no source 'none/\*': name one of its sources, or a pattern"):
        remove(index, ["sub/*", "none/*"], embedder)
    assert len(sources(index)) == 5
    assert remove(index, ["sub/x[1].txt"], embedder).removed == ("sub/x[1].txt",)
    assert remove(index, ["sub/*", "s*.txt"], embedder).removed == ("school.txt", "sub/economy.md", "sub/x1.txt")


def test_remove_takes_a_folder_that_is_gone(
    index: Path, tmp_path: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    decomposed = unicodedata.normalize("NFD", "café")
    write(tmp_path, {"a/one.txt": CARS, f"{decomposed}/two.txt": SCHOOL, f"{decomposed}/in/three.txt": ECONOMY})
    update(index, [tmp_path / "a", tmp_path / decomposed], embedder)
    shutil.rmtree(tmp_path / decomposed)
    monkeypatch.chdir(tmp_path / "a")
    assert remove(index, ["../café/*"], embedder).removed == ("in/three.txt", "two.txt")
    assert sources(index) == ["one.txt"]


def test_build_takes_documents_that_are_no_files(index: Path, embedder: KeywordEmbedder) -> None:
    assert build(index, [article("p1", "汽车来了。"), article("p2", "学校开学。")], embedder).added == ("p1", "p2")
    with Index.open(index) as opened:
        assert [p.passage_id for p in opened.passages([0, 1])] == ["p1#1.1", "p2#1.1"]
    done = embedder.count
    summary = build(index, [article("p2", "学校开学。"), article("p3", "天气好。")], embedder)
    assert (summary.added, summary.removed, summary.unchanged) == (("p3",), ("p1",), ("p2",))
    assert embedder.count == done + 2  # the passage and its sentence


class Broken(KeywordEmbedder):
    def __init__(self, fault: float, shape: int = 0) -> None:
        super().__init__()
        self._fault, self._shape = fault, shape

    def encode_passages(self, texts):
        rows = super().encode_passages(texts)
        rows[0, 0] = self._fault
        return rows[:, self._shape :]


@pytest.mark.parametrize(
    ("embedder", "message"),
    [
        (Broken(float("nan")), "gave a vector that is not of length 1: use another model"),
        (Broken(7.0), "gave a vector that is not of length 1: use another model"),
        (Broken(0.0, shape=1), "gave vectors of shape"),
    ],
)
def test_bad_vectors_never_reach_the_index(index: Path, pages: Path, embedder: Broken, message: str) -> None:
    update(index, [pages / "sub"], KeywordEmbedder())
    with pytest.raises(ModelError, match=message):
        update(index, [pages], embedder)
    assert sources(index) == ["economy.md"]


def test_control_c_keeps_the_old_state_and_the_finished_work(
    index: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(index, [pages / "sub"], embedder)
    monkeypatch.setattr("rag.index.embed._BATCH", 1)

    def interrupt(stage: str, _done: int, _total: int) -> None:
        if stage == "embed":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(index, [pages], embedder, progress=interrupt)
    assert sources(index) == ["economy.md"]
    done = embedder.count
    embedder.batches.clear()
    update(index, [pages], embedder)
    fresh = KeywordEmbedder()
    update(index.parent / "fresh", [pages], fresh)
    assert done + embedder.count == fresh.count


def test_control_c_while_reading_keeps_what_was_read(
    index: Path, pages: Path, embedder: KeywordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document is kept whole or not at all: here Ctrl-C comes in the middle of putting down the third."""
    digest = checksums.read_digest
    calls: list[int] = []

    def interrupt(connection: sqlite3.Connection, row: int) -> str:
        calls.append(row)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return digest(connection, row)

    with monkeypatch.context() as patch:
        patch.setattr(checksums, "read_digest", interrupt)
        with pytest.raises(KeyboardInterrupt):
            update(index, [pages], embedder)
    with closing(sqlite3.connect(index / "corpus.sqlite")) as connection:
        kept = connection.execute("SELECT path, digest IS NOT NULL FROM documents ORDER BY path").fetchall()
    assert kept == [("cars.txt", 1), ("school.txt", 1)]
    assert update(index, [pages], embedder).added == ("cars.txt", "school.txt", "sub/economy.md")


def test_control_c_while_parts_are_written_keeps_the_old_state_and_all_vectors(
    index: Path, pages: Path, embedder: KeywordEmbedder
) -> None:
    update(index, [pages / "sub"], embedder)
    before = {path.name for path in index.iterdir() if "sqlite" not in path.name}

    def interrupt(stage: str, done: int, _total: int) -> None:
        if stage == "write" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(index, [pages], embedder, progress=interrupt)
    assert sources(index) == ["economy.md"]
    assert {path.name for path in index.iterdir() if "sqlite" not in path.name} == before
    embedder.batches.clear()
    update(index, [pages], embedder)
    assert sources(index) == ["cars.txt", "school.txt", "sub/economy.md"]
    assert embedder.count == 0


class Waiting(KeywordEmbedder):
    """Its second batch ends only when passages of the first are in the file of the index."""

    def __init__(self, index: Path) -> None:
        super().__init__()
        self._index = index

    def encode_passages(self, texts):
        if len(self.batches) == 1:
            until = time.monotonic() + 60
            while not self._written() and time.monotonic() < until:
                time.sleep(0.01)
            assert self._written()
        return super().encode_passages(texts)

    def _written(self) -> bool:
        with closing(sqlite3.connect(self._index / "corpus.sqlite")) as connection:
            return bool(connection.execute("SELECT count(*) FROM passages").fetchone()[0])


def test_one_batch_is_embedded_while_another_is_written(
    index: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.embed._BATCH", 1)
    assert len(update(index, [pages], Waiting(index)).added) == 3


def test_progress_counts_to_the_end(index: Path, pages: Path, embedder: KeywordEmbedder) -> None:
    seen: dict[str, list[tuple[int, int]]] = {}
    update(index, [pages], embedder, progress=lambda stage, *done: seen.setdefault(stage, []).append(done))
    assert list(seen) == ["read", "embed", "write"]
    for counts in seen.values():
        assert counts[-1][0] == counts[-1][1]


def test_files_are_counted_through_all_folders(index: Path, tmp_path: Path, embedder: KeywordEmbedder) -> None:
    write(tmp_path, {"a/1.txt": CARS, "a/2.txt": SCHOOL, "b/3.txt": ECONOMY})
    seen: list[tuple[int, int]] = []

    def progress(stage: str, done: int, total: int) -> None:
        if stage == "read":
            seen.append((done, total))

    update(index, [tmp_path / "a", tmp_path / "b"], embedder, progress=progress)
    assert seen == [(2, 3), (3, 3)]
