from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import gradio as gr
import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from gradio_client import Client

from rag.errors import InputError
from rag.ui import mount, serve
from rag.ui import server as module
from rag.ui.app import App, build_app
from rag.ui.server import choose_port

from .conftest import free_port
from .fakebot import YEAR_ZH, FakeBot


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
    given: dict[str, object] = {}

    def launch(self: App, **options: object) -> tuple[None, str, None]:
        given.update(options, title=self.title)
        return None, f"http://127.0.0.1:{options['server_port']}/", None

    monkeypatch.setattr(App, "launch", launch)
    monkeypatch.setattr(App, "block_thread", lambda self: None)
    port = free_port()
    serve(FakeBot(), port=port, root_path="/paper", open_browser=True, title="Ours")
    assert (given["server_port"], given["root_path"], given["inbrowser"]) == (port, "/paper", True)
    assert (given["server_name"], given["title"]) == ("127.0.0.1", "Ours")
    assert capsys.readouterr().err == f"Wenbao is at http://127.0.0.1:{port}/ (stop it with Ctrl-C)\n"


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

    mounted = mount(site, FakeBot(), "/ask", title="Ours", lang="en", examples=["Why?"], accent="#3366cc")
    assert mounted is site
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(site, port=port, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        url = f"http://127.0.0.1:{port}"
        page = httpx.get(url + "/ask/", timeout=20)
        assert "--wb-accent:#3366cc" in page.text
        assert "Why?" in page.text
        assert httpx.get(url + "/").json() == "the newspaper"
        client = Client(url + "/ask/", verbose=False, analytics_enabled=False)
        assert client.predict(question=YEAR_ZH, api_name="/ask")["answer"] == "2018年"
        client.close()
    finally:
        server.should_exit = True
        thread.join()
