"""A session is shown to the user who began it, and to no other."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Scope

from rag.ui.serving.middleware.check import Check, RefusedError, facts
from rag.ui.serving.paths import session_of
from rag.ui.serving.sessions import Sessions


class SessionOwners(Check):
    """It stands inside ``LogIn`` and ``ReadCalls``."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self._sessions = Sessions()

    def check(self, path: str, scope: Scope) -> None:
        if not self._is_owner(path, scope):
            raise RefusedError(403, "this session is another user's: reload the page")

    def _is_owner(self, path: str, scope: Scope) -> bool:
        user, call = facts(scope).user, facts(scope).call
        if user is None:
            return True
        if scope["method"] == "POST":
            return call is None or not call.session or self._sessions.claim(call.session, user)
        session = session_of(path, Request(scope).query_params.get("session_hash"))
        return session is None or self._sessions.may_look(session, user)
