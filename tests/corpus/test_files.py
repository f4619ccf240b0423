import errno
import hashlib
import os
import time
from pathlib import Path

import pytest

from rag.corpus import SUFFIXES, find_files, make_document, read_document
from rag.corpus import files as files_module
from rag.errors import InputError, ReadError


def reason(path):
    with pytest.raises(ReadError) as caught:
        read_document(path, path.name)
    message = str(caught.value)
    assert message.startswith(f"{path.name}: ")
    assert "\n" not in message
    return message


def test_a_document_is_the_file(tmp_path):
    data = "﻿标题\r\n\r\n正文。\r\n".encode()
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    document = read_document(path, "news/a.txt")
    assert (document.source, document.text, document.encoding) == ("news/a.txt", "标题\r\n\r\n正文。\r\n", "utf-8-sig")
    assert document.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", " \r\n\u3000\n".encode(), "empty"),
        ("mark.txt", b"\xef\xbb\xbf", "empty"),
        ("binary.txt", bytes(range(256)) * 20, "binary"),
        ("picture.png", b"\x89PNG", "only .txt"),
        ("noname", b"text", "only .txt"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(tmp_path, name, data, said):
    path = tmp_path / name
    path.write_bytes(data)
    assert said in reason(path)


def test_what_cannot_be_read_is_named_as_the_caller_shows_it(tmp_path):
    with pytest.raises(ReadError, match=r"^news/a\.txt: it is not a regular file; left out$"):
        read_document(tmp_path / "a.txt", "a.txt", shown="news/a.txt")


def test_a_folder_named_like_a_file(tmp_path):
    (tmp_path / "x.txt").mkdir()
    assert "not a regular file" in reason(tmp_path / "x.txt")


def test_a_broken_link_and_a_missing_file(tmp_path):
    (tmp_path / "link.txt").symlink_to(tmp_path / "gone.txt")
    assert "not a regular file" in reason(tmp_path / "link.txt")
    assert "not a regular file" in reason(tmp_path / "gone.txt")


def test_a_file_that_must_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "secret.txt"
    path.write_text("正文。", encoding="utf-8")

    def refuse(path, flags):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", refuse)
    assert "cannot be read (Permission denied)" in reason(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    began = time.monotonic()
    assert "not a regular file" in reason(tmp_path / "pipe.txt")
    assert "not a regular file" in reason(tmp_path / "zero.txt")
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("bad\nvalue"), "ValueError: bad value"),
        (MemoryError(), "MemoryError"),
        (RecursionError("deep"), "deep"),
    ],
)
def test_whatever_a_reader_raises_is_one_line_with_the_name_of_the_file(tmp_path, monkeypatch, error, said):
    def fail(data):
        raise error

    monkeypatch.setattr(files_module, "FORMATS", {".txt": files_module.Format(fail)})
    (tmp_path / "odd.txt").write_text("正文。", encoding="utf-8")
    message = reason(tmp_path / "odd.txt")
    assert (said in message, "reading it failed" in message, message.endswith("; left out")) == (True, True, True)


@pytest.mark.parametrize("name", ["a.txt", "a.text", "a.md", "a.html"])
def test_a_web_page_is_read_as_one_whatever_its_ending(name):
    page = "<!doctype html><meta charset=gb2312><p>渡船<s>停航</s>通航，老人免票。</p>"
    document = make_document(page.encode("gb18030"), name)
    assert (document.encoding, "渡船通航，老人免票。" in document.text) == ("html/gb18030", True)


def test_marks_without_width_are_left_out():
    assert make_document("渡\u200b船\ufeff停\u00ad航\u2060。".encode(), "a.txt").text == "渡船停航。"


def test_a_line_that_is_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr(files_module, "MAX_LINE", 100)
    path = tmp_path / "line.txt"
    path.write_text("标题\n" + "字" * 101, encoding="utf-8")
    assert "line of more than 100 characters" in reason(path)
    path.write_text("标题\n" + "字" * 100, encoding="utf-8")
    assert read_document(path, "line.txt").text.endswith("字")


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 50_000_000)
    began = time.monotonic()
    assert "50 MB" in reason(path)
    assert time.monotonic() - began < 0.2


def test_large_bytes_are_refused():
    small = files_module.Format(files_module.decode, max_bytes=10)
    assert make_document(b"0123456789", "x", small).text == "0123456789"
    with pytest.raises(ReadError, match="larger than"):
        make_document(b"01234567890", "x", small)


def test_a_folder_that_cannot_be_listed_is_told_of(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.txt").write_text("早")
    scan = os.scandir

    def refuse(path):
        if Path(path).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert find_files(tmp_path) == [tmp_path / "a.txt", tmp_path / "closed"]


def test_find_files(tmp_path):
    for name in ("b/2.txt", "b/1.md", "a.txt", "c.pdf", ".hidden.txt", ".git/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    found = [path.relative_to(tmp_path).as_posix() for path in find_files(tmp_path)]
    assert found == ["a.txt", "b/1.md", "b/2.txt", "c.pdf"]
    assert {".txt", ".md"} <= set(SUFFIXES)


def test_a_link_to_a_folder_is_told_of_and_not_followed(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.txt").write_text("早", encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    (home / "linked").symlink_to(tmp_path / "there", target_is_directory=True)
    (home / "round").symlink_to(home, target_is_directory=True)
    (home / "a.txt").symlink_to(tmp_path / "there" / "a.txt")
    (home / ".hidden").symlink_to(tmp_path / "there", target_is_directory=True)
    assert find_files(home) == [home / "a.txt", home / "linked", home / "round"]
    assert reason(home / "linked") == (
        "linked: it is a link to a folder, which is not followed: index that folder by its own name; left out"
    )
    assert read_document(home / "a.txt", "a.txt").text == "早"


@pytest.mark.parametrize(("name", "said"), [("gone", "does not exist"), ("file", "is a file")])
def test_find_files_needs_a_folder(tmp_path, name, said):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        find_files(tmp_path / name)
