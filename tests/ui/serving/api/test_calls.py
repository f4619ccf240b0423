from __future__ import annotations

import json
from typing import Any

import pytest

from rag.ui.serving.api.calls import Call, CallError, read_call

NAMES = {0: "page_typed", 7: "ask", 8: "ask_batch"}


@pytest.mark.parametrize(
    ("path", "body", "call"),
    [
        ("call/ask", {"data": ["a"]}, Call(None, 1)),
        ("call/ask", {"data": ["a", None, ["b", "c"]]}, Call(None, 3)),
        ("call/ask_batch", {"data": [["a"] * 180]}, Call(None, 180)),
        ("call/ask_batch", {"data": [["a"] * 5000]}, Call(None, 1000)),
        ("call/ask_batch", {"data": ["no list"]}, Call(None, 1)),
        ("call/ask", {"data": "no list"}, Call(None, 1)),
        ("call/ask/7", {"data": ["a"]}, Call(None, 1)),
        ("call/v2/ask/x", {"question": "a"}, Call(None, 1)),
        ("call/v2/ask", {"question": "a", "history": ["b"] * 50}, Call(None, 11)),
        ("call/v2/ask_batch", {"questions": ["a", "b"]}, Call(None, 2)),
        ("queue/join", {"fn_index": 8, "data": [["a", "b"]], "session_hash": "s"}, Call("s", 2)),
        ("queue/join", {"fn_index": 0, "data": ["a", None, ["b"]], "session_hash": "s"}, Call("s", 1)),
        ("cancel", {"session_hash": "s", "event_id": "e"}, Call("s", 1)),
        ("reset", {"event_id": "e"}, Call(None, 1)),
    ],
)
def test_how_many_questions_a_call_asks(path: str, body: Any, call: Call) -> None:
    assert read_call(f"/gradio_api/{path}", json.dumps(body).encode(), NAMES) == call


def test_what_is_no_call() -> None:
    for body in (b"{", b"7", b'{"fn_index": 1}', b'{"fn_index": 7, "session_hash": 7}'):
        with pytest.raises(CallError, match=r"send"):
            read_call("/gradio_api/queue/join", body, NAMES)
