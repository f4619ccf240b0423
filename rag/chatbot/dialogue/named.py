"""What an earlier turn was about, in English: the counterpart of ``antecedent``."""

from __future__ import annotations

import re

from rag.chatbot.dialogue import english
from rag.chatbot.dialogue.phrases import is_asked, phrases
from rag.chatbot.dialogue.turn import Turn
from rag.types import Span

_NAME = re.compile(r"(?:[A-Z][\w.'-]*\s+){0,3}[A-Z][\w.'-]*")
_WHO = re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE)


def person(turn: Turn) -> str | None:
    """Who answered the turn, or is named in it.

    >>> person(Turn("Which town did Qiao Junjie visit?", ("洛阳镇",), "", ()))
    'Qiao Junjie'
    """
    if turn.marked and _WHO.search(turn.question):
        return turn.marked[0].strip()
    for phrase in phrases(turn.question):
        text = turn.question[phrase.start : phrase.end]
        if _NAME.fullmatch(text) and " " in text:
            return text
    return None


def thing(turn: Turn, head: str) -> str | None:
    """The phrase of a turn that ends with the noun ``head``, or what answered "which *head*"."""
    singular = head.removesuffix("s")
    if turn.marked and re.search(rf"\b(?:what|which)\s(?:\w+\s){{0,2}}{re.escape(singular)}s?\b", turn.question, re.I):
        return turn.marked[0].strip()
    for phrase in phrases(turn.question):
        text = turn.question[phrase.start : phrase.end]
        if text.lower().removesuffix("s").endswith(singular):
            return text
    return None


def topic(turn: Turn) -> str | None:
    """The longest phrase of a turn's question; what was asked for only where there is no other.

    >>> topic(Turn("When was the district government's plenary (enlarged) meeting held?", (), "", ()))
    "the district government's plenary (enlarged) meeting"
    """
    place = topic_place(turn.question)
    return turn.question[place.start : place.end] if place else None


def topic_place(question: str) -> Span | None:
    found = phrases(question)
    time = english.time_of(question)
    timeless = [phrase for phrase in found if not (time and phrase.overlaps(time))]
    asked = [phrase for phrase in timeless if is_asked(question, phrase)]
    return max([phrase for phrase in timeless if phrase not in asked] or asked, key=len, default=None)
