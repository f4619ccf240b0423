"""Who a request is from, where users have to log in: by Gradio's form, with each request, or as the site says."""

from __future__ import annotations

import secrets
from inspect import isawaitable

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.ui import gradio_internals
from rag.ui.serving.auth import Users
from rag.ui.serving.clients import client_of
from rag.ui.serving.limits import Limiter
from rag.ui.serving.middleware.check import Check, RefusedError, facts, too_many
from rag.ui.serving.paths import is_login, needs_no_login
from rag.ui.serving.policy import Login
from rag.ui.serving.sessions import Tokens

#: Attempts to log in a minute from one client; a right one is not counted.
LOGINS = 10


class LogIn(Check):
    def __init__(self, app: ASGIApp, auth: Users | Login | None) -> None:
        super().__init__(app)
        self._auth = auth
        self._attempts = Limiter(LOGINS)
        self._tokens: dict[str, str] = {}

    async def handle(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        if self._auth is None or needs_no_login(path):
            await self.app(scope, receive, send)
        elif not isinstance(self._auth, Users):
            facts(scope).user = await _user_of_site(self._auth, scope)
            await self.app(scope, receive, send)
        elif is_login(path):
            await self._form(self._auth, scope, receive, send)
        else:
            facts(scope).user = await self._user(self._auth, path, scope)
            await self.app(scope, receive, send)

    async def _form(self, users: Users, scope: Scope, receive: Receive, send: Send) -> None:
        """Gradio's own login, with the attempts counted."""
        _tokens(scope, users)
        if scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        client = client_of(Request(scope))
        self._count_attempt(client)

        async def give_back_if_right(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start" and message["status"] == 200:
                self._attempts.give_back(client)

        await self.app(scope, receive, give_back_if_right)

    async def _user(self, users: Users, path: str, scope: Scope) -> str | None:
        """Raises ``RefusedError`` for a request of nobody, but to the page, where Gradio shows its login."""
        tokens = _tokens(scope, users)
        name = tokens.named(gradio_internals.token_cookies(scope))
        if name is None:
            name = await self._basic(users, scope)
            if name is not None:
                # Let Gradio know the user whom we have checked, as its own login does.
                token = self._tokens.setdefault(name, secrets.token_urlsafe(32))
                tokens[token] = name
                gradio_internals.set_token_cookie(scope, token)
        if name is None and path not in ("", "/"):
            raise _log_in_first()
        return name

    async def _basic(self, users: Users, scope: Scope) -> str | None:
        """The user that a program names with each request: ``curl -u name:password``, or an MCP client's header."""
        request = Request(scope)
        header = request.headers.get("authorization", "")
        if not header.lower().startswith("basic "):
            return None
        remembered = users.remembered(header)
        if remembered is not None:
            return remembered
        client = client_of(request)
        self._count_attempt(client)
        name = await run_sync(users.check_basic, header)
        if name is not None:
            self._attempts.give_back(client)
        return name

    def _count_attempt(self, client: str) -> None:
        wait = self._attempts.take(client)
        if wait:
            raise too_many(f"too many wrong passwords from your address: wait {wait} seconds", wait)


def _tokens(scope: Scope, users: Users) -> Tokens:
    """The names behind the app's login cookies, in a mapping of ours."""
    return gradio_internals.login_tokens(scope, Tokens, lambda: Tokens(users))


async def _user_of_site(login: Login, scope: Scope) -> str:
    answered = login(Request(scope))
    user = await answered if isawaitable(answered) else answered
    if user is None:
        raise _log_in_first()
    return str(user)


def _log_in_first() -> RefusedError:
    message = "log in first: this chat is for its users"
    return RefusedError(401, message, {"WWW-Authenticate": 'Form realm="Wenbao"'})
