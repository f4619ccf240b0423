"""ASGI middleware of a served chat, one concern a module; ``protection`` lists what every request passes, in order.

It stands inside Gradio's app, so that it holds for ``launch()``, ``serve`` and ``mount`` alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware import Middleware

from rag.ui.serving.middleware.allowed_routes import AllowedRoutes
from rag.ui.serving.middleware.calls import ReadCalls
from rag.ui.serving.middleware.login import LogIn
from rag.ui.serving.middleware.open_requests import OpenRequests
from rag.ui.serving.middleware.rate_limit import BatchRate, QuestionRate, RequestRate
from rag.ui.serving.middleware.request_body import RequestBody
from rag.ui.serving.middleware.same_origin import SameOrigin
from rag.ui.serving.middleware.security_headers import SecurityHeaders
from rag.ui.serving.middleware.session_owners import SessionOwners
from rag.ui.serving.middleware.unknown_sessions import UnknownSessions

if TYPE_CHECKING:
    from rag.ui.serving.chat_app import App


def protection(chat: App) -> list[Middleware]:
    """What may refuse a request, outermost first: what costs least is asked first, and the body is read last."""
    policy = chat.policy
    rate = QuestionRate(policy.rate_limit)
    return [
        Middleware(SecurityHeaders, framing=policy.framing),
        Middleware(AllowedRoutes, chat=chat),
        Middleware(SameOrigin, allowed=policy.allow_origins),
        Middleware(OpenRequests, rate=rate),
        Middleware(RequestRate, rate=rate),
        Middleware(LogIn, auth=policy.auth),
        Middleware(RequestBody),
        Middleware(ReadCalls, chat=chat),
        Middleware(BatchRate, rate=rate),
        Middleware(SessionOwners),
        Middleware(UnknownSessions, chat=chat, rate=rate),
    ]
