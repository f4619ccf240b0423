"""Plain REST beside the chat: ``/api/…``, its description at ``/docs`` and ``/openapi.json``, and ``/health``."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from anyio.to_thread import run_sync
from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from rag.errors import InputError, RagError
from rag.ui.render.templates import render
from rag.ui.serving.api.calls import CallError, read_query
from rag.ui.serving.api.endpoints import Endpoints
from rag.ui.serving.api.openapi import call_summaries, description, type_summaries
from rag.ui.serving.api.rest import CALLS, Queue, RestCall
from rag.ui.serving.middleware.check import facts
from rag.ui.serving.panics import contained_panic
from rag.ui.serving.paths import DOCS, HEALTH, OPENAPI, REST
from rag.ui.serving.queue import SHORTER
from rag.ui.serving.turns import Turns

FAILED = "the server made a mistake with this call: its log says which"

_log = logging.getLogger(__name__)


def rest_routes(endpoints: Endpoints, title: str, places: int) -> list[BaseRoute]:
    """The routes of plain REST; at most ``places`` questions wait, and an eighth as many other calls."""
    shorter = max(1, places // SHORTER)
    turns: dict[Queue, Turns] = {"answers": Turns(places, 4), "batches": Turns(shorter, 1), "texts": Turns(shorter, 4)}
    calls = [Route(REST + name, _Called(name, call, endpoints, turns[call.queue])) for name, call in CALLS.items()]
    described = [Route(OPENAPI, partial(_openapi, title)), Route(DOCS, partial(_docs, title))]
    return [*calls, *described, Route(HEALTH, _health)]


class _Called:
    """The ASGI app of one call."""

    def __init__(self, name: str, call: RestCall, endpoints: Endpoints, turns: Turns) -> None:
        self._name = name
        self._call = call
        self._endpoints = endpoints
        self._turns = turns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = JSONResponse(await self._result(Request(scope)))
        except HTTPException as refused:
            response = _error(refused.status_code, refused.detail, refused.headers)
        except CallError as error:
            response = _error(422, str(error))
        except InputError as error:
            response = _error(400, str(error))
        except RagError as error:
            _log.error("a call of %s failed: %s", self._name, error)
            response = _error(500, str(error))
        except Exception:  # noqa: BLE001 - the caller gets one line, the log the rest
            _log.exception("a call of %s failed", self._name)
            response = _error(500, FAILED)
        await response(scope, receive, send)

    async def _result(self, request: Request) -> Any:
        if request.method != self._call.method:
            allowed = self._call.method
            raise HTTPException(405, f"{self._name} takes no {request.method}: send {allowed}", {"Allow": allowed})
        fields = self._fields(request)
        async with self._turns.turn(request):
            return await run_sync(self._answer, fields)

    def _fields(self, request: Request) -> Mapping[str, Any]:
        if request.method == "GET":
            return read_query(self._name, request.query_params)
        call = facts(request.scope).call
        assert call is not None, "the body is read by a middleware"
        return call.fields

    def _answer(self, fields: Mapping[str, Any]) -> Any:
        with contained_panic():
            return self._call.function(self._endpoints, **fields)


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": message}, status, headers)


async def _openapi(title: str, request: Request) -> JSONResponse:
    return JSONResponse(description(title, request.scope.get("root_path", "")))


async def _docs(title: str, request: Request) -> HTMLResponse:
    paths = {"prefix": REST, "openapi": OPENAPI.strip("/"), "health": HEALTH}
    return HTMLResponse(render("docs", title=title, calls=call_summaries(), types=type_summaries(), **paths))


async def _health(request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})
