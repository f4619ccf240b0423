"""What every request to a served chat goes through: doors, origin, rate, login, size, session, and the headers.

An ASGI middleware inside Gradio's app, so that it holds for ``launch()``, ``serve`` and ``mount`` alike.
"""

from __future__ import annotations

import secrets
from collections import Counter
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

import anyio
from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.ui.serving.api.calls import CallError, read_call
from rag.ui.serving.auth import Users
from rag.ui.serving.limits import Limiter, client_key, is_local
from rag.ui.serving.middleware import allowed_routes
from rag.ui.serving.middleware.hosts import forwarded_host, origin_host
from rag.ui.serving.policy import RATE_LIMIT
from rag.ui.serving.queue import spoken
from rag.ui.serving.sessions import Sessions, Tokens

if TYPE_CHECKING:
    from rag.ui.serving.chat_app import App

#: A thousand questions of a thousand characters, each written as an escape.
MAX_BODY = 8 * 2**20
#: Seconds that a body may take to come in; the largest does so at half a megabit a second.
BODY_SECONDS = 120
#: Attempts to log in a minute from one client; a right one is not counted.
LOGINS = 10
#: Requests of one client that may be open at once: an open page has one or two.
REQUESTS = 128
_TOO_MANY = {
    "en": "too many questions from your address: wait {} seconds",
    "zh": "这个地址的提问太多，请等 {} 秒再试",
}
_NOT_YOURS = "this session is another user's: reload the page"
#: What Gradio's clients understand as a session that has ended.
_GONE = (
    'data: {"msg": "unexpected_error", "message": "404: Not Found", "session_not_found": true, "success": false}\n\n'
)


class Guard:
    def __init__(self, app: ASGIApp, chat: App) -> None:
        self._app = app
        self._chat = chat
        self._policy = chat.policy
        wanted = self._policy.rate_limit
        self._limiter = Limiter(RATE_LIMIT if wanted is None else wanted) if wanted != 0 else None
        self._logins = Limiter(LOGINS)
        self._tokens: dict[str, str] = {}
        self._sessions = Sessions()
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = route_path(scope)
        answer = _Answering(send, self._policy.framing, kept=allowed_routes.is_static(path))
        client = client_key(_host(scope))
        self._open[client] += 1
        try:
            refused, receive = await self._looked_at(path, scope, receive, client)
            await (refused or self._app)(scope, receive, answer)
            if allowed_routes.is_login(path) and scope["method"] == "POST" and answer.status == 200:
                self._logins.give_back(client)
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]

    async def _looked_at(
        self, path: str, scope: Scope, receive: Receive, client: str
    ) -> tuple[Response | None, Receive]:
        """The response to a request that goes no further, and what the body is received by, which was read here."""
        try:
            user = await self._who(path, scope, client)
            if scope["method"] == "POST":
                body = await _body(Headers(scope=scope), receive)
                self._called(path, scope, body, user, client)
                receive = _replayed(body, receive)
            else:
                self._looked(path, scope, user, client)
        except RefusedError as refused:
            return refused.response, receive
        return None, receive

    async def _who(self, path: str, scope: Scope, client: str) -> str | None:
        """The user that a request is from, ``None`` where nobody has to log in. Raises ``RefusedError``."""
        headers = Headers(scope=scope)
        chat = self._chat
        if not allowed_routes.is_open(path, chat.public, chat.page_names, mcp=self._policy.mcp):
            raise RefusedError(404, "there is nothing here")
        page = Request(scope).query_params.get("page", "")
        if page and page not in chat.page_names:
            raise RefusedError(404, "there is no such page: leave it out of the address")
        if not allowed_routes.is_static(path) and not self._same_site(headers):
            raise RefusedError(403, _foreign(headers["origin"]))
        if allowed_routes.is_logout(path) and _from_elsewhere(headers):
            raise RefusedError(403, "another site cannot log you out: open this address yourself")
        if not self._spared(scope):
            if self._open[client] > REQUESTS:
                raise _later(429, f"{REQUESTS} requests from your address are open already: end some", 5)
            if scope["method"] == "POST" and allowed_routes.asks(path):
                self._count(scope, client)
        return await self._admitted(path, scope, headers)

    def _same_site(self, headers: Headers) -> bool:
        """Browsers say which site a script's request comes from; programs do not, and are let through."""
        origin = headers.get("origin")
        if origin is None or headers.get("sec-fetch-site") in ("same-origin", "none"):
            return True
        host = forwarded_host(headers) or headers.get("host", "")
        return origin_host(origin) == host or origin in self._policy.allow_origins

    def _spared(self, scope: Scope) -> bool:
        """Whether a request is from this machine itself, which is limited only where that is asked for."""
        return self._policy.rate_limit is None and is_local(_host(scope))

    def _count(self, scope: Scope, client: str) -> None:
        """Count a question. Raises ``RefusedError``."""
        wait = self._limiter.take(client) if self._limiter else 0
        if wait:
            raise _later(429, _TOO_MANY[spoken(Headers(scope=scope))].format(wait), wait)

    def _called(self, path: str, scope: Scope, body: bytes, user: str | None, client: str) -> None:
        """Count the questions beyond the first, and see that the session is the user's. Raises ``RefusedError``."""
        if not allowed_routes.is_call(path):
            return
        try:
            call = read_call(path, body, {number: str(fn.api_name) for number, fn in self._chat.fns.items()})
        except CallError as error:
            raise RefusedError(422, str(error)) from error
        if self._limiter and allowed_routes.asks(path) and not self._spared(scope):
            self._limiter.charge(client, call.questions - 1)
        if user is not None and call.session and not self._sessions.claim(call.session, user):
            raise RefusedError(403, _NOT_YOURS)

    def _looked(self, path: str, scope: Scope, user: str | None, client: str) -> None:
        """See that what is looked at is the user's, and is there. Raises ``RefusedError``."""
        session = allowed_routes.session_of(path, Request(scope).query_params.get("session_hash"))
        if session is None:
            return
        if user is not None and not self._sessions.may_look(session, user):
            raise RefusedError(403, _NOT_YOURS)
        if allowed_routes.is_stream(path) and not self._chat.waiting.knows(session):
            if not self._spared(scope):
                self._count(scope, client)
            raise RefusedError(
                404, "nothing was asked in this session", Response(_GONE, media_type="text/event-stream")
            )

    async def _admitted(self, path: str, scope: Scope, headers: Headers) -> str | None:
        auth = self._policy.auth
        if auth is None or allowed_routes.is_static(path):
            return None
        if not isinstance(auth, Users):
            told = auth(Request(scope))
            user = await told if isawaitable(told) else told
            if user is None:
                raise _log_in_first()
            return str(user)
        site: Any = scope["app"]
        if not isinstance(site.tokens, Tokens):
            site.tokens = Tokens(auth)
        client = client_key(_host(scope))
        if allowed_routes.is_login(path):
            if scope["method"] == "POST":
                self._try_to_log_in(client)
            return None
        cookies = Request(scope).cookies
        kinds = ("access-token", "access-token-unsecure")
        name: str | None = site.tokens.named(cookies.get(f"{kind}-{site.cookie_id}") for kind in kinds)
        if name is None:
            name = await self._basic(auth, headers, client)
            if name is not None:
                self._log_in(site, scope, name)
        if name is None and path not in ("", "/"):  # Gradio shows its login there
            raise _log_in_first()
        return name

    def _try_to_log_in(self, client: str) -> None:
        wait = self._logins.take(client)
        if wait:
            raise _later(429, f"too many wrong passwords from your address: wait {wait} seconds", wait)

    async def _basic(self, auth: Users, headers: Headers, client: str) -> str | None:
        """The user that a program names with each request: ``curl -u name:password``, or an MCP client's header."""
        given = headers.get("authorization", "")
        if not given.lower().startswith("basic "):
            return None
        known = auth.remembered(given)
        if known is not None:
            return known
        self._try_to_log_in(client)
        name = await run_sync(auth.check_basic, given)
        if name is not None:
            self._logins.give_back(client)
        return name

    def _log_in(self, site: Any, scope: Scope, name: str) -> None:
        """Let Gradio know the user that we have checked, as its own login does."""
        token = self._tokens.setdefault(name, secrets.token_urlsafe(32))
        site.tokens[token] = name
        cookie = f"access-token-{site.cookie_id}={token}".encode()
        scope["headers"] = [*(h for h in scope["headers"] if h[0] != b"cookie"), (b"cookie", cookie)]


class RefusedError(Exception):
    """A request that goes no further; ``response`` is what it gets."""

    def __init__(self, status: int, message: str, response: Response | None = None) -> None:
        super().__init__(message)
        self.response = response or JSONResponse({"detail": message}, status)


def _later(status: int, message: str, seconds: int) -> RefusedError:
    return RefusedError(status, message, JSONResponse({"detail": message}, status, {"Retry-After": str(seconds)}))


def _log_in_first() -> RefusedError:
    message = "log in first: this chat is for its users"
    return RefusedError(
        401, message, JSONResponse({"detail": message}, 401, {"WWW-Authenticate": 'Form realm="Wenbao"'})
    )


def _from_elsewhere(headers: Headers) -> bool:
    """Whether a page of another site brought the browser here, by a link, a form or an image."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    referer = headers.get("referer")
    return referer is not None and origin_host(referer) != (forwarded_host(headers) or headers.get("host"))


async def _body(headers: Headers, receive: Receive) -> bytes:
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


class _Answering:
    """``send`` that adds our headers."""

    def __init__(self, send: Send, framing: str, *, kept: bool) -> None:
        """``kept`` is whether browsers may keep the answer."""
        self._send = send
        self._framing = framing
        self._kept = kept
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers.append("Content-Security-Policy", f"frame-ancestors {self._framing}")
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "same-origin")
            if not self._kept:
                headers["Cache-Control"] = "no-store"
            if self._framing in ("'self'", "'none'"):
                headers["X-Frame-Options"] = "SAMEORIGIN" if self._framing == "'self'" else "DENY"
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


def _host(scope: Scope) -> str | None:
    client = scope.get("client")
    return client[0] if client else None
