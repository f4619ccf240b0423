"""A middleware that may refuse a request, and what each one tells those inside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.ui.serving.api.calls import Call
from rag.ui.serving.paths import is_rest, route_path

_KEY = "wenbao"


class RefusedError(Exception):
    """A request that goes no further, with what it is answered; ``response`` takes the place of our JSON."""

    def __init__(
        self, status: int, message: str, headers: Mapping[str, str] | None = None, response: Response | None = None
    ) -> None:
        super().__init__(message)
        self._status = status
        self._headers = headers
        self._response = response

    def response_to(self, path: str) -> Response:
        return self._response or refusal(path, self._status, str(self), self._headers)


def refusal(path: str, status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer to a request that is refused; plain REST says ``error`` where Gradio's clients want ``detail``."""
    return JSONResponse({"error" if is_rest(path) else "detail": message}, status, headers)


def too_many(message: str, seconds: int) -> RefusedError:
    """The refusal of a request that may be sent again after ``seconds``."""
    return RefusedError(429, message, {"Retry-After": str(seconds)})


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
        path = route_path(scope)
        try:
            await self.handle(path, scope, receive, send)
        except RefusedError as refused:
            await refused.response_to(path)(scope, receive, send)

    async def handle(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, then pass it on; a subclass with work to do after the answer overrides this."""
        self.check(path, scope)
        await self.app(scope, receive, send)

    def check(self, path: str, scope: Scope) -> None:
        """Raises ``RefusedError`` for a request that goes no further."""
