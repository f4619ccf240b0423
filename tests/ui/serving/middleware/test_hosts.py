"""Which names a chat answers to (DNS rebinding), and whose word about the host is taken."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from rag.ui import build_app
from rag.ui.serving import server as module
from rag.ui.serving.middleware.hosts import AllowedHosts
from rag.ui.serving.middleware.proxies import OnlyFromProxies
from rag.ui.serving.policy import Policy

from ...conftest import free_port
from ...fakebot import YEAR_ZH, FakeBot
from ...running import chat, mounted

REFUSED = {"detail": "this chat is not called evil.example: start it with --allow-host and that name"}


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with chat(FakeBot(), mcp=True, allow_hosts=("paper.example", "*.news.example")) as url:
        yield url


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/widget.js", "/mcp", "/assets/a.js"])
@pytest.mark.parametrize("header", ["host", "x-forwarded-host"])
def test_another_name_is_refused_on_every_path(served: str, path: str, header: str) -> None:
    response = httpx.get(served + path, headers={header: "evil.example"})
    assert (response.status_code, response.json()) == (400, REFUSED)


def test_calls_under_another_name_are_refused(served: str) -> None:
    foreign = {"host": "evil.example", "origin": "http://evil.example", "sec-fetch-site": "same-origin"}
    for path in ("/gradio_api/call/ask", "/gradio_api/queue/join", "/gradio_api/run/predict", "/mcp"):
        assert httpx.post(served + path, json={"data": [YEAR_ZH]}, headers=foreign).status_code == 400
    forwarded = {"x-forwarded-host": "localhost", "host": "evil.example"}
    assert httpx.post(f"{served}/gradio_api/call/ask", json={"data": [YEAR_ZH]}, headers=forwarded).status_code == 400


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:99", "[::1]:7860", "Paper.Example", "paper.example:443", "a.b.news.example"]
)
def test_names_that_the_chat_goes_by(served: str, host: str) -> None:
    assert httpx.get(f"{served}/config", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["", "a b", "[::1", "news.example", "paper.example.evil.example", "0.0.0.0"])
def test_names_that_it_does_not(served: str, host: str) -> None:
    assert httpx.get(f"{served}/config", headers={"host": host}).status_code == 400


def test_a_mounted_chat_checks_its_host_too() -> None:
    with mounted("/ask", allow_hosts=["paper.example"]) as url:
        assert httpx.get(f"{url}/ask/", headers={"host": "evil.example"}).status_code == 400
        assert httpx.get(f"{url}/ask/", headers={"host": "paper.example"}).status_code == 200


def test_a_launched_chat_checks_its_host_too(site: str) -> None:
    assert httpx.get(site, headers={"host": "evil.example"}).status_code == 400
    assert httpx.get(site).status_code == 200


@pytest.mark.parametrize(
    ("server", "host", "status"),
    [
        (("192.0.2.7", 7860), "192.0.2.7:7860", 200),
        (("192.0.2.7", 7860), "192.0.2.8:7860", 400),
        (("2001:db8::7", 7860), "[2001:db8::7]:7860", 200),
        (("::ffff:192.0.2.7", 7860), "192.0.2.7", 200),
        (("/run/chat.sock", None), "localhost", 200),
    ],
)
def test_the_bound_address_is_a_name(server: tuple[str, int | None], host: str, status: int) -> None:
    async def bound(scope: Scope, receive: Receive, send: Send) -> None:
        await AllowedHosts(PlainTextResponse("yes"))({**scope, "server": server}, receive, send)

    assert TestClient(bound).get("/", headers={"host": host}).status_code == status


def test_nobody_says_which_server_of_gradio_asks(served: str) -> None:
    config = httpx.get(f"{served}/config", headers={"x-gradio-server": "http://evil.example"}).json()
    assert config["root"] == served


def test_serving_under_a_name_allows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    configs: list[Any] = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets=None: configs.append(self.config))
    monkeypatch.setattr(module, "log_config", lambda: None)
    app = build_app(FakeBot())
    module.run(app, "localhost", free_port())
    configs[0].load()
    assert isinstance(configs[0].loaded_app, OnlyFromProxies)
    assert app.policy.allow_hosts == ("localhost",)


def test_a_request_that_names_no_host_or_a_broken_origin_is_one_line(served: str) -> None:
    address = ("127.0.0.1", int(served.rpartition(":")[2]))
    for headers in (b"", b"Origin: http://localhost\r\n"):
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n" + headers + b"\r\n")
            reply = connection.makefile("rb").read()
        assert reply.startswith(b"HTTP/1.1 400")
        assert b"names no host" in reply
    for origin in ("http://[", "http://a:b", "\xff"):
        response = httpx.get(f"{served}/config", headers={"origin": origin.encode("latin-1")})
        assert response.status_code in (400, 403)
        assert response.json()["detail"]


def test_no_page_is_kept_by_a_browser(served: str) -> None:
    for path in ("/", "/config", "/gradio_api/info"):
        assert httpx.get(served + path).headers["cache-control"] == "no-store"
    assert "no-store" not in httpx.get(f"{served}/widget.js").headers.get("cache-control", "")


def test_hosts_that_are_none() -> None:
    with pytest.raises(Exception, match="write its name alone"):
        Policy(allow_hosts=("https://paper.example",))
