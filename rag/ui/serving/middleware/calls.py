"""What a request calls, read from its body; a call that Gradio would answer with an error of its own is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Scope

from rag.ui.serving.api.calls import CallError, UnreadableError, read_call
from rag.ui.serving.api.rest import CALLS
from rag.ui.serving.middleware.check import Check, RefusedError, facts
from rag.ui.serving.paths import is_call, is_rest, rest_name

if TYPE_CHECKING:
    from rag.ui.serving.chat_app import App


class ReadCalls(Check):
    """It stands inside ``RequestBody``."""

    def __init__(self, app: ASGIApp, chat: App) -> None:
        super().__init__(app)
        self._chat = chat

    def check(self, path: str, scope: Scope) -> None:
        if scope["method"] != "POST" or not is_call(path) or _is_no_post(path):
            return
        try:
            facts(scope).call = read_call(path, facts(scope).body, self._chat.function_names)
        except CallError as error:
            unreadable = is_rest(path) and isinstance(error, UnreadableError)
            raise RefusedError(400 if unreadable else 422, str(error)) from error


def _is_no_post(path: str) -> bool:
    """Whether ``path`` is a call of plain REST by another method, which answers itself that it takes no ``POST``."""
    return is_rest(path) and CALLS[rest_name(path)].method != "POST"
