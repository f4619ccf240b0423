"""What proxies say about a request is believed of trusted ones alone."""

from __future__ import annotations

import logging
import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from rag.ui.serving.middleware.hosts import LOOPBACK

ONE_VISITOR = (
    "requests come through a proxy at %s that sends no X-Forwarded-For: all visitors count as one for the limits, "
    "so let it send that header"
)
#: What only a proxy may say: Gradio and uvicorn make addresses of it.
_FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip")
#: What shows that a request came through a proxy.
_SIGNS_OF_PROXY = ("forwarded", "via", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_PORT = re.compile(r":[0-9]*$")

_log = logging.getLogger(__name__)


class OnlyFromProxies:
    """Removes the headers of proxies from all other requests. It goes around uvicorn's own ``ProxyHeaders``.

    A trusted proxy that does not name the client is reported in the log, once.
    """

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        self._app = app
        self._trusted = ProxyHeadersMiddleware(app, trusted).trusted_hosts  # type: ignore[arg-type]
        self._reported = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            client = scope.get("client")
            if client is None or client[0] not in self._trusted:
                kept = [header for header in scope["headers"] if header[0].lower() not in _FORWARDED]
                scope = {**scope, "headers": kept}
            elif not self._reported and _hides_client(Headers(scope=scope)):
                self._reported = True
                _log.warning(ONE_VISITOR, client[0])
        await self._app(scope, receive, send)


def _hides_client(headers: Headers) -> bool:
    """Whether a request came through a proxy that does not say from whom."""
    if "x-forwarded-for" in headers:
        return False
    name = _PORT.sub("", headers.get("host", "localhost")).lower()
    return any(header in headers for header in _SIGNS_OF_PROXY) or name not in LOOPBACK
