"""A Gradio app that knows how it wants to be served: by ``launch()``, ``rag.ui.serve`` and ``rag.ui.mount`` alike."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import gradio as gr
from anyio.to_thread import run_sync
from starlette.middleware import Middleware
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Mount, Route

from rag.chatbot.answerer import Answerer
from rag.ui.gradio_internals import WEB_COMPONENT, OpenBlocks
from rag.ui.serving.api.endpoints import NAMES, Endpoints
from rag.ui.serving.api.objects import OBJECT_REFUSED, holds_object
from rag.ui.serving.auth import Users
from rag.ui.serving.mcp import McpServer
from rag.ui.serving.middleware import protection
from rag.ui.serving.middleware.compression import Compressed
from rag.ui.serving.middleware.head_script import HeadScript
from rag.ui.serving.middleware.hosts import AllowedHosts, url_host
from rag.ui.serving.middleware.lifespan import BegunByRequest, Lifespan
from rag.ui.serving.panics import contained_panic
from rag.ui.serving.paths import MCP, OURS
from rag.ui.serving.policy import Policy
from rag.ui.serving.queue import FairQueue
from rag.ui.serving.rest import FAILED, rest_routes

#: Visitors whose conversation is kept; the one not seen for longest is forgotten first.
_VISITORS = 2000

_log = logging.getLogger(__name__)


class App(OpenBlocks):
    """``look`` is what Gradio needs to know of theme, style and words; ``policy`` says who may use the app."""

    look: dict[str, Any]
    queue_class = FairQueue

    def __init__(self, bot: Answerer, **options: Any) -> None:
        super().__init__(**options)
        self.bot = bot
        self.policy = Policy()
        self.keep_sessions(_VISITORS)

    @property
    def public(self) -> tuple[str, ...]:
        """The names of the endpoints that programs may call."""
        return NAMES

    def serving(self) -> dict[str, Any]:
        """The options that ``launch`` and ``mount_gradio_app`` share; each server needs new ones."""
        policy = self.policy
        self.queue()
        endpoints, title = Endpoints(self.bot), str(self.title)
        mcp = McpServer(endpoints, title, policy.queue) if policy.mcp else None
        lifespan = Lifespan(mcp.lifespan if mcp else None)
        middleware = [
            *protection(self),
            Middleware(Compressed),
            Middleware(BegunByRequest, chat=self, lifespan=lifespan),
            Middleware(HeadScript, script=Path(static("sandboxed.js")).read_text(encoding="utf-8")),
        ]
        rest = rest_routes(endpoints, title, policy.queue)
        routes = [*_routes(), *rest, *([Mount(MCP, mcp)] if mcp else [])]
        app = {"middleware": middleware, "routes": routes, "lifespan": lifespan}
        users = {"auth": _login(policy.auth)} if isinstance(policy.auth, Users) else {"auth_dependency": policy.auth}
        head = f"{self.look.get('head', '')}<script>{Path(static('embedded.js')).read_text(encoding='utf-8')}</script>"
        return {**self.look, **users, "head": head, "app_kwargs": app, "mcp_server": False}

    @property
    def fair_queue(self) -> FairQueue:
        """The questions that wait to be answered."""
        assert isinstance(self.open_queue, FairQueue)
        return self.open_queue

    def queue(self, *args: Any, **options: Any) -> Self:
        return super().queue(*args, **{"api_open": False, "default_concurrency_limit": 4, **options})

    def launch(self, *args: Any, **options: Any) -> Any:
        more = {"favicon_path": static("favicon.svg"), "state_session_capacity": _VISITORS}
        serving = {**self.serving(), **more, **options}
        named = [options["server_name"]] if options.get("server_name") else []
        shared = ["*.gradio.live"] if options.get("share") else []
        names = (*self.policy.allow_hosts, *url_host(options.get("root_path")), *named, *shared)
        serving["app_kwargs"]["middleware"].insert(0, Middleware(AllowedHosts, names=names))
        return super().launch(*args, **serving)

    def check_arguments(self, arguments: list[Any]) -> None:
        if holds_object(arguments):
            raise gr.Error(OBJECT_REFUSED, print_exception=False)

    @contextmanager
    def calling(self, name: str) -> Iterator[None]:
        """A mistake of ours goes to the log, which is bounded; Gradio would print the whole traceback every time."""
        try:
            with contained_panic():
                yield
        except gr.Error:
            raise
        except Exception as error:
            _log.exception("a call of %s failed", name)
            raise gr.Error(FAILED, print_exception=False, visible=False) from error

    def keeps_state(self, name: str) -> bool:
        """Calls of an endpoint have no conversation."""
        return name not in NAMES


def static(name: str) -> str:
    """The path of a file that ships with the interface."""
    return str(files("rag.ui") / "static" / name)


def _routes() -> list[BaseRoute]:
    """What the app serves beside Gradio's: the widget, the web component, the schema."""
    paths = {name: WEB_COMPONENT if name == "gradio.js" else Path(static(name)) for name in OURS}
    return [Route(f"/{name}", _file(path)) for name, path in paths.items()]


def _file(path: Path) -> Any:
    kind = "application/schema+json" if path.suffix == ".json" else "text/javascript"

    async def sent(request: Any) -> FileResponse:
        return FileResponse(path, media_type=kind, headers={"Cache-Control": "public, max-age=3600"})

    return sent


def _login(users: Users) -> Any:
    async def right(name: str, password: str) -> bool:
        return await run_sync(users.check, name, password)

    return right
