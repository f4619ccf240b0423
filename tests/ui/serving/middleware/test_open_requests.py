from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from rag.ui.serving.middleware import open_requests
from rag.ui.serving.middleware.open_requests import OpenRequests
from rag.ui.serving.middleware.rate_limit import QuestionRate


@pytest.mark.parametrize(
    ("rate_limit", "address", "statuses"),
    [
        (300, "192.0.2.1", [200, 200, 429]),
        (300, "127.0.0.1", [200, 200, 429]),
        (None, "192.0.2.1", [200, 200, 429]),
        (None, "127.0.0.1", [200, 200, 200]),
    ],
)
def test_a_client_has_only_so_many_requests_open(
    monkeypatch: pytest.MonkeyPatch, rate_limit: int | None, address: str, statuses: list[int]
) -> None:
    monkeypatch.setattr(open_requests, "REQUESTS", 2)
    assert asyncio.run(opened(rate_limit, address)) == statuses


async def opened(rate_limit: int | None, address: str) -> list[int]:
    """The statuses of three requests that are open at once, and of one after them, which is always answered."""
    may_end = asyncio.Event()
    statuses: list[int] = []

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await may_end.wait()
        await Response("yes")(scope, receive, send)

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    limited = OpenRequests(slow, QuestionRate(rate_limit))
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": [], "client": (address, 1)}
    requests = [asyncio.create_task(limited({**scope}, None, send)) for _ in range(3)]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.gather(*requests)
    await limited({**scope}, None, send)  # type: ignore[arg-type]
    assert statuses.pop() == 200
    return sorted(statuses)
