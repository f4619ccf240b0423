"""How many questions a client may ask a minute: a request is counted before its body is read, a batch after."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Scope

from rag.ui.serving.clients import client_of, is_local, short_language
from rag.ui.serving.limits import Limiter
from rag.ui.serving.middleware.check import Check, facts, too_many
from rag.ui.serving.paths import REST, asks
from rag.ui.serving.policy import RATE_LIMIT

_TOO_MANY = {
    "en": "too many questions from your address: wait {} seconds",
    "zh": "这个地址的提问太多，请等 {} 秒再试",
}


class QuestionRate:
    """The count of questions by client, which several middlewares share."""

    def __init__(self, rate_limit: int | None) -> None:
        """``rate_limit`` is questions a minute, 0 for no limit; without one this machine itself is exempt."""
        self._limiter = Limiter(RATE_LIMIT if rate_limit is None else rate_limit) if rate_limit != 0 else None
        self._exempts_local = rate_limit is None

    def exempts(self, scope: Scope) -> bool:
        client = HTTPConnection(scope).client
        return self._exempts_local and is_local(client.host if client else None)

    def count(self, scope: Scope) -> None:
        """Count one question. Raises ``RefusedError`` for one too many."""
        if self._limiter is None or self.exempts(scope):
            return
        wait = self._limiter.take(client_of(HTTPConnection(scope)))
        if wait:
            raise too_many(_TOO_MANY[short_language(Headers(scope=scope))].format(wait), wait)

    def charge(self, scope: Scope, questions: int) -> None:
        """Count questions that are asked anyway, so that the client's next ones have to wait."""
        if self._limiter and not self.exempts(scope):
            self._limiter.charge(client_of(HTTPConnection(scope)), questions)


class RequestRate(Check):
    """Counts one question for each request that makes the server work."""

    def __init__(self, app: ASGIApp, rate: QuestionRate) -> None:
        super().__init__(app)
        self._rate = rate

    def check(self, path: str, scope: Scope) -> None:
        if asks(path) and (scope["method"] == "POST" or path.startswith(REST)):
            self._rate.count(scope)


class BatchRate(Check):
    """Counts the questions of a call beyond its first. It stands inside ``ReadCalls``."""

    def __init__(self, app: ASGIApp, rate: QuestionRate) -> None:
        super().__init__(app)
        self._rate = rate

    def check(self, path: str, scope: Scope) -> None:
        call = facts(scope).call
        if call and asks(path):
            self._rate.charge(scope, call.questions - 1)
