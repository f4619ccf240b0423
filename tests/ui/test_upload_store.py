from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Chatbot
from rag.embedding import load_embedder
from rag.errors import IndexBusyError, InputError
from rag.index import update
from rag.ui import upload_store as module
from rag.ui.upload_store import MAX_BYTES, MAX_FILES, Sent, UploadStore, safe_name

RACE = (
    "太湖湾龙舟赛收官\n\n本报讯(记者 李明)6月10日,太湖湾龙舟赛收官,共有36支队伍参赛。\n\n"
    "江苏大学代表队以48秒7的成绩夺得男子组冠军。\n"
)
ASKED = "太湖湾龙舟赛共有多少支队伍参赛?"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.txt").write_text("市图书馆开馆\n\n新馆藏书50万册,5月1日开馆。\n", encoding="utf-8")
    update(tmp_path / "index", [tmp_path / "pages"], load_embedder())
    return tmp_path / "index"


@pytest.fixture
def uploads(index: Path) -> Iterator[UploadStore]:
    uploads = UploadStore.open(Chatbot.open(index), index)
    yield uploads
    uploads.bot.close()


def test_added_articles_are_asked_at_once_and_survive(uploads: UploadStore, index: Path) -> None:
    assert uploads.bot.ask(ASKED).abstained
    stages: set[str] = set()
    (outcome,) = uploads.add([Sent("龙舟.txt", RACE.encode("gb18030"))], lambda stage, done, total: stages.add(stage))
    assert (outcome.source, outcome.articles, outcome.paragraphs) == ("龙舟.txt", 1, 2)
    assert {"read", "embed"} <= stages
    assert uploads.bot.ask(ASKED).answer == "36支"
    update(index, [index.parent / "pages"], load_embedder())  # as `rag index pages` does
    with Chatbot.open(index) as restarted:
        assert restarted.ask(ASKED).answer == "36支"
        assert restarted.info().sources == 2


def test_added_articles_come_back_into_an_index_built_anew(uploads: UploadStore, tmp_path: Path) -> None:
    uploads.add([Sent("龙舟.txt", RACE.encode())])
    uploads.bot.close()
    anew = tmp_path / "anew"
    update(anew, [tmp_path / "pages"], load_embedder())
    uploads.folder.rename(module.beside(anew))
    reopened = UploadStore.open(Chatbot.open(anew), anew)
    assert reopened.bot.ask(ASKED).answer == "36支"
    reopened.bot.close()


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.pdf.exe", b"text", "type"),
        ("a", b"text", "type"),
        ("...", b"text", "name"),
        ("a.txt", b"", "unreadable"),
        ("a.txt", bytes(range(256)) * 20, "unreadable"),
        ("a.txt", b"x" * (MAX_BYTES + 1), "large"),
    ],
)
def test_what_is_left_out(uploads: UploadStore, name: str, data: bytes, problem: str) -> None:
    (outcome,) = uploads.add([Sent(name, data)])
    assert (outcome.problem, outcome.source) == (problem, None)
    assert list(uploads.folder.iterdir()) == []


def test_nothing_is_overwritten_or_written_elsewhere(uploads: UploadStore) -> None:
    first, again, other, outside = uploads.add(
        [
            Sent("a.txt", RACE.encode()),
            Sent("b.txt", RACE.encode()),
            Sent("a.txt", "另一篇\n\n今天下雨。\n".encode()),
            Sent("../../index/settings.txt", "第三篇\n\n明天放晴。\n".encode()),
        ]
    )
    assert (first.source, again.problem, other.source, outside.source) == ("a.txt", "known", "a-2.txt", "settings.txt")
    assert sorted(path.name for path in uploads.folder.iterdir()) == ["a-2.txt", "a.txt", "settings.txt"]
    (known,) = uploads.add([Sent("one.txt", (uploads.folder.parent / "pages" / "one.txt").read_bytes())])
    assert known.problem == "known"


def test_a_name_that_another_folder_has_too(uploads: UploadStore) -> None:
    (outcome,) = uploads.add([Sent("one.txt", RACE.encode())])
    assert outcome.source is not None
    assert outcome.articles == 1
    assert uploads.bot.document(outcome.source).text == RACE


def test_full_folder_takes_nothing(uploads: UploadStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FOLDER", 10)
    assert uploads.add([Sent("a.txt", RACE.encode())])[0].problem == "full"


def test_what_the_index_cannot_take_is_not_kept(uploads: UploadStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise IndexBusyError("another process is writing")

    monkeypatch.setattr(module, "update", busy)
    with pytest.raises(IndexBusyError):
        uploads.add([Sent("a.txt", RACE.encode())])
    assert list(uploads.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "problem"),
    [(errno.ENOSPC, "full"), (errno.EDQUOT, "full"), (errno.ENAMETOOLONG, "name"), (errno.EIO, "unkept")],
)
def test_a_file_that_cannot_be_written_whole_fails_alone(
    uploads: UploadStore, monkeypatch: pytest.MonkeyPatch, number: int, problem: str
) -> None:
    written: list[int] = []

    def fails_once(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 1:
            raise OSError(number, "no")

    monkeypatch.setattr(os, "fsync", fails_once)
    half, whole = uploads.add([Sent("a.txt", b"half of it"), Sent("b.txt", RACE.encode())])
    assert (half.source, half.problem) == (None, problem)
    assert whole.source == "b.txt"
    assert [path.name for path in uploads.folder.iterdir()] == ["b.txt"]
    assert uploads.bot.info().sources == 2


def test_a_long_name_of_long_characters_fits(uploads: UploadStore) -> None:
    rare, plain = uploads.add([Sent("\U00020000" * 80 + ".txt", RACE.encode()), Sent("b.txt", b"It rains today.")])
    assert rare.source == "\U00020000" * 50 + ".txt"
    assert plain.source == "b.txt"
    assert len(list(uploads.folder.iterdir())) == 2


def test_whatever_ends_an_update_leaves_no_file_behind(uploads: UploadStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "update", full)
    with pytest.raises(OSError, match="No space"):
        uploads.add([Sent("a.txt", RACE.encode())])
    assert list(uploads.folder.iterdir()) == []


def test_a_file_that_was_being_written_when_the_power_went_is_taken_away(uploads: UploadStore, index: Path) -> None:
    uploads.add([Sent("a.txt", RACE.encode())])
    (uploads.folder / ".0123.part").write_bytes(RACE.encode()[:10])
    again = UploadStore.open(Chatbot.open(index), index)
    again.bot.close()
    assert [path.name for path in uploads.folder.iterdir()] == ["a.txt"]


def test_too_many_files(uploads: UploadStore) -> None:
    with pytest.raises(InputError, match="at most 20"):
        uploads.add([Sent("a.txt", b"x")] * (MAX_FILES + 1))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("C:\\temp\\报.txt", "报.txt"),
        ("a\x00b\n.txt", "a_b_.txt"),
        ("${x}{{y}}`z`.md", "_x_y_z_.md"),
        ("x" * 300 + ".txt", "x" * 80 + ".txt"),
        ("e\u0301.txt", "\u00e9.txt"),
        (".txt", "txt"),
        ("", ""),
        ("/", ""),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe
