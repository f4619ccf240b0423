"""Which of Gradio's many paths the chat needs; all others are shut, whatever a later Gradio adds.

``/upload`` and ``/file=`` are always shut: files to add are sent as an event, for which the page has limits of its own.
Private events cannot be called by name.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import ASGIApp, Scope

from rag.ui.serving.api.rest import CALLS
from rag.ui.serving.middleware.check import Check, RefusedError
from rag.ui.serving.paths import API, DOCS, HEALTH, OPENAPI, REST, STATIC, call_name, rest_name

if TYPE_CHECKING:
    from rag.ui.serving.chat_app import App

_PAGES = ("", "config", "login", "logout", *(path.strip("/") for path in (DOCS, OPENAPI, HEALTH)))
_CALLS = ("queue/join", "queue/data", "run/predict", "cancel", "reset", "heartbeat", "startup-events")
_FACTS = ("info", "openapi.json", "user", "login_check", "app_id", "theme.css")


class AllowedRoutes(Check):
    def __init__(self, app: ASGIApp, chat: App) -> None:
        super().__init__(app)
        self._chat = chat

    def check(self, path: str, scope: Scope) -> None:
        pages = self._chat.page_names
        if not is_allowed(path, self._chat.public, pages, mcp=self._chat.policy.mcp):
            raise RefusedError(404, "there is nothing here")
        page = Request(scope).query_params.get("page", "")
        if page and page not in pages:
            raise RefusedError(404, "there is no such page: leave it out of the address")


def is_allowed(path: str, public: Collection[str], pages: Collection[str], *, mcp: bool) -> bool:
    """Whether ``path`` is one of the chat's; ``public`` names its endpoints, ``pages`` the pages of its app.

    >>> is_allowed("/gradio_api/call/ask", {"ask"}, (), mcp=False)
    True
    >>> is_allowed("/gradio_api/upload", {"ask"}, (), mcp=False)
    False
    >>> is_allowed("/gradio_api/call/page_typed", {"ask"}, (), mcp=False)
    False
    """
    if path.startswith(API):
        return _is_allowed_in_api(path.removeprefix(API).rstrip("/"), public)
    if path.startswith(REST):
        return rest_name(path) in CALLS
    first = path.strip("/").partition("/")[0]
    if first == "mcp":
        return mcp
    return first in STATIC or path.strip("/") in (*_PAGES, *pages)


def _is_allowed_in_api(path: str, public: Collection[str]) -> bool:
    if path.startswith("call/"):
        return call_name(path) in public
    return path in _CALLS or path in _FACTS or path.startswith("heartbeat/")
