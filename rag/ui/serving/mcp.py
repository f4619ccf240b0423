"""The chat as tools of the Model Context Protocol at ``/mcp``, so that an assistant can cite the paper.

It uses the protocol's own library and not Gradio's ``mcp_server``, which calls itself over HTTP at the host that the
first request names, and returns results as strings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
from anyio.to_thread import run_sync
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import InputError
from rag.ui.serving.api.endpoints import Endpoints
from rag.ui.serving.api.json_schema import AnswerJson, HitJson, SourceJson
from rag.ui.serving.clients import client_of
from rag.ui.serving.panics import contained_panic
from rag.ui.serving.queue import SHARE, busy

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP
    from mcp.server.fastmcp.tools import Tool

_AT_ONCE = 4
_ABOUT = (
    "Wenbao answers questions from a fixed set of newspaper pages, only with sentences that stand there word for word. "
    "Cite `source`, `article`, `start` and `end` of the citations. If `abstained` is true the pages give no answer: "
    "say so; the `passages` are then only the nearest ones. If `status` is tentative, one of the `candidates` may "
    "answer: quote it, and say that it is not sure. `kind` says what was asked for: `fact`, `article` (its summary), "
    "`contents` (the newest headlines) or `small_talk` (nothing to cite)."
)

T = TypeVar("T")


class McpServer:
    """An ASGI app and the lifespan it needs."""

    def __init__(self, endpoints: Endpoints, title: str, places: int = 64) -> None:
        """``places`` is how many calls may run or wait at once, at most half of them from one address."""
        if find_spec("mcp") is None:
            raise InputError('--mcp needs another package: install it with `pip install "mcp>=1.26,<2"`')
        self._endpoints = endpoints
        self._title = title
        self._app: ASGIApp | None = None
        self._places = places
        self._waiting: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._app is not None, "the app's lifespan has not begun"
        inside = {**scope, "path": "/", "raw_path": b"/", "root_path": ""}
        connection = HTTPConnection(scope)
        client, share = client_of(connection), max(1, self._places // SHARE)
        all_waiting = self._waiting.total() >= self._places
        if all_waiting or self._waiting[client] >= share:
            said = busy(connection, self._places if all_waiting else share, yours=not all_waiting)
            await JSONResponse({"detail": said.detail}, said.status_code, said.headers)(scope, receive, send)
            return
        self._waiting[client] += 1
        try:
            await self._app(inside, receive, send)
        finally:
            self._waiting -= Counter([client])

    @asynccontextmanager
    async def lifespan(self, app: Any) -> AsyncIterator[None]:
        server = _server(self._endpoints, self._title)
        self._app = server.streamable_http_app()
        async with server.session_manager.run():
            yield


def _server(endpoints: Endpoints, title: str) -> FastMCP:
    from mcp.server.fastmcp import FastMCP
    from mcp.server.transport_security import TransportSecuritySettings

    return FastMCP(
        title,
        instructions=_ABOUT,
        tools=[_named(call, like) for call, like in _calls(endpoints)],
        stateless_http=True,
        json_response=True,
        streamable_http_path="/",
        log_level="WARNING",
        # Which sites may call is checked for all paths alike, by our middleware.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )


def _calls(endpoints: Endpoints) -> list[tuple[Callable[..., Any], Callable[..., Any]]]:
    """For each tool the function that it calls, and the endpoint whose description it takes."""
    limiter = anyio.CapacityLimiter(_AT_ONCE)

    async def off_the_loop(call: Callable[[], T]) -> T:
        with contained_panic():
            return await run_sync(call, limiter=limiter)

    async def ask(question: str, min_confidence: float | None = None, *, candidates: bool = False) -> AnswerJson:
        return await off_the_loop(partial(endpoints.ask, question, min_confidence, candidates=candidates))

    async def search(
        question: str,
        *,
        k: int = 10,
        leg: str = "fused",
        sources: list[str] | None = None,
        articles: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> list[HitJson]:
        return await off_the_loop(partial(endpoints.search, question, k, leg, sources, articles, since, until))

    async def source(source: str, start: int = 0, end: int | None = None) -> SourceJson:
        return await off_the_loop(partial(endpoints.source, source, start, end))

    return [(ask, endpoints.ask), (search, endpoints.search), (source, endpoints.source)]


def _named(call: Callable[..., Any], like: Callable[..., Any]) -> Tool:
    """A tool that refuses unknown arguments; the library ignores them silently."""
    from mcp.server.fastmcp.tools import Tool

    tool = Tool.from_function(call, description=like.__doc__)
    model = tool.fn_metadata.arg_model
    model.model_config["extra"] = "forbid"
    model.model_rebuild(force=True)
    tool.parameters = model.model_json_schema(by_alias=True)
    return tool
