"""A follow-up question made to stand alone, without a model: pronouns, fragments and missing topics are filled in.

What is carried over are words of the turn before; a question that names its topic is left as it is.
The kinds of gaps are those of Dalton, Xiong, Kumar and Callan (2020), "CAsT-19: A Dataset for Conversational
Information Seeking": zero anaphora, pronouns, and ellipsis with substitution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.chatbot.dialogue import chinese, english, fill_chinese, fill_english
from rag.chatbot.dialogue.turn import Turn
from rag.text import language

#: How many turns back a person or a thing may have been named.
REMEMBERED = 3


@dataclass(frozen=True, slots=True)
class Resolved:
    """The question as it would be asked by itself.

    ``stays`` says that it asks on about what was cited, not the same about something else ("那上半年呢?").
    """

    question: str
    stays: bool


def resolve(question: str, turns: Sequence[Turn]) -> Resolved | None:
    """A question that leans on the turns before it, made to stand alone; None if it already does.

    >>> turns = [Turn("谁主持了全区经济运行分析会?", ("恽淇丞",), "", ())]
    >>> resolve("在哪里举行?", turns)
    Resolved(question='全区经济运行分析会在哪里举行?', stays=True)
    >>> resolve("谁发明了电话?", turns) is None
    True
    >>> resolve("When was it held?", [Turn("Who chaired the spring meeting?", ("Ada Li",), "", ())]).question
    'When was the spring meeting held?'
    """
    if not turns:
        return None
    english_asked = language(question) == "en"
    fill = fill_english.filled if english_asked else fill_chinese.filled
    meant = fill(question, turns[-REMEMBERED:])
    if not meant or meant == question:
        return None
    fragment = english.fragment(question) if english_asked else chinese.fragment(question)
    return Resolved(meant, stays=fragment is None)
