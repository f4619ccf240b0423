"""A request for the answers of a session in which nothing was asked ends at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from rag.ui.serving.middleware.check import Check, RefusedError
from rag.ui.serving.middleware.rate_limit import QuestionRate
from rag.ui.serving.paths import is_stream, session_of

if TYPE_CHECKING:
    from rag.ui.serving.chat_app import App

#: What Gradio's clients understand as a session that has ended.
_ENDED = (
    'data: {"msg": "unexpected_error", "message": "404: Not Found", "session_not_found": true, "success": false}\n\n'
)


class UnknownSessions(Check):
    """Each such request counts as a question."""

    def __init__(self, app: ASGIApp, chat: App, rate: QuestionRate) -> None:
        super().__init__(app)
        self._chat = chat
        self._rate = rate

    def check(self, path: str, scope: Scope) -> None:
        if scope["method"] == "POST" or not is_stream(path):
            return
        session = session_of(path, Request(scope).query_params.get("session_hash"))
        if session is None or self._chat.fair_queue.knows(session):
            return
        self._rate.count(scope)
        ended = Response(_ENDED, media_type="text/event-stream")
        raise RefusedError(404, "nothing was asked in this session", response=ended)
