"""Serving the chat: inside a FastAPI site, or alone on a local port."""

from __future__ import annotations

import socket
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.errors import InputError
from rag.ui.app import App, build_app
from rag.ui.bot import Bot

if TYPE_CHECKING:
    from fastapi import FastAPI

PORT = 7860
_TRIES = 100


def mount(app: FastAPI, bot: Bot, path: str = "/ask", *, root_path: str | None = None, **options: Any) -> FastAPI:
    """Put the chat under ``path`` of a FastAPI site; ``options`` are those of ``build_app``."""
    chat = build_app(bot, **options)
    mounted: FastAPI = gr.mount_gradio_app(app, chat, path, root_path=root_path, **chat.look)
    return mounted


def serve(
    bot: Bot,
    host: str = "127.0.0.1",
    port: int | None = None,
    root_path: str | None = None,
    open_browser: bool = False,
    **options: Any,
) -> None:
    """Serve the chat over ``bot`` until interrupted; ``options`` are those of ``build_app``."""
    chosen = choose_port(host, port)  # before the work of building, which a taken port would waste
    run(build_app(bot, **options), host, chosen, root_path, open_browser)


def run(
    app: App, host: str = "127.0.0.1", port: int | None = None, root_path: str | None = None, open_browser: bool = False
) -> None:
    """Serve until interrupted. Without a ``port``: 7860, or the next free one."""
    chosen = choose_port(host, port)
    _, url, _ = app.launch(
        server_name=host,
        server_port=chosen,
        root_path=root_path,
        inbrowser=open_browser,
        prevent_thread_lock=True,
        quiet=True,
    )
    _say(f"Wenbao is at {url} (stop it with Ctrl-C)")
    app.block_thread()


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
        # As the server does: a port of a connection that has just ended is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True
