"""Headers of every answer: who may frame the chat, and what browsers may keep."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.ui.serving.paths import is_static, route_path


class SecurityHeaders:
    def __init__(self, app: ASGIApp, framing: str) -> None:
        """``framing`` is the value of ``frame-ancestors``."""
        self._app = app
        self._framing = framing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        may_be_kept = is_static(route_path(scope))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), may_be_kept)
            await send(message)

        await self._app(scope, receive, with_headers)

    def _add(self, headers: MutableHeaders, may_be_kept: bool) -> None:
        headers.append("Content-Security-Policy", f"frame-ancestors {self._framing}")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        if not may_be_kept:
            headers["Cache-Control"] = "no-store"
        if self._framing in ("'self'", "'none'"):
            headers["X-Frame-Options"] = "SAMEORIGIN" if self._framing == "'self'" else "DENY"
