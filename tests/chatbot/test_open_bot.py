"""What can be wrong with an index or a model: each is an error with a name and the command that mends it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from keyword_embedder import KeywordEmbedder

from rag.chatbot import Chatbot, open_or_build
from rag.errors import IndexFormatError, IndexMissingError, IndexModelError, ModelError, RagError
from rag.index import update


def truncate(index: Path) -> None:
    file = index / "corpus.sqlite"
    file.write_bytes(file.read_bytes()[:20_000])


def overwrite(index: Path) -> None:
    (index / "corpus.sqlite").write_bytes(b"no database at all" * 100)


def replace_by_foreign(index: Path) -> None:
    (index / "corpus.sqlite").unlink()
    connection = sqlite3.connect(index / "corpus.sqlite")
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()


def set_format(number: int) -> Callable[[Path], None]:
    def change(index: Path) -> None:
        connection = sqlite3.connect(index / "corpus.sqlite")
        connection.execute(f"PRAGMA user_version = {number}")
        connection.close()

    return change


def remove_vectors(index: Path) -> None:
    for file in index.glob("segment-*/*.faiss"):
        file.unlink()


def cut_vectors(index: Path) -> None:
    for file in index.glob("segment-*/*.faiss"):
        file.write_bytes(file.read_bytes()[:-100])


def remove_lexical(index: Path) -> None:
    for folder in index.glob("segment-*/lexical"):
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("damage", "kind", "advice"),
    [
        (shutil.rmtree, IndexMissingError, "run `rag index FOLDER --index {}` first"),
        (truncate, IndexFormatError, "run `rag index --rebuild --index {}`"),
        (overwrite, IndexFormatError, "run `rag index --rebuild --index {}`"),
        (replace_by_foreign, IndexFormatError, "name another folder with --index"),
        (set_format(0), IndexFormatError, "run `rag index --rebuild --index {}`"),
        (set_format(99), IndexFormatError, "update wenbao"),
        (remove_vectors, IndexFormatError, "run `rag index --repair --index {}`"),
        (cut_vectors, IndexFormatError, "run `rag index --repair --index {}`"),
        (remove_lexical, IndexFormatError, "run `rag index --repair --index {}`"),
    ],
)
def test_a_broken_index(copied: Path, damage: Callable[[Path], None], kind: type[RagError], advice: str) -> None:
    damage(copied / "index")
    with pytest.raises(kind) as caught:
        Chatbot.open(copied / "index")
    advice = advice.format(copied / "index")
    assert str(caught.value).endswith((advice, f"{advice}, or name its folder with --index"))
    assert "\n" not in str(caught.value)


def test_an_index_of_another_model(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text("汽车展开幕。", encoding="utf-8")
    update(tmp_path / "index", [tmp_path / "pages"], KeywordEmbedder())
    with pytest.raises(IndexModelError, match=r"built with keywords@1, not wenbao-small@\w+: .*--rebuild --index .+`$"):
        Chatbot.open(tmp_path / "index")


def test_a_model_that_is_not_there(built: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"there is no model folder .*: check the path"):
        Chatbot.open(built / "index", model=str(tmp_path / "none"))


def test_open_or_build_builds_once(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text("汽车展于6月1日在武进吾悦广场开幕。", encoding="utf-8")
    stages: list[str] = []

    def progress(stage: str, done: int, total: int) -> None:
        stages.append(stage)

    for _ in range(2):
        with open_or_build(tmp_path / "index", [tmp_path / "pages"], progress=progress) as bot:
            assert bot.ask("汽车展什么时候开幕?", min_confidence=0).answer == "6月1日"
        assert stages.count("write") == 2


def test_open_or_build_replaces_nothing(copied: Path, tmp_path: Path) -> None:
    overwrite(copied / "index")
    with pytest.raises(IndexFormatError):
        open_or_build(copied / "index", [copied / "seeds"])


def test_open_or_build_without_anything_to_build_from(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match=r"run `rag index FOLDER --index .+` first, or name its folder"):
        open_or_build(tmp_path / "new", [tmp_path / "none"])
