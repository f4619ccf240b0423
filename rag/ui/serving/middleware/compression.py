"""Gzip for the page and for the answers of events; Gradio compresses files only.

Starlette's middleware alone does not do: ours stands inside Gradio's, so files would get gzip in the place of Brotli.
"""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_SMALLEST = 1000


class Compressed:
    """Starlette's ``GZipMiddleware``, which leaves event streams alone, for paths that are no files."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._zipped = GZipMiddleware(app, minimum_size=_SMALLEST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_file = scope["type"] == "http" and "." in scope["path"].rsplit("/", 1)[-1]
        await (self._plain if is_file else self._zipped)(scope, receive, send)
