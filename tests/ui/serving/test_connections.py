"""Connections that ask for nothing, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from rag.ui.serving import connections
from rag.ui.serving.connections import Connection

from ..running import running

MOST = 8


class Few(Connection):
    most = MOST


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """``/`` answers, ``/held`` does so after a while, ``/large`` sends more than is ever taken."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/held":
        await asyncio.sleep(3)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(64 if scope["path"] == "/large" else 0):
        await send({"type": "http.response.body", "body": b"x" * 2**20, "more_body": True})
    await send({"type": "http.response.body", "body": b"yes"})


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "TAKE_SECONDS", 0.5)
    with running(app, http=Few, lifespan="off", backlog=4) as url:
        yield "127.0.0.1", int(url.rpartition(":")[2])


def opened(address: tuple[str, int], sent: bytes) -> socket.socket:
    connection = socket.create_connection(address, timeout=10)
    connection.sendall(sent)
    return connection


def is_ended(connection: socket.socket) -> bool:
    """Whether the server ends the connection, which it does within the time limit of the socket."""
    try:
        while connection.recv(2**16):
            continue
    except ConnectionResetError:
        return True
    return True


def test_half_a_head_is_not_waited_for(address: tuple[str, int]) -> None:
    began = time.monotonic()
    for sent in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\n"):
        with opened(address, sent) as connection:
            assert is_ended(connection)
    assert time.monotonic() - began < 8


def test_neither_is_half_of_a_second_one(address: tuple[str, int]) -> None:
    with opened(address, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") as connection:
        assert connection.recv(2**16).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert is_ended(connection)


def test_an_answer_that_is_not_taken_ends(address: tuple[str, int]) -> None:
    with opened(address, b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n") as connection:
        time.sleep(1.5)
        assert is_ended(connection)


def test_who_asks_is_answered_however_many_ask_for_nothing(address: tuple[str, int]) -> None:
    with ExitStack() as stack:
        for _ in range(3 * MOST):
            stack.enter_context(opened(address, b"GET / HTTP/1.1\r\n"))
        assert httpx.get(f"http://127.0.0.1:{address[1]}/", timeout=10).text == "yes"


def test_above_the_limit_there_is_a_plain_503(address: tuple[str, int]) -> None:
    with ExitStack() as stack:
        for _ in range(MOST):
            stack.enter_context(opened(address, b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n"))
        time.sleep(0.3)
        refused = httpx.get(f"http://127.0.0.1:{address[1]}/", timeout=10)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert refused.text == "the server has no connection left: try again shortly\n"
    time.sleep(0.3)
    assert httpx.get(f"http://127.0.0.1:{address[1]}/", timeout=10).text == "yes"


@pytest.mark.parametrize("limit", [64, 100, 200, 1024, 10**6])
def test_all_connections_have_a_file_descriptor(limit: int) -> None:
    most, at_once = connections.room(limit, 30)
    assert most >= 4
    assert at_once >= 4
    if limit >= 150:
        assert most + 3 * at_once + 30 <= limit


def test_the_room_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    most, at_once = connections.room_here()
    assert 4 <= most <= connections.CONNECTIONS
    assert 4 <= at_once <= 128
    given: Any = connections.sys
    monkeypatch.setattr(given, "platform", "win32")
    assert connections.room_here()[0] == connections.CONNECTIONS
