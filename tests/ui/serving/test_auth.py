from __future__ import annotations

import base64
import hashlib
import os
import stat
from pathlib import Path

import pytest

from rag.errors import InputError
from rag.ui.serving import auth
from rag.ui.serving.auth import Users, add_user, hash_password, read_users, remove_user, valid_name, verify

PARAMETERS = auth._N, auth._R, auth._P


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is slow on purpose."""
    monkeypatch.setattr(auth, "_N", 2**10)
    monkeypatch.setattr(auth, "_P", 1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    add_user(tmp_path / "users", "王芳", "correct horse")
    return tmp_path / "users"


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_a_hash_is_scrypt_with_a_salt_of_its_own() -> None:
    one, other = hash_password("correct horse"), hash_password("correct horse")
    assert one != other
    kind, n, r, p, salt, key = one.split("$")
    assert (kind, n, r, p) == ("scrypt", "1024", "8", "1")
    expected = hashlib.scrypt(b"correct horse", salt=base64.b64decode(salt), n=1024, r=8, p=1, dklen=32)
    assert base64.b64decode(key) == expected
    assert verify("correct horse", one)
    assert not verify("correct horsf", one)
    assert not verify("", one)


def test_the_parameters_are_those_that_owasp_advises() -> None:
    assert PARAMETERS == (2**14, 8, 5)


def test_the_file_holds_hashes_and_is_its_owners_alone(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith("王芳:scrypt$")
    assert "horse" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["users"]


def test_who_is_let_in(file: Path) -> None:
    users = Users(file)
    assert users.check("王芳", "correct horse")
    assert users.check(" 王芳 ", "correct horse")
    assert not users.check("王芳", "wrong")
    assert not users.check("nobody", "correct horse")
    assert not users.check("", "")
    assert not users.check("王芳", "correct horse" * 100)


def test_the_file_is_read_again_when_it_changes(file: Path) -> None:
    users = Users(file)
    assert users.check_basic(basic("王芳", "correct horse")) == "王芳"
    assert users.remembered(basic("王芳", "correct horse")) == "王芳"
    assert users.remembered(basic("王芳", "wrong")) is None
    add_user(file, "li", "another one")
    assert add_user(file, "王芳", "a new password") is False
    os.utime(file, ns=(1, 1))
    assert users.check("li", "another one")
    assert not users.check("王芳", "correct horse")
    assert users.remembered(basic("王芳", "correct horse")) is None
    remove_user(file, "王芳")
    assert not users.hash_of("王芳")
    assert users.hash_of("li")


def test_a_file_that_is_spoiled_while_the_chat_runs_lets_nobody_in(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    users = Users(file)
    file.write_text("王芳:secret\n", encoding="utf-8")
    assert not users.hash_of("王芳")
    assert not users.check("王芳", "correct horse")
    assert "nobody is let in" in caplog.text
    file.unlink()
    assert not users.hash_of("王芳")


@pytest.mark.parametrize("header", ["Basic", "Basic ====", "Basic bm9jb2xvbg==", "Basic /v8=", "", "Bearer abc"])
def test_headers_that_are_none(file: Path, header: str) -> None:
    assert Users(file).check_basic(header) is None


@pytest.mark.parametrize(
    "line",
    [
        "li",
        "li:secret",
        "li:scrypt$1024$8$1$c2FsdA==",
        "li:scrypt$1024$8$1$c2FsdA==$c2hvcnQ=",
        "li:scrypt$9999999999$8$1$c2FsdA==$" + "A" * 43 + "=",
        "li:scrypt$1000$8$1$c2FsdA==$" + "A" * 43 + "=",
        "li:scrypt$x$8$1$c2FsdA==$" + "A" * 43 + "=",
        "li:md5$1024$8$1$c2FsdA==$" + "A" * 43 + "=",
    ],
)
def test_a_line_that_is_no_user_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "users").write_text(f"# ours\n\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match="users line 3 is not name:hash: write it with `rag user add NAME --auth "):
        Users(tmp_path / "users")


def test_files_that_cannot_be_used_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read \(No such file or directory\): make it with `rag user add"):
        Users(tmp_path / "missing")
    (tmp_path / "empty").write_text("# nobody\n", encoding="utf-8")
    with pytest.raises(InputError, match="names no user: add one with"):
        Users(tmp_path / "empty")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_users(tmp_path / "binary")
    with pytest.raises(InputError, match="cannot be written"):
        add_user(tmp_path / "no" / "folder", "li", "long enough")


@pytest.mark.parametrize("name", ["", " ", "a:b", "#li", "a\nb", "x" * 65])
def test_names_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="a user cannot be called"):
        add_user(tmp_path / "users", name, "long enough")


@pytest.mark.parametrize(
    "name", ["\uff41dmin", "\u0430dmin", "\u0441\u043e\u0440\u0430", "\u03bf", "li\u3000", "\ufb01"]
)
def test_names_that_look_like_others(tmp_path: Path, name: str) -> None:
    if name == "li\u3000":
        assert valid_name(name) == "li"
        return
    with pytest.raises(InputError, match=r"which looks like|whose letters look like Latin ones"):
        add_user(tmp_path / "users", name, "long enough")


@pytest.mark.parametrize("name", ["li", "王芳", "li王", "Иван", "Ελένη", "田中さん", "김", "li.wang-2"])
def test_names_of_many_scripts(name: str) -> None:
    assert valid_name(name) == name


def test_a_name_of_an_earlier_version_can_have_a_new_password(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text(f"\u0430dmin:{hash_password('correct horse')}\n", encoding="utf-8")
    assert add_user(file, "\u0430dmin", "another one") is False
    assert Users(file).check("\u0430dmin", "another one")


def test_a_file_that_others_can_change_is_refused(file: Path) -> None:
    users = Users(file)
    file.chmod(0o666)
    with pytest.raises(InputError, match="can be written by everybody: close it with `chmod 600 "):
        Users(file)
    assert users.hash_of("王芳") is None  # noticed while the chat runs
    file.chmod(0o600)
    assert users.hash_of("王芳")
    link = file.with_name("link")
    link.symlink_to(file)
    with pytest.raises(InputError, match=f"link is a link: name the file itself, {file}"):
        Users(link)
    with pytest.raises(InputError, match="is a link"):
        add_user(link, "li", "long enough")
    assert link.is_symlink()


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
def test_passwords_that_are_too_short_or_long(tmp_path: Path, password: str) -> None:
    with pytest.raises(InputError, match="choose 8 to 256"):
        add_user(tmp_path / "users", "li", password)
    assert not (tmp_path / "users").exists()


def test_removing_who_is_not_there(file: Path) -> None:
    with pytest.raises(InputError, match="has no user 'li': it has 王芳"):
        remove_user(file, "li")
