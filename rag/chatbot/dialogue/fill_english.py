"""Fills the gap of an English follow-up question with words of the turn before."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chatbot.dialogue import antecedent, english, named, vocabulary
from rag.chatbot.dialogue.phrases import phrases
from rag.chatbot.dialogue.reference import Reference
from rag.chatbot.dialogue.turn import Turn
from rag.types import Span


def filled(question: str, turns: Sequence[Turn]) -> str | None:
    """The question with its gap filled; None if it has none, or the turns (oldest first) have nothing to fill it."""
    if fragment := english.fragment(question):
        return _swapped(question[fragment.start : fragment.end], turns[-1])
    if reference := english.reference(question):
        return _referred(question, reference, turns)
    if english.is_topicless(question):
        return _with_topic(question, turns[-1])
    return None


def _topic(turn: Turn) -> str | None:
    return named.topic(turn) if turn.lang == "en" else antecedent.topic(turn)


def _thing(turn: Turn, head: str) -> str | None:
    return named.thing(turn, head) if turn.lang == "en" and head else None


def _person(turn: Turn) -> str | None:
    return named.person(turn) if turn.lang == "en" else antecedent.person(turn)


def _referred(question: str, reference: Reference, turns: Sequence[Turn]) -> str | None:
    found = _antecedent(reference, turns)
    if not found:
        return None
    if reference.kind == "place":
        found = f"at {found}"
    if reference.owns:
        found += "'" if found.endswith("s") else "'s"
    return _sentence(question, found, reference.span)


def _antecedent(reference: Reference, turns: Sequence[Turn]) -> str | None:
    """A person, or a thing with its noun, may be named some turns before; all else is what the last turn was about."""
    last = turns[-1]
    if reference.kind == "person":
        found = next((found for turn in reversed(turns) if (found := _person(turn))), None)
        return found or (_topic(last) if reference.many or antecedent.asks_person(last) else None)
    if reference.head:
        found = next((found for turn in reversed(turns) if (found := _thing(turn, reference.head))), None)
        return found or (_topic(last) if reference.head in vocabulary.ANYTHING else None)
    return _topic(last)


def _with_topic(question: str, turn: Turn) -> str | None:
    if noun := english.general_noun(question):
        span, head = noun
        found = _thing(turn, head) or _topic(turn)
        return _sentence(question, found, span) if found else None
    found = _topic(turn)
    if not found:
        return None
    end = len(question.rstrip(" ?!."))
    last = vocabulary.words(question[:end])[-1].low
    if last in vocabulary.ASKING:
        joined = f", {found}"
    elif last in vocabulary.TRANSITIVE:
        joined = f" {found}"
    else:
        joined = f" at {found}" if set(found.lower().split()) & vocabulary.EVENTS else f" of {found}"
    return _sentence(question, joined, Span(end, end))


def _sentence(question: str, found: str, span: Span) -> str:
    """The question with ``found`` in the place of ``span``, without the words that led it in."""
    start = english.lead_end(question)
    text = question[start : span.start] + found + question[span.end :]
    return text[0].upper() + text[1:]


def _swapped(fragment: str, turn: Turn) -> str | None:
    """The turn's question with the fragment in the place of what it resembles."""
    question = turn.question
    if turn.lang != "en":
        found = _topic(turn)
        return f"{fragment} ({found})?" if found else None
    if english.is_time(fragment):
        place = english.time_of(question)
        return _put(question, fragment, place) if place else _appended(question, f"in {fragment}")
    if english.opening_preposition(fragment):
        return _appended(question, fragment)
    noun = fragment.removeprefix("the ") if fragment.removeprefix("the ").isalpha() else fragment
    place = _counterpart(noun, question)
    return _put(question, noun, place) if place else None


def _put(question: str, fragment: str, place: Span) -> str:
    return question[: place.start] + fragment + question[place.end :]


def _appended(question: str, fragment: str) -> str:
    end = len(question.rstrip(" ?!."))
    return f"{question[:end]} {fragment}{question[end:]}"


def _counterpart(fragment: str, question: str) -> Span | None:
    """The phrase that ends with the same noun, or the last word of the topic for a single word, or the topic."""
    last = fragment.rsplit(maxsplit=1)[-1].lower()
    for phrase in phrases(question):
        if question[phrase.start : phrase.end].lower().endswith(last):
            return phrase
    place = named.topic_place(question)
    if place is None:
        return None
    single = len(vocabulary.words(fragment)) == 1 and fragment.islower()
    text = question[place.start : place.end]
    if single and " " in text and text.islower():
        return Span(place.start + text.rindex(" ") + 1, place.end)
    return place
