"""Wenbao 问报: extractive question answering with citations that cannot differ from their source.

The names below are the public face: build an index with ``update_index``, open it with ``Chatbot.open`` and ask.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.chatbot import Chatbot, remove_sources, update_index
    from rag.errors import RagError
    from rag.index import UpdateSummary
    from rag.types import Answer, Article, Candidate, Citation, Document, Filter, Hit, Passage

__version__ = "0.2.0"
__all__ = [
    "Answer",
    "Article",
    "Candidate",
    "Chatbot",
    "Citation",
    "Document",
    "Filter",
    "Hit",
    "Passage",
    "RagError",
    "UpdateSummary",
    "__version__",
    "remove_sources",
    "update_index",
]

#: Where the names are that are not in ``rag.types``.
_MODULES = {
    "Chatbot": "rag.chatbot",
    "RagError": "rag.errors",
    "UpdateSummary": "rag.index",
    "remove_sources": "rag.chatbot",
    "update_index": "rag.chatbot",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that ``import rag`` stays quick."""
    if name not in __all__:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(_MODULES.get(name, "rag.types")), name)
