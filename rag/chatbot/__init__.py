"""Composition: an index, a retriever and a reader as something that answers."""

from rag.chatbot.bot import HITS, Chatbot, IndexInfo, open_or_build
from rag.chatbot.clean import MAX_QUESTION, clean_question
from rag.chatbot.maintenance import remove_sources, update_index

__all__ = [
    "HITS",
    "MAX_QUESTION",
    "Chatbot",
    "IndexInfo",
    "clean_question",
    "open_or_build",
    "remove_sources",
    "update_index",
]
