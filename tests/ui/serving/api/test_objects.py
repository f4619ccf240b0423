"""A FileData object as an argument, sent to everything that takes arguments, in all four ways of serving the chat."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI

from rag.ui import build_app
from rag.ui.serving.api.objects import OBJECT_REFUSED, holds_object
from rag.ui.serving.chat_app import App

from ...conftest import free_port
from ...fakebot import YEAR_ZH, FakeBot
from ...running import chat, mounted, running

SECRET = "the server's secret"
NAMED = {
    "ask": ("question", "history", "min_confidence"),
    "ask_batch": ("questions",),
    "search": ("question", "k", "sources"),
    "source": ("source", "start"),
}


@contextmanager
def launched() -> Iterator[str]:
    app = build_app(FakeBot())
    _, url, _ = app.launch(server_port=free_port(), prevent_thread_lock=True, quiet=True)
    try:
        yield url.rstrip("/")
    finally:
        app.close(verbose=False)


@contextmanager
def mounted_by_gradio() -> Iterator[str]:
    with running(gr.mount_gradio_app(FastAPI(), build_app(FakeBot()), "/paper")) as url:
        yield f"{url}/paper"


@contextmanager
def mounted_by_us() -> Iterator[str]:
    with mounted("/ask") as url:
        yield f"{url}/ask"


@pytest.fixture
def fetched() -> Iterator[tuple[str, list[str]]]:
    """The address of a site that no server of ours has to call, and the paths that were asked for all the same."""
    asked: list[str] = []

    class Remembering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            return

    site = HTTPServer(("127.0.0.1", 0), Remembering)
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{site.server_port}/a.txt", asked
    site.shutdown()
    thread.join()
    site.server_close()


def calls(http: httpx.Client, hostile: Any) -> Iterator[str]:
    """What comes back from every way to call everything, with ``hostile`` in the place of each argument in turn."""

    def got(method: str, path: str, **sent: Any) -> str:
        with suppress(httpx.RemoteProtocolError, httpx.ReadError):  # a server may hang up on such a request
            return http.request(method, f"/gradio_api/{path}", **sent).text
        return ""

    dependencies = http.get("/config").json()["dependencies"]
    assert len(dependencies) > 10
    for function in dependencies:
        name, count = function["api_name"], max(1, len(function["inputs"]))
        for place in range(count):
            data = [hostile if at == place else None for at in range(count)]
            body = {"data": data, "fn_index": function["id"], "session_hash": f"{name}{place}", "event_data": hostile}
            for path in ("queue/join", "run/predict", f"run/{name}", f"api/{name}", "stream/abc"):
                yield got("POST", path, json=body)
            yield got("POST", f"call/{name}", json={"data": data})
            yield got("GET", "queue/data", params={"session_hash": f"{name}{place}"})
    for name, arguments in NAMED.items():
        for argument in arguments:
            yield got("POST", f"call/v2/{name}", json={arguments[0]: YEAR_ZH, argument: hostile})
    server = {"data": hostile, "component_id": 1, "fn_name": "preprocess", "session_hash": "a"}
    yield got("POST", "component_server", json=server)


@pytest.mark.parametrize("serving", [chat, mounted_by_us, mounted_by_gradio, launched])
def test_no_file_of_the_server_and_no_address_can_be_named_in_an_argument(
    serving: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fetched: tuple[str, list[str]]
) -> None:
    temporary = tmp_path / "temporary"
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(temporary))
    (tmp_path / "secret.txt").write_text(SECRET)
    os.mkfifo(tmp_path / "endless.txt")  # whoever opens it waits for ever
    address, asked = fetched
    fresh = httpx.Limits(max_keepalive_connections=0)  # a refusal may end a connection
    with serving() as url, httpx.Client(base_url=url, timeout=20, limits=fresh) as http:
        paths = (str(tmp_path / "secret.txt"), address, str(tmp_path / "endless.txt"))
        files = [{"path": path, "url": address, "meta": {"_type": "gradio.FileData"}} for path in paths]
        for sent_back in calls(http, files):
            assert SECRET not in sent_back
        assert not any(SECRET in p.read_text("utf-8", "replace") for p in temporary.rglob("*") if p.is_file())
        assert asked == []
        sent = httpx.post(f"{url}/gradio_api/call/ask", json={"data": [YEAR_ZH]}, timeout=20)
        answer = httpx.get(f"{url}/gradio_api/call/ask/{sent.json()['event_id']}", timeout=20).text
        assert "2018年" in json.loads(answer.split("data: ", 1)[1].splitlines()[0])[0]["answer"]


def test_it_is_said_what_can_be_sent() -> None:
    with chat() as url, httpx.Client(base_url=url, timeout=20) as http:
        sent = http.post("/gradio_api/call/ask", json={"data": [YEAR_ZH, None, [{"path": "/dev/zero"}]]})
        assert (sent.status_code, sent.json()) == (422, {"detail": OBJECT_REFUSED})


def test_objects_are_seen_however_deep_they_lie() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = [deep]
    assert holds_object(deep)
    assert not holds_object([["a", 1, None, True, 2.5], []])


def test_too_few_arguments_are_one_line() -> None:
    app: App = build_app(FakeBot())
    asking = next(function for function in app.fns.values() if function.api_name == "ask")
    with pytest.raises(gr.Error, match="needed"):
        app.validate_inputs(asking, [])
