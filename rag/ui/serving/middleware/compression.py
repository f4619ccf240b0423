"""Gzip for the page and the answers of events, which Gradio sends as they are: it compresses files alone."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_SMALLEST = 1000


class Compressed:
    """An ASGI middleware. Streams of events pass as they are, or each would wait for the next to fill a block."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._zipped = GZipMiddleware(app, minimum_size=_SMALLEST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_file = scope["type"] == "http" and "." in scope["path"].rsplit("/", 1)[-1]
        await (self._plain if is_file else self._zipped)(scope, receive, send)
