"""Which of Gradio's many paths the chat needs; all others are shut, whatever a later Gradio adds.

``/upload`` and ``/file=`` are always shut: files to add are sent as an event, for which the page has limits of its own.
Private events cannot be called by name.
"""

from __future__ import annotations

from collections.abc import Collection

API = "/gradio_api/"
OURS = ("widget.js", "gradio.js", "answer-v1.schema.json")
MCP = "/mcp"

#: Shown to everybody, also where users have to log in: they hold nothing of the corpus.
_STATIC = ("assets", "static", "svelte", "theme.css", "favicon.ico", "robots.txt", "manifest.json", *OURS)
_PAGES = ("", "config", "login", "logout")
_CALLS = ("queue/join", "queue/data", "run/predict", "cancel", "reset", "heartbeat", "startup-events")
_FACTS = ("info", "openapi.json", "user", "login_check", "app_id", "theme.css")


def is_open(path: str, public: Collection[str], pages: Collection[str], *, mcp: bool) -> bool:
    """Whether ``path`` is one of the chat's; ``public`` names its endpoints, ``pages`` the pages of its app.

    >>> is_open("/gradio_api/call/ask", {"ask"}, (), mcp=False), is_open("/gradio_api/upload", {"ask"}, (), mcp=False)
    (True, False)
    >>> is_open("/gradio_api/call/page_typed", {"ask"}, (), mcp=False)
    False
    """
    if path.startswith(API):
        return _api_open(path.removeprefix(API).rstrip("/"), public)
    first = path.strip("/").partition("/")[0]
    if first == "mcp":
        return mcp
    return first in _STATIC or path.strip("/") in (*_PAGES, *pages)


def is_static(path: str) -> bool:
    """Whether ``path`` is the same for everybody and tells nothing of the corpus."""
    return path.strip("/").partition("/")[0] in _STATIC or path.rstrip("/") == f"{API}theme.css"


def is_login(path: str) -> bool:
    return path.rstrip("/") == "/login"


def is_logout(path: str) -> bool:
    return path.rstrip("/") == "/logout"


def is_call(path: str) -> bool:
    """Whether the body of a request to ``path`` is a call of a function, or of what ends one."""
    inside = path.removeprefix(API)
    return path.startswith(API) and inside.startswith(("queue/join", "call/", "run/", "cancel", "reset"))


def is_stream(path: str) -> bool:
    """Whether ``path`` brings what happens in a session, for as long as it is looked at."""
    return path.rstrip("/") == f"{API}queue/data"


def session_of(path: str, named: str | None) -> str | None:
    """The session that a ``GET`` looks into; ``named`` is the one in its query.

    >>> session_of("/gradio_api/heartbeat/abc", None), session_of("/gradio_api/queue/data", "abc")
    ('abc', 'abc')
    """
    if is_stream(path):
        return named
    beat = f"{API}heartbeat/"
    return path.removeprefix(beat).rstrip("/") if path.startswith(beat) else None


def asks(path: str) -> bool:
    """Whether a request to ``path`` makes the server work."""
    inside = path.removeprefix(API)
    return inside.startswith(("queue/join", "call/", "run/")) or path.startswith(MCP)


def _api_open(path: str, public: Collection[str]) -> bool:
    if path.startswith("call/"):
        name = path.removeprefix("call/").removeprefix("v2/").partition("/")[0]
        return name in public
    return path in _CALLS or path in _FACTS or path.startswith("heartbeat/")
