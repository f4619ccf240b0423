"""Whose word about a request is taken."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from rag.ui.serving.middleware.proxies import ONE_VISITOR, OnlyFromProxies


def test_what_only_a_proxy_may_say_is_dropped_from_others() -> None:
    seen: list[dict[str, str]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append({name.decode(): value.decode() for name, value in scope["headers"]})
        await PlainTextResponse("yes")(scope, receive, send)

    told = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1"}
    guarded = OnlyFromProxies(app, "10.0.0.0/8")
    TestClient(guarded, client=("192.0.2.66", 5)).get("/", headers=told)  # type: ignore[arg-type]
    assert not [name for name in seen[0] if "forwarded" in name]
    TestClient(guarded, client=("10.0.0.1", 5)).get("/", headers=told)  # type: ignore[arg-type]
    assert told.items() <= seen[1].items()


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"via": "1.1 proxy"}, True),
        ({"x-forwarded-proto": "https"}, True),
        ({"host": "paper.example"}, True),
        ({"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https"}, False),
        ({"host": "localhost:7860"}, False),
        ({"host": "[::1]:7860"}, False),
        ({"host": "[::1]"}, False),
    ],
)
def test_a_proxy_that_does_not_say_who_asks_is_told_of_once(
    headers: dict[str, str], told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    guarded = OnlyFromProxies(PlainTextResponse("yes"), "127.0.0.1")
    for _ in range(3):
        TestClient(guarded, client=("127.0.0.1", 5)).get("/", headers={"host": "localhost", **headers})  # type: ignore[arg-type]
    assert caplog.messages == ([ONE_VISITOR % "127.0.0.1"] if told else [])
