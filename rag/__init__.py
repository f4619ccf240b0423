"""Wenbao 问报: extractive question answering with citations that cannot differ from their source."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.chatbot import Chatbot
    from rag.errors import RagError
    from rag.types import Answer, Article, Citation, Document, Hit, Passage

__version__ = "0.1.0"
__all__ = ["Answer", "Article", "Chatbot", "Citation", "Document", "Hit", "Passage", "RagError", "__version__"]

_HOMES = {"Chatbot": "rag.chatbot", "RagError": "rag.errors"}


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that ``import rag`` stays quick."""
    if name not in __all__:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "rag.types")), name)
