"""A site on a port of its own, for as long as a test needs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from rag.ui import build_app, mount
from rag.ui.serving.policy import Policy
from rag.ui.serving.server import alone

from .conftest import free_port
from .fakebot import FakeBot


@contextmanager
def running(site: Any, **options: Any) -> Iterator[str]:
    """The address of an ASGI app while it is served, without a slash at its end."""
    port = free_port()
    config = uvicorn.Config(site, port=port, log_level="warning", timeout_graceful_shutdown=1, **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while thread.is_alive() and not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)


@contextmanager
def chat(bot: Any = None, root_path: str | None = None, **policy: Any) -> Iterator[str]:
    """The address of a chat alone on its port, as ``rag serve`` has it, under a policy."""
    app = build_app(bot or FakeBot())
    app.policy = Policy(**policy)
    with running(alone(app, root_path)) as url:
        yield url


@contextmanager
def mounted(path: str = "/ask", bot: Any = None, site: FastAPI | None = None, **options: Any) -> Iterator[str]:
    """The address of a site with the chat under ``path``."""
    with running(mount(site or FastAPI(), bot or FakeBot(), path, **options)) as url:
        yield url
