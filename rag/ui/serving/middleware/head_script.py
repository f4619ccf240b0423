"""A script in the head of the page that works even if Gradio's scripts are never loaded.

Gradio's own option ``head`` is added to the page by Gradio's scripts.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEAD = b"<head>"


class HeadScript:
    """Puts ``script`` at the beginning of the head of every page."""

    def __init__(self, app: ASGIApp, script: str) -> None:
        self._app = app
        self._tag = f"<script>{script}</script>".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            send = _Inserting(send, self._tag)
        await self._app(scope, receive, send)


class _Inserting:
    """``send`` that collects a page until it is complete, and passes everything else on."""

    def __init__(self, send: Send, tag: bytes) -> None:
        self._send = send
        self._tag = tag
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if MutableHeaders(scope=message).get("content-type", "").startswith("text/html"):
                self._start = message
                return
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = self._body.replace(_HEAD, _HEAD + self._tag, 1)
            MutableHeaders(scope=self._start)["Content-Length"] = str(len(page))
            await self._send(self._start)
            message = {**message, "body": page}
        await self._send(message)
