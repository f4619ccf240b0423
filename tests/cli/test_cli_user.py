from __future__ import annotations

from pathlib import Path

from running import rag

from rag.ui.serving.auth import Users


def test_users_are_added_changed_and_removed(tmp_path: Path) -> None:
    file = tmp_path / "users"
    ran = rag("user", "add", "王芳", "--auth", file, "--stdin", stdin=b"correct horse\n")
    assert (ran.status, ran.out, ran.err) == (0, f"{file}: 王芳 added\n", "")
    assert Users(file).check("王芳", "correct horse")
    ran = rag("user", "add", "王芳", "--stdin", stdin=b"another one", env={"RAG_AUTH": str(file)})
    assert (ran.status, ran.out) == (0, f"{file}: new password for 王芳\n")
    assert Users(file).check("王芳", "another one")
    assert rag("user", "remove", "王芳", "--auth", file).out == f"{file}: 王芳 removed\n"
    ran = rag("user", "remove", "王芳", "--auth", file)
    assert (ran.status, ran.told) == (2, f"rag: {file} has no user '王芳': it has none")


def test_what_cannot_be_done_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "users"
    for arguments, told in (
        (("add", "li", "--auth", file), "there is no terminal to ask for a password: pipe it in and add --stdin"),
        (("add", "a:b", "--auth", file), "a user cannot be called 'a:b'"),
        (("add", "li", "--auth", file, "--stdin"), "the password has 0 characters: choose 8 to 256"),
        (("add", "li"), "Missing option '--auth'"),
    ):
        ran = rag("user", *arguments)
        assert (ran.status, ran.out) == (2, "")
        assert told in ran.told
    assert not file.exists()
