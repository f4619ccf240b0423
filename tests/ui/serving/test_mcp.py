"""The tools for assistants, through the protocol's own client over HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from rag.errors import InputError
from rag.ui.serving import auth
from rag.ui.serving.api.endpoints import Endpoints
from rag.ui.serving.auth import add_user
from rag.ui.serving.mcp import McpServer

from ..fakebot import PERHAPS_ZH, SHOW, SIZE_ZH, UNKNOWN_ZH, FakeBot
from ..running import mounted


def using(url: str, use: Callable[[ClientSession], Awaitable[Any]], headers: dict[str, str] | None = None) -> Any:
    async def talk() -> Any:
        async with (
            httpx.AsyncClient(headers=headers, timeout=20) as http,
            streamable_http_client(url, http_client=http) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await use(session)

    return asyncio.run(talk())


def test_an_assistant_finds_the_tools_asks_and_cites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = FakeBot()

    async def use(session: ClientSession) -> list[Any]:
        return [
            (await session.list_tools()).tools,
            await session.call_tool("ask", {"question": SIZE_ZH}),
            await session.call_tool("ask", {"question": UNKNOWN_ZH}),
            await session.call_tool("search", {"question": "车展", "k": 2}),
            await session.call_tool("source", {"source": SHOW, "start": 0, "end": 4}),
            await session.call_tool("ask", {"question": "a", "min_confidence": 7}),
            await session.call_tool("ask", {"question": PERHAPS_ZH, "candidates": True}),
        ]

    monkeypatch.setattr(auth, "_N", 2**10)
    add_user(tmp_path / "users", "li", "correct horse")
    header = {"Authorization": "Basic " + base64.b64encode(b"li:correct horse").decode()}
    with mounted("/paper", bot=bot, mcp=True, auth=tmp_path / "users") as url:
        with pytest.raises(BaseExceptionGroup):
            using(f"{url}/paper/mcp", use)
        tools, size, unknown, hits, part, refused, perhaps = using(f"{url}/paper/mcp", use, header)
    assert [tool.name for tool in tools] == ["ask", "search", "source"]
    assert tools[0].inputSchema["required"] == ["question"]
    assert "citations" in tools[0].outputSchema["properties"]
    assert "verbatim" in tools[0].description
    assert size.structuredContent == bot.ask(SIZE_ZH).to_dict()
    assert json.loads(size.content[0].text) == size.structuredContent
    assert (unknown.structuredContent["abstained"], unknown.isError) == (True, False)
    assert hits.structuredContent == {"result": [hit.to_dict() for hit in bot.search("车展", 2)]}
    assert part.structuredContent["text"] == bot.document(SHOW).text[:4]
    assert perhaps.structuredContent == bot.ask(PERHAPS_ZH).to_dict()
    assert perhaps.structuredContent["status"] == "tentative"
    assert "tentative" in tools[0].description
    assert refused.isError
    assert refused.content[0].text.endswith("send one, or leave it out")


def test_without_its_package_the_option_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(InputError, match=r'install it with `pip install "mcp>=1.26,<2"`'):
        McpServer(Endpoints(FakeBot()), "Ours")
