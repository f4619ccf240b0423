"""The web chat: ``build_app`` for a Gradio app, ``mount`` for a FastAPI site, ``serve`` for a local server.

Gradio takes seconds to import, so each name is imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.chatbot.answerer import Answerer
    from rag.ui.app import build_app
    from rag.ui.serving.server import mount, run, serve

__all__ = ["Answerer", "build_app", "mount", "run", "serve"]

_HOMES = {
    "Answerer": "rag.chatbot.answerer",
    "build_app": "rag.ui.app",
    "mount": "rag.ui.serving.server",
    "run": "rag.ui.serving.server",
    "serve": "rag.ui.serving.server",
}


def __getattr__(name: str) -> Any:
    if name == "Bot":  # what scripts of version 0.1 call an Answerer
        name = "Answerer"
    if name not in __all__:
        raise AttributeError(f"module 'rag.ui' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
