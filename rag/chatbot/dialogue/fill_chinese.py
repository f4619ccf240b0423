"""Fills the gap of a Chinese follow-up question with words of the turns before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.chatbot.dialogue import chinese, named
from rag.chatbot.dialogue.antecedent import asks_person, is_one_of_many, person, thing, time_of, topic
from rag.chatbot.dialogue.cut import words
from rag.chatbot.dialogue.reference import Reference
from rag.chatbot.dialogue.turn import Turn
from rag.reader.question import ASKING_ZH
from rag.text import fold
from rag.types import Span

# What 多少 counts is another thing once something else is asked about.
_COUNTED = re.compile(r"(?<=多少)[\u4e00-\u9fff]{1,2}(?=\W*$)")


def filled(question: str, turns: Sequence[Turn]) -> str | None:
    """The question with its gap filled; None if it has none, or the turns (oldest first) have nothing to fill it."""
    if fragment := chinese.fragment(question):
        return _swapped(question[fragment.start : fragment.end], turns[-1])
    referred = (_referred(question, reference, turns) for reference in chinese.references(question))
    if found := next(filter(None, referred), None):
        return found
    if chinese.is_topicless(question):
        return _with_topic(question, turns[-1])
    return None


def _topic(turn: Turn) -> str | None:
    """Of a turn in English, its headline's words if there is one: they read better in a Chinese question."""
    if turn.lang == "en":
        return turn.headline.partition(" ")[0] or named.topic(turn)
    return topic(turn)


def _referred(question: str, reference: Reference, turns: Sequence[Turn]) -> str | None:
    start, span = chinese.lead_end(question), reference.span
    found = _antecedent(reference, turns)
    return question[start : span.start] + found + question[span.end :] if found else None


def _antecedent(reference: Reference, turns: Sequence[Turn]) -> str | None:
    """A person, or a thing with its noun, may be named some turns before; all else is what the last turn was about."""
    last = turns[-1]
    if reference.kind == "person":
        if reference.many and last.marked and asks_person(last):
            return "、".join(last.marked)
        found = next((found for turn in reversed(turns) if (found := person(turn))), None)
        # "冠军是谁?" "他…": even unanswered, the question says who is meant.
        return found or (_topic(last) if asks_person(last) else None)
    if reference.kind == "place" and last.marked and chinese.asks_place(last.question):
        return last.marked[0].strip()
    if reference.head:
        found = next((found for turn in reversed(turns) if (found := thing(turn, reference.head))), None)
        return found or (_topic(last) if is_one_of_many(reference.head) else None)
    return _topic(last)


def _with_topic(question: str, turn: Turn) -> str | None:
    start = chinese.lead_end(question)
    if noun := chinese.general_noun(question):
        span, head = noun
        found = thing(turn, head) or _topic(turn)
        return found + question[span.end :] if found else None
    found = _topic(turn)
    return found + question[start:] if found else None


def _swapped(fragment: str, turn: Turn) -> str | None:
    """The turn's question with the fragment in the place of what it resembles."""
    question = turn.question
    if chinese.TIME.fullmatch(fold(fragment)):
        place = time_of(question)
        return _put(question, fragment, place) if place else fragment + question
    if place := _counterpart(fragment, question):
        return _put(question, fragment, place)
    place = _asked_of(turn)
    return _put(_COUNTED.sub("", question), fragment, place) if place else None


def _put(question: str, fragment: str, place: Span) -> str:
    return question[: place.start] + fragment + question[place.end :]


def _counterpart(fragment: str, question: str) -> Span | None:
    """The words of a question that end with the fragment's last word, or with its last character in a word as long.

    As many characters as the fragment has, made up to whole words.
    """
    own, theirs = words(fragment), words(question)
    last = fold(fragment[own[-1].start :])
    folded = fold(question)
    for word in theirs:
        text = folded[word.start : word.end]
        if text == last or (len(last) > 1 and len(text) == len(last) and text[-1] == last[-1]):
            wanted = word.end - len(fragment)
            start = max((w.start for w in theirs if w.start <= max(wanted, 0)), default=0)
            return Span(start, word.end)
    return None


def _asked_of(turn: Turn) -> Span | None:
    """What stands between the time or the topic of a question and what it asks."""
    folded = fold(turn.question)
    asking = ASKING_ZH.search(folded)
    if asking is None:
        return None
    found = topic(turn)
    at = turn.question.find(found) if found else -1
    time = time_of(turn.question)
    headed = found is not None and fold(found) in fold(turn.headline)
    start = at + len(found or "") if headed and at >= 0 else time.end if time else 0
    end = asking.start()
    while end > start and folded[end - 1] in "是有为了的达约共":
        end -= 1
    return Span(start, end) if start < end else None
