"""A Gradio app that knows how it wants to be served: by ``launch()``, ``rag.ui.serve`` and ``rag.ui.mount`` alike."""

from __future__ import annotations

import logging
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import gradio as gr
from anyio.to_thread import run_sync
from gradio.block_function import BlockFunction
from gradio.components.api_component import Api
from starlette.middleware import Middleware
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Mount, Route

from rag.ui.bot import Bot
from rag.ui.serving.api.endpoints import NAMES, Endpoints
from rag.ui.serving.api.objects import OBJECT_REFUSED, holds_object
from rag.ui.serving.auth import Users
from rag.ui.serving.lifespan import BegunByRequest, Lifespan
from rag.ui.serving.mcp import McpServer
from rag.ui.serving.middleware import allowed_routes
from rag.ui.serving.middleware.compression import Compressed
from rag.ui.serving.middleware.guard import Guard
from rag.ui.serving.middleware.head_script import HeadScript
from rag.ui.serving.middleware.hosts import AllowedHosts, url_host
from rag.ui.serving.panics import contained_panic
from rag.ui.serving.policy import Policy
from rag.ui.serving.queue import Waiting

#: Visitors whose conversation is kept; the one not seen for longest is forgotten first.
_VISITORS = 2000
_FAILED = "the server made a mistake with this call: its log says which"

_log = logging.getLogger(__name__)


class App(gr.Blocks):
    """``look`` is what Gradio is told of theme, style and words; ``policy`` says who may use the app."""

    look: dict[str, Any]

    def __init__(self, bot: Bot, **options: Any) -> None:
        super().__init__(**options)
        self.bot = bot
        self.policy = Policy()
        self.state_session_capacity = _VISITORS

    @property
    def public(self) -> tuple[str, ...]:
        """The names of the endpoints that programs may call."""
        return NAMES

    @property
    def page_names(self) -> tuple[str, ...]:
        return tuple(page[0] for page in self.pages)

    def serving(self) -> dict[str, Any]:
        """The options that ``launch`` and ``mount_gradio_app`` share, made anew for each server."""
        policy = self.policy
        self.queue()
        mcp = McpServer(Endpoints(self.bot), str(self.title), policy.queue) if policy.mcp else None
        lifespan = Lifespan(mcp.lifespan if mcp else None)
        middleware = [
            Middleware(Guard, chat=self),
            Middleware(Compressed),
            Middleware(BegunByRequest, chat=self, lifespan=lifespan),
            Middleware(HeadScript, script=Path(static("sandboxed.js")).read_text(encoding="utf-8")),
        ]
        routes = [*_routes(), *([Mount(allowed_routes.MCP, mcp)] if mcp else [])]
        app = {"middleware": middleware, "routes": routes, "lifespan": lifespan}
        users = {"auth": _login(policy.auth)} if isinstance(policy.auth, Users) else {"auth_dependency": policy.auth}
        head = f"{self.look.get('head', '')}<script>{Path(static('embedded.js')).read_text(encoding='utf-8')}</script>"
        return {**self.look, **users, "head": head, "app_kwargs": app, "mcp_server": False}

    @property
    def waiting(self) -> Waiting:
        """What waits to be answered."""
        assert isinstance(self._queue, Waiting)
        return self._queue

    def queue(self, *args: Any, **options: Any) -> Self:
        """Gradio's queue, but ours: ``Blocks`` calls this when it is made, so that it holds in every way of serving."""
        super().queue(*args, **{"api_open": False, "default_concurrency_limit": 4, **options})
        made = self._queue
        self._queue = Waiting(
            live_updates=made.live_updates,
            concurrency_count=made.max_thread_count,
            update_intervals=made.update_intervals,
            max_size=made.max_size,
            blocks=self,
            default_concurrency_limit=made.default_concurrency_limit,
        )
        return self

    def launch(self, *args: Any, **options: Any) -> Any:
        more = {"favicon_path": static("favicon.svg"), "state_session_capacity": _VISITORS}
        serving = {**self.serving(), **more, **options}
        named = [options["server_name"]] if options.get("server_name") else []
        shared = ["*.gradio.live"] if options.get("share") else []
        names = (*self.policy.allow_hosts, *url_host(options.get("root_path")), *named, *shared)
        serving["app_kwargs"]["middleware"].insert(0, Middleware(AllowedHosts, names=names))
        return super().launch(*args, **serving)

    def validate_inputs(self, block_fn: BlockFunction, inputs: list[Any]) -> None:
        """Refuse objects; arguments left out at the end of a call have their default, in every way of calling.

        Gradio calls this for each call, however it came and however the app is served, before it looks for files.
        """
        if holds_object(inputs):
            raise gr.Error(OBJECT_REFUSED, print_exception=False)
        left_out = block_fn.inputs[len(inputs) :]
        defaults = [block.value for block in left_out if isinstance(block, Api)]
        if inputs and len(defaults) == len(left_out):
            inputs.extend(defaults)
        try:
            super().validate_inputs(block_fn, inputs)
        except ValueError as error:  # too few arguments
            raise gr.Error(str(error), print_exception=False) from error

    async def process_api(self, block_fn: BlockFunction | int, *args: Any, **options: Any) -> dict[str, Any]:
        """Without the state of a session, 30 kB each, that Gradio would keep of every call of an endpoint.

        A mistake of ours goes to the log, which is bounded; Gradio would print all of it each time.
        """
        function = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        try:
            with contained_panic():
                return await super().process_api(block_fn, *args, **options)
        except gr.Error:
            raise
        except Exception as error:
            _log.exception("a call of %s failed", function.api_name)
            raise gr.Error(_FAILED, print_exception=False, visible=False) from error
        finally:
            if function.api_name in NAMES:
                self.state_holder.session_data.pop(str(options.get("session_hash")), None)


def static(name: str) -> str:
    """The path of a file that ships with the interface."""
    return str(files("rag.ui") / "static" / name)


def _routes() -> list[BaseRoute]:
    """What the app serves beside Gradio's: the widget, the web component, the schema."""
    component = Path(gr.__file__).parent / "templates" / "frontend" / "gradio.js"
    found = {name: component if name == "gradio.js" else Path(static(name)) for name in allowed_routes.OURS}
    return [Route(f"/{name}", _file(path)) for name, path in found.items()]


def _file(path: Path) -> Any:
    kind = "application/schema+json" if path.suffix == ".json" else "text/javascript"

    async def sent(request: Any) -> FileResponse:
        return FileResponse(path, media_type=kind, headers={"Cache-Control": "public, max-age=3600"})

    return sent


def _login(users: Users) -> Any:
    async def right(name: str, password: str) -> bool:
        return await run_sync(users.check, name, password)

    return right
