from __future__ import annotations

import json

import httpx

from ...fakebot import FakeBot
from ...running import chat


def test_a_session_in_which_nothing_was_asked_ends_at_once(opened: str) -> None:
    stream = httpx.get(f"{opened}/gradio_api/queue/data", params={"session_hash": "invented"}, timeout=5)
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert json.loads(stream.text.removeprefix("data: "))["session_not_found"] is True
    with chat(FakeBot(), rate_limit=3) as url:
        invented = [
            httpx.get(f"{url}/gradio_api/queue/data", params={"session_hash": f"a{n}"}, timeout=5) for n in range(5)
        ]
        assert [response.status_code for response in invented] == [200, 200, 200, 429, 429]
