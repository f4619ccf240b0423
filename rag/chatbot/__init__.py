"""Composition: an index, a retriever and a reader as something that answers."""

from rag.chatbot.bot import HITS, MAX_QUESTION, Chatbot, IndexInfo, clean_question, open_or_build

__all__ = ["HITS", "MAX_QUESTION", "Chatbot", "IndexInfo", "clean_question", "open_or_build"]
