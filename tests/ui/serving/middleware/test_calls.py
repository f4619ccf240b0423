from __future__ import annotations

import httpx
import pytest

NO_FUNCTION = "fn_index is no function of this chat: send one that /config lists"
NO_SESSION = "session_hash is no text of 1 to 100 characters: send one"


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("queue/join", {"fn_index": 999, "data": [], "session_hash": "a"}, NO_FUNCTION),
        ("run/predict", {"fn_index": 999, "data": []}, NO_FUNCTION),
        ("run/predict", {"fn_index": True, "data": []}, NO_FUNCTION),
        ("queue/join", {"fn_index": 0, "data": [], "session_hash": ""}, NO_SESSION),
        ("queue/join", {"fn_index": 0, "data": [], "session_hash": "a" * 101}, NO_SESSION),
        ("call/ask", [], "the body is no JSON object: send one"),
    ],
)  # fmt: skip
def test_calls_that_cannot_be_are_one_line(http: httpx.Client, path: str, body: object, detail: str) -> None:
    response = http.post(f"/gradio_api/{path}", json=body)
    assert (response.status_code, response.json()) == (422, {"detail": detail})


def test_bodies_that_are_no_json_are_one_line(http: httpx.Client) -> None:
    for body in (b"", b"{", b"\xff", b"[" * 100_000):
        response = http.post("/gradio_api/call/ask", content=body)
        assert (response.status_code, response.json()) == (422, {"detail": "the body is no JSON: send an object"})
