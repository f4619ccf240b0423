from __future__ import annotations

import httpx

from rag.ui.serving.policy import Policy

from ...fakebot import FakeBot
from ...running import chat
from .conftest import asked, protected


def test_clients_are_limited_by_address_which_only_trusted_proxies_tell() -> None:
    """uvicorn believes 127.0.0.1 only, which is who sends here."""
    with chat(FakeBot(), rate_limit=3) as url, httpx.Client(base_url=url, timeout=20) as http:
        one, other = {"x-forwarded-for": "192.0.2.1"}, {"x-forwarded-for": "192.0.2.2"}
        assert [asked(http, headers=one).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = asked(http, headers=one)
        wait = int(refused.headers["retry-after"])
        assert 10 <= wait <= 20
        assert refused.json() == {"detail": f"too many questions from your address: wait {wait} seconds"}
        spoofed = {"x-forwarded-for": "203.0.113.9, 192.0.2.1"}  # what the client itself put there does not count
        assert asked(http, headers=spoofed).status_code == 429
        assert asked(http, headers=other).status_code == 200
        assert http.get("/", headers=one).status_code == 200
        batch = http.post("/gradio_api/call/ask_batch", json={"data": [["a"] * 3]}, headers=other)
        assert batch.status_code == 200
        assert asked(http, headers=other).status_code == 429  # a batch costs as much as its questions
        third = {"x-forwarded-for": "192.0.2.3"}
        assert http.post(
            "/gradio_api/call/v2/ask", json={"question": "a", "history": ["b", "c"]}, headers=third
        ).is_success
        assert asked(http, headers=third).status_code == 429  # as do the questions that one follows on


def test_this_machine_is_limited_only_if_that_is_asked_for() -> None:
    for wanted, limited in ((None, False), (2, True), (0, False)):
        http = protected(Policy(rate_limit=wanted))
        statuses = [http.post("/gradio_api/queue/join", json={}).status_code for _ in range(4)]
        assert (429 in statuses) is limited
