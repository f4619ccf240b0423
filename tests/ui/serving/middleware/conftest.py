"""A chat that everybody may ask, and one for users."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from rag.ui.serving import auth
from rag.ui.serving.auth import Users, add_user
from rag.ui.serving.middleware import protection
from rag.ui.serving.policy import Policy

from ...fakebot import YEAR_ZH, FakeBot
from ...running import chat

PASSWORD = "correct horse"


@pytest.fixture(scope="package")
def users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth, "_N", 2**10)
        patch.setattr(auth, "_P", 1)
        file = tmp_path_factory.mktemp("auth") / "users"
        add_user(file, "li", PASSWORD)
        yield file


@pytest.fixture(scope="package")
def opened() -> Iterator[str]:
    """A chat with the safe defaults."""
    with chat(FakeBot()) as url:
        yield url


@pytest.fixture(scope="package")
def closed(users: Path) -> Iterator[str]:
    """A chat for users, with tools for assistants."""
    with chat(FakeBot(), auth=Users(users), mcp=True) as url:
        yield url


@pytest.fixture
def http(opened: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=opened, timeout=20) as http:
        yield http


def asked(http: httpx.Client, question: str = YEAR_ZH, **options: object) -> httpx.Response:
    return http.post("/gradio_api/call/ask", json={"data": [question]}, **options)  # type: ignore[arg-type]


def answer(http: httpx.Client, sent: httpx.Response) -> dict[str, object]:
    stream = http.get(f"/gradio_api/call/ask/{sent.json()['event_id']}").text
    return json.loads(stream.split("data: ", 1)[1].splitlines()[0])[0]


def protected(policy: Policy) -> TestClient:
    """The checks before an app that says yes to everything."""
    app: ASGIApp = Response("yes")
    chat = SimpleNamespace(policy=policy, public=("ask",), page_names=(), function_names={})
    for check in reversed(protection(chat)):  # type: ignore[arg-type]
        app = check.cls(app, *check.args, **check.kwargs)
    return TestClient(app, client=("127.0.0.1", 5))
