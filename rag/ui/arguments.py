"""The named arguments of ``POST /gradio_api/call/v2/NAME``, checked by name before Gradio sees them.

Gradio answers a wrong one with 500 and a traceback in the log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from inspect import Parameter, signature
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.ui.api import NAMES, Endpoints

_CALL = re.compile(rf"/gradio_api/call/v2/({'|'.join(NAMES)})/?$")
#: What Gradio takes out of every call itself.
_OF_GRADIO = {"oauth_token"}


class NamedArguments:
    """Answers a call of an endpoint with an argument too many or too few: status 422, and a line that names it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = _CALL.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if call is None:
            await self._app(scope, receive, send)
            return
        messages = await _whole(receive)
        mistake = _mistake(call[1], b"".join(message.get("body", b"") for message in messages))
        if mistake:
            await JSONResponse({"detail": mistake}, 422)(scope, receive, send)
            return

        async def received() -> Message:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, received, send)


async def _whole(receive: Receive) -> list[Message]:
    """The messages of a body, or until its sender is gone."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    return messages


def _mistake(name: str, body: bytes) -> str | None:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None  # the server says that this is no JSON
    return wrong_arguments(name, given) if isinstance(given, dict) else None


def wrong_arguments(name: str, given: Mapping[str, Any]) -> str | None:
    """What is wrong with the names of the arguments of an endpoint, as one line; ``None`` if nothing is.

    >>> wrong_arguments("search", {"question": "汽车展", "top_k": 3})
    "search has no argument 'top_k': its arguments are question, k, leg, sources, articles, since, until"
    """
    known = [p for p in signature(getattr(Endpoints, name)).parameters.values() if p.name != "self"]
    names = [parameter.name for parameter in known]
    unknown = [argument for argument in given if argument not in names and argument not in _OF_GRADIO]
    if unknown:
        near = get_close_matches(unknown[0], names, n=1)
        hint = f"did you mean {near[0]!r}? Its" if near else "its"
        return f"{name} has no argument {unknown[0][:100]!r}: {hint} arguments are {', '.join(names)}"
    missing = [p.name for p in known if p.default is Parameter.empty and p.name not in given]
    return f"{name} needs the argument {missing[0]!r}: send it" if missing else None
