"""Serving the chat: inside a FastAPI site, or alone on a port."""

from __future__ import annotations

import ipaddress
import socket
import sys
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.chatbot.answerer import Answerer
from rag.errors import InputError
from rag.ui.app import build_app
from rag.ui.gradio_internals import mounted_app
from rag.ui.serving.auth import Users
from rag.ui.serving.chat_app import App, static
from rag.ui.serving.connections import Connection, room_here
from rag.ui.serving.logs import log_config
from rag.ui.serving.middleware.hosts import AllowedHosts, url_host
from rag.ui.serving.middleware.proxies import OnlyFromProxies
from rag.ui.serving.policy import Login, Policy

if TYPE_CHECKING:
    from fastapi import FastAPI

PORT = 7860
#: The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: those on this machine.
TRUSTED_PROXIES = "127.0.0.1"
_TRIES = 100


def mount(
    app: FastAPI,
    bot: Answerer,
    path: str = "/ask",
    *,
    auth: Users | Login | str | Path | None = None,
    frame_ancestors: Sequence[str] = ("self",),
    allow_origins: Sequence[str] = (),
    rate_limit: int | None = None,
    mcp: bool = False,
    root_path: str | None = None,
    allow_hosts: Sequence[str] = (),
    **options: Any,
) -> FastAPI:
    """Put the chat under ``path`` of a FastAPI site; ``options`` are those of ``build_app``.

    ``auth`` is a file made by ``rag user``, or a function from a request to the user's name, ``None`` for nobody.
    The other options are those of ``rag.ui.serving.policy.Policy``; ``root_path`` is where a proxy has the site.
    """
    users = Users(auth) if isinstance(auth, str | Path) else auth
    chat = build_app(bot, **options)
    chat.policy = Policy(
        users, tuple(frame_ancestors), tuple(allow_origins), rate_limit, mcp, allow_hosts=tuple(allow_hosts)
    )
    return attach(app, chat, path, root_path)


def attach(app: FastAPI, chat: App, path: str, root_path: str | None = None) -> FastAPI:
    """Put a built chat under ``path`` of a FastAPI site."""
    icon = static("favicon.svg") if path == "/" else None
    mounted: FastAPI = gr.mount_gradio_app(app, chat, path, root_path=root_path, favicon_path=icon, **chat.serving())
    # Last added is outermost: Gradio's own middleware fails at a request without a host.
    mounted_app(mounted).add_middleware(AllowedHosts, names=(*chat.policy.allow_hosts, *url_host(root_path)))
    return mounted


def alone(chat: App, root_path: str | None = None) -> FastAPI:
    """A site that is nothing but a chat."""
    from fastapi import FastAPI

    return attach(FastAPI(docs_url=None, redoc_url=None, openapi_url=None), chat, "/", root_path)


def serve(
    bot: Answerer,
    host: str = "127.0.0.1",
    port: int | None = None,
    *,
    root_path: str | None = None,
    open_browser: bool = False,
    policy: Policy | None = None,
    trusted_proxies: str = TRUSTED_PROXIES,
    **options: Any,
) -> None:
    """Serve the chat over ``bot`` until interrupted; ``options`` are those of ``build_app``."""
    chosen = choose_port(host, port)  # before the work of building, which a taken port would waste
    app = build_app(bot, **options)
    app.policy = policy or app.policy
    run(app, host, chosen, root_path=root_path, open_browser=open_browser, trusted_proxies=trusted_proxies)


def run(
    app: App,
    host: str = "127.0.0.1",
    port: int | None = None,
    *,
    root_path: str | None = None,
    open_browser: bool = False,
    trusted_proxies: str = TRUSTED_PROXIES,
) -> None:
    """Serve until interrupted. Without a ``port``: 7860, or the next free one.

    ``trusted_proxies`` are addresses and networks, separated by commas, whose X-Forwarded headers are believed.
    """
    import uvicorn

    chosen = choose_port(host, port)
    if not _is_address(host):
        app.policy = replace(app.policy, allow_hosts=(*app.policy.allow_hosts, host))

    class Config(uvicorn.Config):
        def load(self) -> None:
            super().load()
            self.loaded_app = OnlyFromProxies(self.loaded_app, trusted_proxies)

    class Counted(Connection):
        most, at_once = room_here()

    config = Config(
        alone(app, root_path),
        host,
        chosen,
        log_level="warning",
        log_config=log_config(),
        http=Counted,
        ws="none",
        backlog=Counted.at_once,
        forwarded_allow_ips=trusted_proxies,
        timeout_keep_alive=75,  # longer than proxies keep theirs, or they would write into one that is closing
        timeout_graceful_shutdown=2,  # an open page keeps a connection, which would delay the end
    )
    url = address(host, chosen)

    def started() -> None:
        _say(f"Wenbao is at {url} (stop it with Ctrl-C)")
        if root_path or trusted_proxies != TRUSTED_PROXIES:
            _say("Behind a proxy: have it send X-Forwarded-For, or all visitors count as one for the limits")
        if open_browser:
            webbrowser.open(url)

    try:
        _server(config, started).run()
    except KeyboardInterrupt:
        return


def _server(config: Any, started: Callable[[], None]) -> Any:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                started()

    return Server(config)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds the server.

    >>> address("0.0.0.0", 7860), address("::1", 80), address("paper.example", 80)
    ('http://localhost:7860/', 'http://[::1]:80/', 'http://paper.example:80/')
    """
    name = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{name}:{port}/"


def choose_port(host: str, port: int | None) -> int:
    """``port`` if nobody listens on it; without one, 7860 or the next free port, and a line that says so.

    Raises ``InputError``.
    """
    if port is not None:
        if not _is_free(host, port):
            raise InputError(f"port {port} on {host} cannot be used: choose another, or none for the next free one")
        return port
    chosen = next((p for p in range(PORT, PORT + _TRIES) if _is_free(host, p)), None)
    if chosen is None:
        raise InputError(f"ports {PORT} to {PORT + _TRIES - 1} on {host} are all taken: choose another with --port")
    if chosen != PORT:
        _say(f"Port {PORT} is taken; using {chosen}")
    return chosen


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        # The server sets this too: a port whose last connection has just ended is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True
