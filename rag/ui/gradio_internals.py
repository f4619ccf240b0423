"""All that we use of Gradio without Gradio documenting it. No other module does.

``tests/ui/test_gradio_internals.py`` says what each part has to look like, and fails when a Gradio has changed it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, TypeVar

import gradio as gr
from gradio import route_utils
from gradio.block_function import BlockFunction
from gradio.components.api_component import Api
from gradio.context import Context
from gradio.data_classes import PredictBodyInternal
from gradio.events import api
from gradio.queueing import Event, Queue
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import Scope

if TYPE_CHECKING:
    from fastapi import FastAPI

#: The script of the web component ``<gradio-app>``: it is in the package, but no route of Gradio's serves it.
WEB_COMPONENT = Path(gr.__file__).parent / "templates" / "frontend" / "gradio.js"
#: The login cookies of Gradio, over HTTPS and without; the rest of the name is the app's own.
_TOKEN_COOKIES = ("access-token", "access-token-unsecure")

QueuedEvent: TypeAlias = Event
Tokens = TypeVar("Tokens", bound=dict[str, str])


@dataclass(frozen=True, slots=True)
class QueuedCall:
    """A call that wants to be queued. ``queue`` is none where ``function`` is no number of a function."""

    arguments: Any
    session: str | None
    function: int | None
    queue: str | None
    request: Request
    waiting: list[Request]


class OpenQueue(Queue):
    """Gradio's queue, whose subclass decides what is let in and in which order it waits.

    Every queued call of an app comes through ``push``, in every way of serving it.
    """

    @property
    def app(self) -> Any:
        """The app whose calls wait here."""
        return self.blocks

    def admit(self, call: QueuedCall) -> None:
        """Raises ``HTTPException`` for a call that is refused."""

    def in_order(self, waiting: list[QueuedEvent]) -> list[QueuedEvent]:
        """The same events in the order in which they are to be answered."""
        return waiting

    async def push(self, body: PredictBodyInternal, request: Request, username: str | None) -> Any:
        name = self._queue_of(body)
        queue = self.event_queue_per_concurrency_id.get(name or "")
        waiting = [event.request for event in queue.queue] if queue else []
        self.admit(QueuedCall(body.data, body.session_hash, body.fn_index, name, request, waiting))
        pushed = await super().push(body, request, username)
        assert name is not None
        events = self.event_queue_per_concurrency_id[name].queue
        events[:] = self.in_order(events)
        return pushed

    def knows(self, session: str) -> bool:
        """Whether anything was asked in a session whose answers can be waited for."""
        return session in self.pending_messages_per_session

    def _queue_of(self, body: PredictBodyInternal) -> str | None:
        if body.fn_index is None:
            return None
        try:
            return str(route_utils.get_fn(self.blocks, None, body).concurrency_id)
        except KeyError:
            return None


def request_of(event: QueuedEvent) -> Request:
    """The request that brought a queued event."""
    return event.request


class OpenBlocks(gr.Blocks):
    """Gradio's app, whose subclass looks at the arguments of every call and stands around its work."""

    queue_class: ClassVar[type[OpenQueue]] = OpenQueue

    def check_arguments(self, arguments: list[Any]) -> None:
        """Raises ``gr.Error`` for arguments that are refused, before Gradio looks for files among them."""

    def calling(self, name: str) -> AbstractContextManager[None]:
        """What a call of the function called ``name`` runs in."""
        return nullcontext()

    def keeps_state(self, name: str) -> bool:
        """Whether the state of a session, some 30 kB, is kept after a call of the function called ``name``."""
        return True

    def keep_sessions(self, most: int) -> None:
        """Set of how many visitors the state is kept. A mounted app has no option for it; ``launch`` has."""
        self.state_session_capacity = most

    @property
    def function_names(self) -> dict[int, str]:
        """The names of the functions by the numbers that calls name them with."""
        return {number: str(function.api_name) for number, function in self.fns.items()}

    @property
    def page_names(self) -> tuple[str, ...]:
        return tuple(page[0] for page in self.pages)

    @property
    def open_queue(self) -> OpenQueue:
        assert isinstance(self._queue, self.queue_class)
        return self._queue

    def queue(self, *args: Any, **options: Any) -> Self:
        """``Blocks`` calls this when it is made, so that our queue holds in every way of serving."""
        super().queue(*args, **options)
        made = self._queue
        self._queue = self.queue_class(
            live_updates=made.live_updates,
            concurrency_count=made.max_thread_count,
            update_intervals=made.update_intervals,
            max_size=made.max_size,
            blocks=self,
            default_concurrency_limit=made.default_concurrency_limit,
        )
        return self

    def validate_inputs(self, block_fn: BlockFunction, inputs: list[Any]) -> None:
        """Gradio calls this for each call, however it came; arguments left out at the end get their default."""
        self.check_arguments(inputs)
        left_out = block_fn.inputs[len(inputs) :]
        defaults = [block.value for block in left_out if isinstance(block, Api)]
        if inputs and len(defaults) == len(left_out):
            inputs.extend(defaults)
        try:
            super().validate_inputs(block_fn, inputs)
        except ValueError as error:  # too few arguments
            raise gr.Error(str(error), print_exception=False) from error

    async def process_api(self, block_fn: BlockFunction | int, *args: Any, **options: Any) -> dict[str, Any]:
        name = str((self.fns[block_fn] if isinstance(block_fn, int) else block_fn).api_name)
        try:
            with self.calling(name):
                return await super().process_api(block_fn, *args, **options)
        finally:
            if not self.keeps_state(name):
                self.state_holder.session_data.pop(str(options.get("session_hash")), None)

    async def run_startup(self) -> None:
        """Start what the site around an app starts with its lifespan."""
        self.run_startup_events()  # type: ignore[no-untyped-call]
        await self.run_extra_startup_events()  # type: ignore[no-untyped-call]


def add_endpoint(function: Callable[..., Any], returns: dict[str, Any], **options: Any) -> None:
    """``gr.api`` in the Blocks being built, with a JSON schema of what it returns: Gradio knows none for our types."""
    added = api(function, **options)
    assert Context.root_block is not None
    output = Context.root_block.fns[added["id"]].outputs[0]
    assert isinstance(output, Api)
    output._api_info = returns


def event_payload(event: gr.EventData) -> Any:
    """What the browser sent with a custom event."""
    return event._data


def mounted_app(site: FastAPI) -> Starlette:
    """The app that ``gr.mount_gradio_app`` has mounted last in a site."""
    place = next(route for route in reversed(site.routes) if isinstance(route, Mount))
    assert isinstance(place.app, Starlette)
    return place.app


def login_tokens(scope: Scope, kind: type[Tokens], make: Callable[[], Tokens]) -> Tokens:
    """The names of users by the tokens in their cookies: a mapping of ours in the place of the app's own."""
    app = scope["app"]
    if not isinstance(app.tokens, kind):
        app.tokens = make()
    tokens: Tokens = app.tokens
    return tokens


def token_cookies(scope: Scope) -> Iterator[str | None]:
    """The tokens in the login cookies of a request."""
    cookies = Request(scope).cookies
    return (cookies.get(f"{kind}-{scope['app'].cookie_id}") for kind in _TOKEN_COOKIES)


def set_token_cookie(scope: Scope, token: str) -> None:
    """Give a request a login cookie, in the place of all its cookies."""
    cookie = f"{_TOKEN_COOKIES[0]}-{scope['app'].cookie_id}={token}".encode()
    scope["headers"] = [*(header for header in scope["headers"] if header[0] != b"cookie"), (b"cookie", cookie)]
