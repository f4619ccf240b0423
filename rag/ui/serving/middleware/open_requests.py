"""How many requests of one client may be open at once."""

from __future__ import annotations

from collections import Counter

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.ui.serving.clients import client_of
from rag.ui.serving.middleware.check import Check, too_many
from rag.ui.serving.middleware.rate_limit import QuestionRate

#: An open page has one or two.
REQUESTS = 128


class OpenRequests(Check):
    def __init__(self, app: ASGIApp, rate: QuestionRate) -> None:
        """Whom ``rate`` exempts is not limited here either."""
        super().__init__(app)
        self._rate = rate
        self._open: Counter[str] = Counter()

    async def handle(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        client = client_of(HTTPConnection(scope))
        self._open[client] += 1
        try:
            if self._open[client] > REQUESTS and not self._rate.exempts(scope):
                raise too_many(f"{REQUESTS} requests from your address are open already: end some", 5)
            await self.app(scope, receive, send)
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]
