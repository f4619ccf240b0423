from __future__ import annotations

import asyncio
import socket
import webbrowser
from collections.abc import Iterator

import gradio as gr
import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from gradio_client import Client

from rag.errors import InputError
from rag.ui import mount, serve
from rag.ui.app import build_app
from rag.ui.serving import server as module
from rag.ui.serving.connections import Connection
from rag.ui.serving.server import alone, choose_port

from ..conftest import free_port
from ..fakebot import YEAR_ZH, FakeBot
from ..running import chat, mounted, running


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        yield busy.getsockname()[1]


def test_named_port_that_is_taken_is_one_line(taken: int) -> None:
    with pytest.raises(InputError, match=f"^port {taken} on 127.0.0.1 cannot be used: choose another"):
        choose_port("127.0.0.1", taken)
    with pytest.raises(InputError, match="cannot be used"):
        choose_port("127.0.0.1", 70_000)
    free = free_port()
    assert choose_port("127.0.0.1", free) == free


def test_next_free_port_is_taken_and_said(
    taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "PORT", taken)
    chosen = choose_port("127.0.0.1", None)
    assert chosen > taken
    assert capsys.readouterr().err == f"Port {taken} is taken; using {chosen}\n"
    monkeypatch.setattr(module, "_TRIES", 1)
    with pytest.raises(InputError, match="are all taken"):
        choose_port("127.0.0.1", None)


def test_serve_says_where_and_passes_its_options_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[uvicorn.Config] = []

    def stopped_at_once(self: uvicorn.Server, sockets: object = None) -> None:
        given.append(self.config)
        self.should_exit = True
        asyncio.run(self.serve())

    opened: list[str] = []
    monkeypatch.setattr(uvicorn.Server, "run", stopped_at_once)
    monkeypatch.setattr(webbrowser, "open", opened.append)
    logging = {"version": 1, "disable_existing_loggers": False}  # not ours, which would stay for other tests
    monkeypatch.setattr(module, "log_config", lambda: logging)
    port = free_port()
    serve(FakeBot(), port=port, root_path="/paper", open_browser=True, trusted_proxies="10.0.0.1", title="Ours")
    assert (given[0].host, given[0].port, given[0].forwarded_allow_ips) == ("127.0.0.1", port, "10.0.0.1")
    assert isinstance(given[0].http, type)
    assert issubclass(given[0].http, Connection)
    assert 4 <= given[0].backlog <= 128
    assert given[0].log_config is logging
    chat = given[0].app.routes[-1].app.blocks
    assert (chat.title, chat.root_path, chat.run_history) == ("Ours", "/paper", False)
    assert opened == [f"http://127.0.0.1:{port}/"]
    where, proxies = capsys.readouterr().err.splitlines()
    assert where == f"Wenbao is at http://127.0.0.1:{port}/ (stop it with Ctrl-C)"
    assert proxies == "Behind a proxy: have it send X-Forwarded-For, or all visitors count as one for the limits"


def test_launch_is_told_to_record_and_share_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {}
    monkeypatch.setattr(gr.Blocks, "launch", lambda self, *args, **options: given.update(options))
    app = build_app(FakeBot())
    app.launch(server_port=1, show_error=True)
    assert (given["run_history"], given["allowed_paths"], given["enable_monitoring"]) == (False, [], False)
    assert (given["server_port"], given["show_error"]) == (1, True)
    assert app.analytics_enabled is False


def test_mounted_under_a_path_of_a_site() -> None:
    site = FastAPI()

    @site.get("/")
    def home() -> str:
        return "the newspaper"

    options: dict[str, object] = {"title": "Ours", "lang": "en", "examples": ["Why?"], "accent": "#3366cc"}
    with mounted("/ask", site=site, **options) as url:
        page = httpx.get(url + "/ask/", timeout=20)
        assert "--wb-accent:#3366cc" in page.text
        assert "Why?" in page.text
        assert httpx.get(url + "/").json() == "the newspaper"
        assert "content-security-policy" not in httpx.get(url + "/").headers
        client = Client(url + "/ask/", verbose=False, analytics_enabled=False)
        assert client.predict(question=YEAR_ZH, api_name="/ask")["answer"] == "2018年"
        client.close()


def test_two_chats_on_one_site_do_not_mix() -> None:
    site = FastAPI()
    mount(site, FakeBot(), "/one", title="One")
    with mounted("/two", site=site, title="Two", frame_ancestors=["*"]) as url:
        for name, framing in (("one", "'self'"), ("two", "*")):
            page = httpx.get(f"{url}/{name}/", timeout=20)
            assert f'"title":"{name.title()}"' in page.text
            assert page.headers["content-security-policy"] == f"frame-ancestors {framing}"


@pytest.mark.parametrize(
    ("headers", "root_path", "root"),
    [
        ({}, None, "http://{host}"),
        ({"x-forwarded-host": "paper.example", "x-forwarded-proto": "https"}, None, "https://paper.example"),
        ({"x-forwarded-host": "paper.example", "x-forwarded-proto": "https"}, "/ask", "https://paper.example/ask"),
        ({}, "https://paper.example/ask", "https://paper.example/ask"),
    ],
)
def test_behind_a_proxy_the_page_knows_its_address(headers: dict[str, str], root_path: str | None, root: str) -> None:
    with (
        chat(root_path=root_path, allow_hosts=("paper.example",)) as url,
        httpx.Client(base_url=url, headers=headers, timeout=20) as http,
    ):
        expected = root.format(host=url.removeprefix("http://"))
        assert http.get("/config").json()["root"] == expected
        sent = http.post("/gradio_api/call/ask", json={"data": [YEAR_ZH]})
        assert sent.status_code == 200


def test_root_path_of_the_server_itself() -> None:
    with running(alone(build_app(FakeBot())), root_path="/paper") as url:
        assert httpx.get(f"{url}/config", timeout=20).json()["root"] == f"{url}/paper"
        assert httpx.post(f"{url}/gradio_api/call/ask", json={"data": [YEAR_ZH]}).status_code == 200


def test_an_interrupt_ends_the_server_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "log_config", lambda: None)

    def interrupted(self: uvicorn.Server, sockets: object = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", interrupted)
    serve(FakeBot(), port=free_port())
