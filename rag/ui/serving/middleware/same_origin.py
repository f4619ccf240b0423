"""Pages of other sites may not use the chat, nor log its users out."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Scope

from rag.ui.serving.middleware.check import Check, RefusedError
from rag.ui.serving.middleware.hosts import forwarded_host, origin_host
from rag.ui.serving.paths import is_logout, is_static


class SameOrigin(Check):
    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        """``allowed`` are other sites whose scripts may call the chat."""
        super().__init__(app)
        self._allowed = allowed

    def check(self, path: str, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if not is_static(path) and not self._may_call(headers):
            raise RefusedError(403, _refusal(headers["origin"]))
        if is_logout(path) and _is_led_by_another_site(headers):
            raise RefusedError(403, "another site cannot log you out: open this address yourself")

    def _may_call(self, headers: Headers) -> bool:
        """Browsers say which site a script's request comes from; programs do not, and are let through."""
        origin = headers.get("origin")
        if origin is None or headers.get("sec-fetch-site") in ("same-origin", "none"):
            return True
        host = forwarded_host(headers) or headers.get("host", "")
        return origin_host(origin) == host or origin in self._allowed


def _is_led_by_another_site(headers: Headers) -> bool:
    """Whether a page of another site brought the browser here, by a link, a form or an image."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    referer = headers.get("referer")
    return referer is not None and origin_host(referer) != (forwarded_host(headers) or headers.get("host"))


def _refusal(origin: str) -> str:
    """Why a page may not ask. A page in a sandboxed frame has no origin, whoever serves it."""
    if origin == "null":
        return "pages in a sandboxed frame may not use this chat: add allow-same-origin to the frame's sandbox"
    return f"pages of {origin} may not use this chat: start it with --allow-origin {origin}"
