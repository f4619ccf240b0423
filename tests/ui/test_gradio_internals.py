"""What Gradio does not document is still as we use it; if not, mend ``rag/ui/gradio_internals.py`` and nothing else."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio import route_utils
from gradio.block_function import BlockFunction
from gradio.blocks import Blocks
from gradio.components.api_component import Api
from gradio.context import Context
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Event, EventQueue, Queue
from gradio.routes import App as GradioApp
from gradio.state_holder import StateHolder

import rag.ui
from rag.ui import build_app, gradio_internals
from rag.ui.serving.api.endpoints import NAMES
from rag.ui.serving.server import alone

from .fakebot import FakeBot

CHANGED = f"Gradio {gr.__version__} has changed this: see rag/ui/gradio_internals.py"


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (Queue.push, ["self", "body", "request", "username"]),
        (
            Queue.__init__,
            [
                "self",
                "live_updates",
                "concurrency_count",
                "update_intervals",
                "max_size",
                "blocks",
                "default_concurrency_limit",
            ],
        ),
        (Blocks.validate_inputs, ["self", "block_fn", "inputs"]),
        (Blocks.run_startup_events, ["self"]),
        (Blocks.run_extra_startup_events, ["self"]),
        (route_utils.get_fn, ["blocks", "api_name", "body"]),
    ],
)
def test_functions_that_we_call_or_override_take_what_they_took(function: Any, names: list[str]) -> None:
    assert parameters(function) == names, CHANGED


def test_every_call_is_processed_by_the_method_that_we_override() -> None:
    names = parameters(Blocks.process_api)
    assert names[:3] == ["self", "block_fn", "inputs"], CHANGED
    assert "session_hash" in names, CHANGED
    assert inspect.iscoroutinefunction(Blocks.process_api), CHANGED
    assert "self.validate_inputs(" in inspect.getsource(Blocks.preprocess_data), CHANGED
    assert ".push(" in inspect.getsource(route_utils) + inspect.getsource(inspect.getmodule(GradioApp)), CHANGED  # type: ignore[arg-type]


def test_blocks_have_the_attributes_that_we_read_and_set() -> None:
    app = build_app(FakeBot())
    assert isinstance(app._queue, gradio_internals.OpenQueue), CHANGED
    assert set(NAMES) <= set(app.function_names.values()), CHANGED
    assert all(isinstance(function, BlockFunction) for function in app.fns.values()), CHANGED
    assert [page[0] for page in app.pages] == [""], CHANGED
    assert isinstance(app.state_holder, StateHolder), CHANGED
    assert app.state_holder.session_data.pop("nobody", None) is None, CHANGED
    assert "state_session_capacity" in inspect.getsource(StateHolder) + inspect.getsource(Blocks), CHANGED
    for name in ("live_updates", "max_thread_count", "update_intervals", "max_size", "default_concurrency_limit"):
        assert hasattr(app._queue, name), f"{name}: {CHANGED}"


def test_a_queue_lists_its_events_by_the_concurrency_of_their_function() -> None:
    queue = build_app(FakeBot())._queue
    assert dict(queue.event_queue_per_concurrency_id) == {}, CHANGED
    assert "nobody" not in queue.pending_messages_per_session, CHANGED
    assert EventQueue("answers", 4).queue == [], CHANGED
    assert "request" in parameters(Event.__init__), CHANGED
    assert {"fn_index", "data", "session_hash"} <= set(PredictBodyInternal.model_fields), CHANGED


def test_an_endpoint_can_be_given_the_schema_of_what_it_returns() -> None:
    def echo(question: str) -> str:
        return question

    with gr.Blocks() as app:
        gradio_internals.add_endpoint(echo, {"type": "object"}, api_name="echo")
    assert Context.root_block is None, CHANGED
    (function,) = app.fns.values()
    assert isinstance(function.outputs[0], Api), CHANGED
    assert function.outputs[0].api_info() == {"type": "object"}, CHANGED


def test_events_carry_what_the_browser_sent() -> None:
    assert gradio_internals.event_payload(gr.EventData(None, {"turn": 3})) == {"turn": 3}, CHANGED


def test_a_mounted_app_is_found_and_keeps_its_logins_by_token() -> None:
    mounted = gradio_internals.mounted_app(alone(build_app(FakeBot())))
    assert isinstance(mounted, GradioApp), CHANGED
    assert mounted.tokens == {}, CHANGED
    assert mounted.cookie_id, CHANGED
    source = inspect.getsource(inspect.getmodule(GradioApp))  # type: ignore[arg-type]
    assert 'f"access-token-{app.cookie_id}"' in source, CHANGED
    assert 'f"access-token-unsecure-{app.cookie_id}"' in source, CHANGED


def test_a_request_is_given_the_cookie_of_its_user() -> None:
    class Site:
        cookie_id, tokens = "x", {}

    scope = {"type": "http", "app": Site(), "headers": [(b"host", b"a"), (b"cookie", b"access-token-x=old; b=c")]}
    assert list(gradio_internals.token_cookies(scope)) == ["old", None]
    gradio_internals.set_token_cookie(scope, "new")
    assert scope["headers"] == [(b"host", b"a"), (b"cookie", b"access-token-x=new")]
    assert list(gradio_internals.token_cookies(scope)) == ["new", None]


def test_the_web_component_is_in_the_package() -> None:
    script = gradio_internals.WEB_COMPONENT.read_text(encoding="utf-8")
    assert "./assets/index-" in script, CHANGED


def test_no_other_module_imports_parts_of_gradio() -> None:
    root = Path(rag.ui.__file__).parent
    for path in root.rglob("*.py"):
        if path.name == "gradio_internals.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            imported = node.module if isinstance(node, ast.ImportFrom) else None
            assert not (imported or "").startswith("gradio"), path
