"""Follow-up questions: what they leave out is carried over from the turns before."""

from rag.chatbot.dialogue.resolve import Resolved, resolve
from rag.chatbot.dialogue.turn import Turn, last_cited, turn_of

__all__ = ["Resolved", "Turn", "last_cited", "resolve", "turn_of"]
