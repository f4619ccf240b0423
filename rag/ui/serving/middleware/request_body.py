"""The body of a request: read whole before anything else sees it, within limits of size and time."""

from __future__ import annotations

import anyio
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from rag.ui.serving.middleware.check import Check, RefusedError, facts

#: A thousand questions of a thousand characters, each written as an escape.
MAX_BODY = 8 * 2**20
#: Seconds that a body may take to come in; the largest does so at half a megabit a second.
BODY_SECONDS = 120


class RequestBody(Check):
    async def handle(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            body = await _read(Headers(scope=scope), receive)
            facts(scope).body = body
            receive = _replayed(body, receive)
        await self.app(scope, receive, send)


async def _read(headers: Headers, receive: Receive) -> bytes:
    """The whole body of a request. Raises ``RefusedError`` for one that is too large or too slow."""
    too_large = RefusedError(413, f"the request is too large: send at most {MAX_BODY:,} bytes")
    if _length(headers) > MAX_BODY:
        raise too_large
    parts: list[bytes] = []
    size = 0
    with anyio.move_on_after(BODY_SECONDS):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RefusedError(400, "the request ended before its body did")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > MAX_BODY:
                raise too_large
            if not message.get("more_body"):
                return b"".join(parts)
    raise RefusedError(408, f"the request took longer than {BODY_SECONDS} seconds: send it again")


def _replayed(body: bytes, receive: Receive) -> Receive:
    """``receive`` of a request whose body was read: the body again, then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _length(headers: Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
