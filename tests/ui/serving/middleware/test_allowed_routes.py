from __future__ import annotations

import httpx
import pytest
from starlette.routing import Mount

from rag.ui import build_app
from rag.ui.serving.server import alone

from ...fakebot import SHOW, YEAR_ZH, FakeBot

SHUT = [
    "/gradio_api/file=/etc/passwd", f"/gradio_api/file=seeds/{SHOW}", "/gradio_api/file/etc/passwd",
    "/gradio_api/file=https://example.org/", "/gradio_api/proxy=https://example.org/", "/gradio_api/upload_progress",
    "/gradio_api/runs", "/gradio_api/run-history/records", "/gradio_api/deep_link", "/gradio_api/token",
    "/gradio_api/dev/reload", "/gradio_api/vibe-code", "/gradio_api/queue/status", "/gradio_api/profiling/traces",
    "/gradio_api/custom_component/a/b/c/d", "/gradio_api/stream/a/1/2/playlist.m3u8", "/monitoring",
    "/monitoring/summary", "/redoc", "/docs/oauth2-redirect", "/pwa_icon",
    "/api", "/api/", "/api/predict", "/mcp", "/gradio_api/mcp/", "/gradio_api/mcp",
]  # fmt: skip


@pytest.mark.parametrize("path", SHUT)
def test_paths_that_the_chat_does_not_need_are_shut(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_nothing_can_be_uploaded_or_called_by_the_name_of_a_private_event(http: httpx.Client) -> None:
    assert http.post("/gradio_api/upload", files={"files": ("a.txt", b"x")}).status_code == 404
    config = http.get("/config").json()
    private = [d["api_name"] for d in config["dependencies"] if d["api_visibility"] == "private"]
    assert len(private) > 3
    for name in private:
        for way in ("call/", "call/v2/", "run/", "api/"):
            assert http.post(f"/gradio_api/{way}{name}", json={"data": []}).status_code == 404
    for path in ("component_server", "process_recording", "vibe-edit", "stream/a"):
        assert http.post(f"/gradio_api/{path}", json={}).status_code == 404
    assert http.post("/gradio_api/run/ask", json={"data": [YEAR_ZH]}).status_code == 404


def test_every_path_of_gradio_is_open_for_a_reason_or_shut(http: httpx.Client) -> None:
    """A Gradio that adds a path gives nothing away: only these are let through."""
    gradio = next(route.app for route in alone(build_app(FakeBot())).routes if isinstance(route, Mount))
    paths = {path.rstrip("/") for path in gradio.openapi()["paths"]}
    assert len(paths) > 40
    reached = {path for path in paths if "{" not in path and http.get(path).status_code not in (404, 405)}
    assert reached == {
        "",
        "/config",
        "/theme.css",
        "/robots.txt",
        "/manifest.json",
        "/favicon.ico",
        "/logout",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/user",
        "/gradio_api/login_check",
        "/gradio_api/app_id",
        "/gradio_api/theme.css",
        "/gradio_api/startup-events",
        "/gradio_api/queue/data",
    }


def test_a_page_that_is_none_is_one_line(http: httpx.Client) -> None:
    for path in ("/", "/gradio_api/info"):
        response = http.get(path, params={"page": "x"})
        assert (response.status_code, response.json()) == (
            404,
            {"detail": "there is no such page: leave it out of the address"},
        )
