"""Which names a chat answers to.

A foreign site can make its own name resolve to this machine (DNS rebinding). To the browser its scripts are then of the
same site as the chat; only the ``Host`` header gives them away. So requests for unknown names are refused.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.ui.serving.middleware.check import refusal
from rag.ui.serving.paths import route_path

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
#: A header that is never believed: it is for Gradio's own Node server, which the chat does not use.
_NEVER = (b"x-gradio-server",)


class AllowedHosts:
    """An ASGI middleware: 400 for a request to another host than loopback, the bound address or one of ``names``.

    A host in ``X-Forwarded-Host`` has to be one of these, too.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str] = ()) -> None:
        self._app = app
        self._names = (*LOOPBACK, *names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = await self._refused(scope)
        if refused:
            await refusal(route_path(scope), 400, refused)(scope, receive, send)
            return
        kept = [header for header in scope["headers"] if header[0] not in _NEVER]
        await self._app({**scope, "headers": kept}, receive, send)

    async def _refused(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        if "host" not in headers:
            return "the request names no host: send the header Host"
        if origin_host(headers.get("origin", "http://a")) is None:
            return "the header Origin is no address: send one such as https://example.org, or none"
        names = (*self._names, *_bound(scope))
        for name in (headers["host"], forwarded_host(headers)):
            if name is not None and not await _is_one_of(name, names):
                shown = name.encode("ascii", "backslashreplace").decode()[:100]
                return f"this chat is not called {shown}: start it with --allow-host and that name"
        return None


def _bound(scope: Scope) -> tuple[str, ...]:
    """The address that the connection came to, as a ``Host`` header has it."""
    server = scope.get("server")
    name = str(server[0]) if server else ""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return (name,) if name and "*" not in name else ()
    if address.version == 4:
        return (str(address),)
    return (str(address.ipv4_mapped),) if address.ipv4_mapped else (f"[{address}]",)


async def _is_one_of(host: str, names: Sequence[str]) -> bool:
    """Whether Starlette's ``TrustedHostMiddleware`` lets a ``Host`` header pass."""
    passed: list[Scope] = []

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        return

    scope: Scope = {"type": "http", "headers": [(b"host", host.encode("latin-1", "replace"))]}
    await TrustedHostMiddleware(inside, names, www_redirect=False)(scope, receive, send)
    return bool(passed)


def forwarded_host(headers: Headers) -> str | None:
    """The host that the client asked the outermost proxy for."""
    hosts = headers.get("x-forwarded-host")
    return None if hosts is None else hosts.partition(",")[0].strip()


def origin_host(origin: str) -> str | None:
    """Host and port in an ``Origin`` header, empty for ``null``; ``None`` for a value that is no origin.

    >>> origin_host("https://paper.example:8443"), origin_host("null"), origin_host("http://[")
    ('paper.example:8443', '', None)
    """
    try:
        parts = urlsplit(origin)
        parts.port  # noqa: B018 - raises for one that is no number
    except ValueError:
        return None
    return parts.netloc


def url_host(url: str | None) -> tuple[str, ...]:
    """The host in an address, as names to allow; none if it is only a path.

    >>> url_host("https://paper.example/ask"), url_host("/ask")
    (('paper.example',), ())
    """
    name = urlsplit(url or "").hostname
    return (name,) if name else ()
