from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from rag.ui.serving.middleware import request_body

from ...fakebot import FakeBot
from ...running import chat
from .conftest import asked


def test_a_request_that_is_too_large_is_refused(http: httpx.Client) -> None:
    assert asked(http, "问" * 3_000_000).status_code == 413

    def endless() -> Iterator[bytes]:  # without a Content-Length
        yield b'{"data": ["'
        for _ in range(100):
            yield b"x" * 100_000

    with suppress(httpx.TransportError):  # the server may also hang up
        assert http.post("/gradio_api/call/ask", content=endless()).status_code in (400, 413)
    assert asked(http).status_code == 200


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "BODY_SECONDS", 0.3)
    with chat(FakeBot()) as url, socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as connection:
        connection.settimeout(10)
        connection.sendall(b"POST /gradio_api/call/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{")
        assert connection.recv(1000).startswith(b"HTTP/1.1 408")
