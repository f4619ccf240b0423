from __future__ import annotations

from pathlib import Path

import httpx

from rag.ui.serving.auth import add_user

from ...fakebot import YEAR_ZH
from .conftest import PASSWORD


def test_a_session_is_shown_to_its_user_alone(closed: str, users: Path) -> None:
    add_user(users, "wang", PASSWORD)
    functions = {
        d["api_name"]: d["id"] for d in httpx.get(f"{closed}/config", auth=("li", PASSWORD)).json()["dependencies"]
    }

    def called(user: str, name: str, data: list[object]) -> httpx.Response:
        body = {"data": data, "fn_index": functions[name], "session_hash": "ofli", "event_data": {"base": ""}}
        way = "queue/join" if name == "page_typed" else "run/predict"
        return httpx.post(f"{closed}/gradio_api/{way}", json=body, auth=(user, PASSWORD), timeout=20)

    assert called("li", "page_typed", [YEAR_ZH, None, None]).status_code == 200
    looked = {"params": {"session_hash": "ofli"}, "timeout": 20}
    refused = httpx.get(f"{closed}/gradio_api/queue/data", auth=("wang", PASSWORD), **looked)
    assert (refused.status_code, refused.json()) == (403, {"detail": "this session is another user's: reload the page"})
    assert "2018年" in httpx.get(f"{closed}/gradio_api/queue/data", auth=("li", PASSWORD), **looked).text
    assert "2018年" in called("li", "page_export", [None, None, None]).text
    assert called("wang", "page_export", [None, None, None]).status_code == 403
