"""What the chat asks, by the names it has in the chat."""

from rag.chatbot.answerer import Answerer as Bot
from rag.chatbot.answerer import Info

__all__ = ["Bot", "Info"]
