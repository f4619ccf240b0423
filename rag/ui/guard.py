"""What every request to a served chat goes through: doors, origin, login, size, rate, and the headers of the answer.

An ASGI middleware inside Gradio's app, so that it holds for ``launch()``, ``serve`` and ``mount`` alike.
"""

from __future__ import annotations

import json
import secrets
from inspect import isawaitable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.ui import doors
from rag.ui.auth import Users
from rag.ui.limits import Limiter, client_key, is_local
from rag.ui.policy import RATE_LIMIT

if TYPE_CHECKING:
    from rag.ui.served import App

#: A thousand questions of a thousand characters, each written as an escape.
MAX_BODY = 8 * 2**20
#: A request costs one, and one more for each of these: a batch costs more than a question.
_COST_BYTES = 1024
#: Attempts to log in a minute from one client.
LOGINS = 10
_BUSY = {
    "en": "the server is busy: {} questions are waiting already; ask again in a few seconds",
    "zh": "现在提问的人太多，已有 {} 个问题在排队，请过几秒再试",
}
_TOO_MANY = {
    "en": "too many questions from your address: wait {} seconds",
    "zh": "这个地址的提问太多，请等 {} 秒再试",
}


class Guard:
    def __init__(self, app: ASGIApp, chat: App) -> None:
        self._app = app
        self._chat = chat
        self._policy = chat.policy
        wanted = self._policy.rate_limit
        self._limiter = Limiter(RATE_LIMIT if wanted is None else wanted) if wanted != 0 else None
        self._logins = Limiter(LOGINS)
        self._tokens: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        # Gradio's page puts words of its own, in English, in the place of ours where the status is 503.
        full = 429 if "sec-fetch-site" in headers else 503
        answer = _Answering(send, self._policy.framing, full, _BUSY[_spoken(headers)].format(self._policy.queue))
        path = route_path(scope)
        refused = await self._refusal(path, scope)
        if refused:
            await refused(scope, receive, answer)
            return
        await self._app(scope, self._measured(path, scope, receive), answer)

    async def _refusal(self, path: str, scope: Scope) -> Response | None:
        """Why a request goes no further."""
        headers = Headers(scope=scope)
        chat = self._chat
        if not doors.is_open(path, chat.public, chat.page_names, mcp=self._policy.mcp):
            return _told(404, "there is nothing here")
        if not doors.is_static(path) and not self._same_site(headers):
            return _told(403, _foreign(headers["origin"]))
        if _length(headers) > MAX_BODY:
            return _told(413, f"the request is too large: send at most {MAX_BODY:,} bytes")
        wait = self._wait(path, scope)
        if wait:
            return _told(429, _TOO_MANY[_spoken(headers)].format(wait), {"Retry-After": str(wait)})
        if not await self._admitted(path, scope, headers):
            return _told(401, "log in first: this chat is for its users", {"WWW-Authenticate": 'Form realm="Wenbao"'})
        return None

    def _same_site(self, headers: Headers) -> bool:
        """Browsers say which site a script's request comes from; programs do not, and are let through."""
        origin = headers.get("origin")
        if origin is None or headers.get("sec-fetch-site") in ("same-origin", "none"):
            return True
        host = headers.get("x-forwarded-host", headers.get("host", "")).partition(",")[0].strip()
        return urlsplit(origin).netloc == host or origin in self._policy.allow_origins

    def _wait(self, path: str, scope: Scope) -> int:
        if scope["method"] != "POST":
            return 0
        host = _host(scope)
        if doors.is_login(path):
            return self._logins.take(client_key(host))
        if self._limiter is None or not doors.asks(path) or self._spared(host):
            return 0
        return self._limiter.take(client_key(host))

    def _spared(self, host: str | None) -> bool:
        return self._policy.rate_limit is None and is_local(host)

    async def _admitted(self, path: str, scope: Scope, headers: Headers) -> bool:
        auth = self._policy.auth
        if auth is None or doors.is_static(path):
            return True
        if not isinstance(auth, Users):
            user = auth(Request(scope))
            return (await user if isawaitable(user) else user) is not None
        if path in ("", "/") or doors.is_login(path):
            return True  # Gradio shows its login there
        site: Any = scope["app"]
        cookies = Request(scope).cookies
        token = cookies.get(f"access-token-{site.cookie_id}") or cookies.get(f"access-token-unsecure-{site.cookie_id}")
        name = site.tokens.get(token)
        if name is not None:
            return auth.knows(name)
        name = await self._basic(auth, scope, headers)
        if name is not None:
            self._log_in(site, scope, name)
        return name is not None

    async def _basic(self, auth: Users, scope: Scope, headers: Headers) -> str | None:
        """The user that a program names with each request: ``curl -u name:password``, or an MCP client's header."""
        given = headers.get("authorization", "")
        if not given.lower().startswith("basic "):
            return None
        known = auth.remembered(given)
        if known is None and not self._logins.take(client_key(_host(scope))):
            known = await run_sync(auth.check_basic, given)
        return known

    def _log_in(self, site: Any, scope: Scope, name: str) -> None:
        """Let Gradio know the user that we have checked, as its own login does."""
        token = self._tokens.setdefault(name, secrets.token_urlsafe(32))
        site.tokens[token] = name
        cookie = f"access-token-{site.cookie_id}={token}".encode()
        scope["headers"] = [*(h for h in scope["headers"] if h[0] != b"cookie"), (b"cookie", cookie)]

    def _measured(self, path: str, scope: Scope, receive: Receive) -> Receive:
        """The body counted as it comes in: charged by its size, and cut off where it is too large."""
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            if message["type"] == "http.request":
                size += len(message.get("body", b""))
                if size > MAX_BODY:
                    return {"type": "http.disconnect"}
                if not message.get("more_body") and size >= _COST_BYTES:
                    self._charge(path, scope, size)
            return message

        return counted

    def _charge(self, path: str, scope: Scope, size: int) -> None:
        host = _host(scope)
        if self._limiter is not None and doors.asks(path) and not self._spared(host):
            self._limiter.charge(client_key(host), size // _COST_BYTES)


class _Answering:
    """``send`` that adds our headers, and says in our words that the queue is full."""

    def __init__(self, send: Send, framing: str, full: int, busy: str) -> None:
        """``full`` is the status, ``busy`` the words for a queue that is."""
        self._send = send
        self._framing = framing
        self._full = full
        self._busy = busy
        self._instead: bytes | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.append("Content-Security-Policy", f"frame-ancestors {self._framing}")
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "same-origin")
            if self._framing in ("'self'", "'none'"):
                headers["X-Frame-Options"] = "SAMEORIGIN" if self._framing == "'self'" else "DENY"
            if message["status"] == 503:
                self._instead = json.dumps({"detail": self._busy}).encode()
                message["status"] = self._full
                headers["Content-Length"] = str(len(self._instead))
                headers["Content-Type"] = "application/json"
                headers["Retry-After"] = "5"
        elif message["type"] == "http.response.body" and self._instead is not None:
            message = {**message, "body": b"" if message.get("more_body") else self._instead}
        await self._send(message)


def route_path(scope: Scope) -> str:
    """The path below the place where the chat is mounted."""
    path, root = scope["path"], scope.get("root_path", "").rstrip("/")
    if root and (path == root or path.startswith(f"{root}/")):
        path = path[len(root) :]
    return str(path)


def _foreign(origin: str) -> str:
    """Why a page may not ask. A page in a sandboxed frame has no origin, whoever serves it."""
    if origin == "null":
        return "pages in a sandboxed frame may not use this chat: add allow-same-origin to the frame's sandbox"
    return f"pages of {origin} may not use this chat: start it with --allow-origin {origin}"


def _length(headers: Headers) -> int:
    told = headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() else 0


def _spoken(headers: Headers) -> str:
    return "zh" if headers.get("accept-language", "").lower().startswith("zh") else "en"


def _host(scope: Scope) -> str | None:
    client = scope.get("client")
    return client[0] if client else None


def _told(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"detail": message}, status, headers)
