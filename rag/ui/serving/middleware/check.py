"""A middleware that may refuse a request, and what each one tells those inside it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.ui.serving.api.calls import Call
from rag.ui.serving.paths import route_path

_KEY = "wenbao"


class RefusedError(Exception):
    """A request that goes no further; ``response`` is what it gets."""

    def __init__(self, status: int, message: str, response: Response | None = None) -> None:
        super().__init__(message)
        self.response = response or JSONResponse({"detail": message}, status)


def too_many(message: str, seconds: int) -> RefusedError:
    """The refusal of a request that may be sent again after ``seconds``."""
    return RefusedError(429, message, JSONResponse({"detail": message}, 429, {"Retry-After": str(seconds)}))


@dataclass(slots=True)
class Facts:
    """What was found out about a request: ``user`` is none where nobody has to log in."""

    user: str | None = None
    body: bytes = b""
    call: Call | None = None


def facts(scope: Scope) -> Facts:
    """The facts about a request, to be read and added to."""
    known: Facts = scope.setdefault(_KEY, Facts())
    return known


class Check:
    """Lets HTTP requests through, unless ``check`` or ``handle`` of a subclass raises ``RefusedError``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await self.handle(route_path(scope), scope, receive, send)
        except RefusedError as refused:
            await refused.response(scope, receive, send)

    async def handle(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, then pass it on; a subclass with work to do after the answer overrides this."""
        self.check(path, scope)
        await self.app(scope, receive, send)

    def check(self, path: str, scope: Scope) -> None:
        """Raises ``RefusedError`` for a request that goes no further."""
