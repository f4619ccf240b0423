"""What the paths of a served chat are for."""

from __future__ import annotations

from starlette.types import Scope

API = "/gradio_api/"
MCP = "/mcp"
#: Plain REST, its description for people and for programs, and whether the server is up.
REST, DOCS, OPENAPI, HEALTH = "/api/", "/docs", "/openapi.json", "/health"
#: Files that the app serves beside Gradio's.
OURS = ("widget.js", "gradio.js", "answer-v1.schema.json")

#: Shown to everybody, also where users have to log in: they hold nothing of the corpus.
STATIC = ("assets", "static", "svelte", "theme.css", "favicon.ico", "robots.txt", "manifest.json", *OURS)


def route_path(scope: Scope) -> str:
    """The path below the place where the chat is mounted."""
    path, root = scope["path"], scope.get("root_path", "").rstrip("/")
    if root and (path == root or path.startswith(f"{root}/")):
        path = path[len(root) :]
    return str(path)


def is_static(path: str) -> bool:
    """Whether ``path`` is the same for everybody and tells nothing of the corpus."""
    return path.strip("/").partition("/")[0] in STATIC or path.rstrip("/") == f"{API}theme.css"


def is_rest(path: str) -> bool:
    """Whether a program calls ``path`` as plain REST, whose errors are ``{"error": …}``."""
    return path.startswith(REST) or path.rstrip("/") == HEALTH


def rest_name(path: str) -> str:
    """The name of the call at a path of plain REST.

    >>> rest_name("/api/ask")
    'ask'
    """
    return path.removeprefix(REST).strip("/")


def call_name(inside: str) -> str:
    """The name of the function at a path below ``API`` that begins with ``call/``.

    >>> call_name("call/v2/ask"), call_name("call/ask/7")
    ('ask', 'ask')
    """
    return inside.removeprefix("call/").removeprefix("v2/").partition("/")[0]


def needs_no_login(path: str) -> bool:
    """Whether ``path`` is open to everybody: nothing of the corpus is behind it."""
    return is_static(path) or path.rstrip("/") == HEALTH


def is_login(path: str) -> bool:
    return path.rstrip("/") == "/login"


def is_logout(path: str) -> bool:
    return path.rstrip("/") == "/logout"


def is_call(path: str) -> bool:
    """Whether the body of a request to ``path`` calls a function or ends a call."""
    inside = path.removeprefix(API)
    in_gradio = path.startswith(API) and inside.startswith(("queue/join", "call/", "run/", "cancel", "reset"))
    return in_gradio or path.startswith(REST)


def is_stream(path: str) -> bool:
    """Whether ``path`` streams what happens in a session."""
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
    return inside.startswith(("queue/join", "call/", "run/")) or path.startswith((MCP, REST))
