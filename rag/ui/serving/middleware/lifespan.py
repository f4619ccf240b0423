"""Starts what runs as long as a chat is served: with the site around it, or else with the first request.

Starlette runs the lifespan of the outermost site only. In a site that is mounted in another one, Gradio's queue would
never start, and a question would wait for ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from rag.ui.serving.chat_app import App

_log = logging.getLogger(__name__)


class Lifespan:
    """The lifespan of the chat's own app, which remembers whether it has begun."""

    def __init__(self, inner: Callable[[Any], AbstractAsyncContextManager[None]] | None = None) -> None:
        self._inner = inner
        self.has_begun = False

    @asynccontextmanager
    async def __call__(self, app: Any) -> AsyncIterator[None]:
        self.has_begun = True
        async with self._inner(app) if self._inner else nullcontext():
            yield


class BegunByRequest:
    """Begins the lifespan with the first request if no site has begun it, and says so in the log."""

    def __init__(self, app: ASGIApp, chat: App, lifespan: Lifespan) -> None:
        self._app = app
        self._chat = chat
        self._lifespan = lifespan
        self._going: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._ready.is_set() and (self._going or not self._lifespan.has_begun):
            if self._going is None:
                _log.warning(
                    "the site around this chat does not run its lifespan: the chat starts with its first request; "
                    "to start it with the site, enter app.router.lifespan_context(app) of the mounted app in the "
                    "lifespan of the outer one"
                )
                self._going = asyncio.create_task(self._go_on(scope["app"]))
            await self._begun(self._going)
        await self._app(scope, receive, send)

    async def _begun(self, going: asyncio.Task[None]) -> None:
        """Wait until the lifespan has begun; an error in its beginning is raised for every request."""
        ready = asyncio.ensure_future(self._ready.wait())
        await asyncio.wait({ready, going}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if going.done():
            going.result()

    async def _go_on(self, site: Any) -> None:
        """Do what ``gr.mount_gradio_app`` adds to a site's lifespan, until the server stops and cancels this task."""
        async with site.router.lifespan_context(site):
            await self._chat.run_startup()
            self._ready.set()
            await asyncio.Event().wait()
