from __future__ import annotations

import httpx
import pytest

from rag.ui.serving.policy import Policy

from .conftest import protected


def test_headers_of_every_answer(http: httpx.Client) -> None:
    for path in ("/", "/config", "/widget.js", "/nowhere", "/gradio_api/info"):
        headers = http.get(path).headers
        assert headers["content-security-policy"] == "frame-ancestors 'self'"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("framers", "policy", "frame_options"),
    [
        (["self"], "'self'", "SAMEORIGIN"),
        (["none"], "'none'", "DENY"),
        (["*"], "*", None),
        (["https://a.example", "self", "*.b.example:8443"], "https://a.example 'self' *.b.example:8443", None),
    ],
)
def test_who_may_frame_the_chat(framers: list[str], policy: str, frame_options: str | None) -> None:
    headers = protected(Policy(frame_ancestors=tuple(framers))).get("/").headers
    assert headers["content-security-policy"] == f"frame-ancestors {policy}"
    assert headers.get("x-frame-options") == frame_options
