"""A chat in a site that never runs its lifespan answers all the same, over HTTP and to assistants."""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from rag.ui import mount

from ...fakebot import YEAR_ZH, FakeBot
from ...running import running
from ..test_mcp import using


def answer(url: str) -> Any:
    event = httpx.post(f"{url}/gradio_api/call/ask", json={"data": [YEAR_ZH]}, timeout=20).json()["event_id"]
    stream = httpx.get(f"{url}/gradio_api/call/ask/{event}", timeout=20).text
    return json.loads(stream.split("data: ", 1)[1].splitlines()[0])[0]["answer"]


async def asked(session: Any) -> Any:
    return (await session.call_tool("ask", {"question": YEAR_ZH})).structuredContent["answer"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("way", ["inside another site", "a server without lifespans"])
def test_a_chat_whose_site_does_not_run_its_lifespan(way: str, caplog: pytest.LogCaptureFixture) -> None:
    inner = mount(FastAPI(), FakeBot(), "/chat", mcp=True)
    site, options = (FastAPI(), {}) if way == "inside another site" else (inner, {"lifespan": "off"})
    path = "/chat"
    if site is not inner:
        site.mount("/intranet", inner)
        path = "/intranet/chat"
    with running(site, **options) as url:
        assert httpx.get(f"{url}{path}/", timeout=20).status_code == 200
        assert answer(f"{url}{path}") == "2018年"
        assert using(f"{url}{path}/mcp", asked) == "2018年"
        assert answer(f"{url}{path}") == "2018年"
    told = [record.message for record in caplog.records if "does not run its lifespan" in record.message]
    assert len(told) == 1
    assert "\n" not in told[0]


@pytest.mark.timeout(60)
def test_a_site_that_runs_its_lifespan_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with running(mount(FastAPI(), FakeBot(), "/chat")) as url:
        assert answer(f"{url}/chat") == "2018年"
    assert "lifespan" not in caplog.text
