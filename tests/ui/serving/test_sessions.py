from __future__ import annotations

from pathlib import Path

import pytest

from rag.ui.serving import auth, sessions
from rag.ui.serving.auth import Users, add_user, remove_user
from rag.ui.serving.sessions import Sessions, Tokens


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(auth, "_N", 2**10)
    monkeypatch.setattr(auth, "_P", 1)
    add_user(tmp_path / "users", "li", "correct horse")
    add_user(tmp_path / "users", "wang", "correct horse")
    return tmp_path / "users"


def test_a_cookie_is_good_as_long_as_its_password(file: Path) -> None:
    tokens = Tokens(Users(file))
    tokens["a"] = "li"
    tokens["b"] = "wang"
    assert (tokens.get("a"), tokens.named([None, "x", "b"])) == ("li", "wang")
    add_user(file, "li", "another one")
    assert (tokens.get("a"), tokens.get("b")) == (None, "wang")
    tokens["c"] = "li"
    assert tokens.get("c") == "li"
    remove_user(file, "li")
    assert tokens.get("c") is None
    tokens["d"] = "li"  # logged in while being removed
    assert tokens.get("d") is None
    del tokens["b"]
    assert tokens.named(["b"]) is None


def test_only_so_many_are_remembered(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST", 2)
    tokens = Tokens(Users(file))
    for token in "abc":
        tokens[token] = "li"
    assert [tokens.get(token) for token in "abc"] == [None, "li", "li"]
    owners = Sessions()
    assert [owners.claim(session, "li") for session in "abc"] == [True] * 3
    assert [owners.claim(session, "wang") for session in "bc"] == [False] * 2


def test_a_session_is_its_first_users() -> None:
    owners = Sessions()
    assert owners.may_look("a", "wang")  # there is nothing in it
    assert owners.claim("a", "li")
    assert not owners.may_look("a", "wang")
    assert not owners.claim("a", "wang")
    assert owners.claim("a", "li")
