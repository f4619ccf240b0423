"""Places to wait in: how many one address may hold, and that batches keep nobody else waiting."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from rag.ui.serving.api.endpoints import Endpoints
from rag.ui.serving.mcp import McpServer
from rag.ui.serving.queue import in_turns

from ..fakebot import YEAR_ZH, FakeBot
from ..running import chat


class Held(FakeBot):
    """Answers nothing until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.batches = threading.Event(), threading.Event()

    def ask(self, question: str, **options: Any) -> Any:
        assert self.gate.wait(30)
        return super().ask(question, **options)

    def ask_all(self, questions: Any, **options: Any) -> Any:
        assert self.batches.wait(30)
        return [FakeBot.ask(self, question) for question in questions]


@pytest.fixture
def held() -> Iterator[tuple[Held, str]]:
    bot = Held()
    with chat(bot, queue=16, rate_limit=0) as url:
        yield bot, url
        bot.gate.set()
        bot.batches.set()


def sent(url: str, name: str, data: list[Any], address: str, **headers: str) -> httpx.Response:
    forwarded = {"x-forwarded-for": address, **headers}
    return httpx.post(f"{url}/gradio_api/call/{name}", json={"data": data}, headers=forwarded, timeout=20)


def test_batches_of_one_address_keep_nobody_from_asking(held: tuple[Held, str]) -> None:
    bot, url = held
    statuses = [sent(url, "ask_batch", [[YEAR_ZH] * 180], "192.0.2.1").status_code for _ in range(20)]
    assert 200 in statuses[:1]
    assert statuses[-10:] == [429] * 10
    bot.gate.set()
    for number in range(2, 8):
        question = sent(url, "ask", [YEAR_ZH], f"192.0.2.{number}")
        assert question.status_code == 200
        answer = httpx.get(f"{url}/gradio_api/call/ask/{question.json()['event_id']}", timeout=10).text
        assert json.loads(answer.split("data: ", 1)[1].splitlines()[0])[0]["answer"] == "2018年"
    assert sent(url, "ask_batch", [[YEAR_ZH]], "192.0.2.9").status_code == 200


def test_an_address_holds_half_of_the_places_at_most(held: tuple[Held, str]) -> None:
    _, url = held
    replies = [sent(url, "ask", [YEAR_ZH], "192.0.2.1") for _ in range(20)]
    refused = [reply for reply in replies if reply.status_code != 200]
    assert 6 <= len(refused) <= 9  # four are being answered, eight wait
    assert refused[0].status_code == 429
    told = "8 questions from your address are waiting already: wait for their answers, then ask again"
    assert refused[0].json() == {"detail": told}
    assert refused[0].headers["retry-after"] == "5"
    chinese = sent(url, "ask", [YEAR_ZH], "192.0.2.1", **{"accept-language": "zh-CN"})
    assert chinese.json()["detail"].startswith("这个地址已有 8 个问题在排队")
    assert sent(url, "ask", [YEAR_ZH], "192.0.2.2").status_code == 200


def test_addresses_are_answered_in_turn() -> None:
    assert in_turns("aaabab", str) == list("ababaa")
    assert in_turns("", str) == []


def test_assistants_share_too() -> None:
    server = McpServer(Endpoints(FakeBot()), "Ours", places=4)

    async def tried(*addresses: str) -> list[int]:
        """How many of the calls, all under way at once, are let in and refused."""
        done = asyncio.Event()
        statuses: list[int] = []

        async def waits(scope: Scope, receive: Receive, send: Send) -> None:
            await done.wait()
            statuses.append(200)

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def call(address: str) -> None:
            await server({"type": "http", "method": "POST", "headers": [], "client": (address, 1)}, None, send)  # type: ignore[arg-type]

        server._app = waits
        calls = [asyncio.create_task(call(address)) for address in addresses]
        await asyncio.sleep(0)
        done.set()
        await asyncio.gather(*calls)
        return sorted(statuses)

    assert asyncio.run(tried("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2")) == [200, 200, 200, 429]
    assert asyncio.run(tried("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5")) == [200] * 4 + [503]
    assert asyncio.run(tried("192.0.2.1", "192.0.2.1")) == [200, 200]


def test_above_the_queue_limit_the_server_says_that_it_is_busy() -> None:
    bot = FakeBot()
    with chat(bot, queue=1, rate_limit=0) as url, httpx.Client(base_url=url, timeout=20) as http:
        gate = threading.Event()
        bot.ask_all = lambda questions, **options: gate.wait(20) and [FakeBot().ask(q) for q in questions]  # type: ignore[method-assign]
        try:
            statuses = []
            for _ in range(12):
                sent = http.post("/gradio_api/call/ask_batch", json={"data": [[YEAR_ZH]]})
                statuses.append(sent.status_code)
                if sent.status_code == 503:
                    break
            assert statuses[-1] == 503
            assert sent.json() == {
                "detail": "the server is busy: 1 questions are waiting already; ask again in a few seconds"
            }
            assert sent.headers["retry-after"] == "5"
            page = {"sec-fetch-site": "same-origin", "accept-language": "zh-CN,zh;q=0.9"}
            said = http.post("/gradio_api/call/ask_batch", json={"data": [[YEAR_ZH]]}, headers=page)
            assert (said.status_code, said.json()["detail"][:9]) == (429, "现在提问的人太多，")
        finally:
            gate.set()
