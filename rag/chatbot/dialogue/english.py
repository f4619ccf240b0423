"""What an English question leaves out.

As for Chinese, closed classes decide: question words, auxiliaries, prepositions, pronouns, and general words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.chatbot.dialogue.reference import Reference
from rag.chatbot.dialogue.vocabulary import (
    ASKING,
    AUXILIARY,
    DETERMINER,
    GENERAL,
    HEADS,
    JOINING,
    OWNING,
    PERSON,
    POINTING,
    PREPOSITION,
    SUBJECT,
    THING,
    Word,
    words,
)
from rag.types import Span

# "How long does it take to …", "What is it called when …": nothing is meant by this *it*.
_EXPLETIVE = re.compile(
    r"it\b.*\b(?:to|that|when|if|for|before|until|possible|believed|considered|thought|said)\b", re.IGNORECASE
)
# "How many are there?" points nowhere; "Before they moved, what …?" names them later.
_EXISTENTIAL = re.compile(r"\b(?:is|are|was|were|be|been)\s+there\b", re.IGNORECASE)
_LATER = re.compile(r"[^,]*,.*\b(?:what|which|who|whom|when|where|why|how)\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:the )?(?:first|second|last) half(?: of (?:the year|this year|last year|\d{4}))?|"
    r"\b(?:the )?(?:whole|full|entire|same|next|last|this|previous) (?:year|month|week|quarter)|"
    r"\b(?:the )?(?:first|second|third|fourth) quarter(?: of (?:the year|\d{4}))?|\b(?:1[5-9]|20)\d{2}\b|"
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"(?: \d{1,2})?(?:,? \d{4})?\b|\byesterday\b|\btoday\b",
    re.IGNORECASE,
)
_LEAD = re.compile(r"(?:(?:and|but|so|then|ok|okay|well|also|please)\b[,\s]*)+", re.IGNORECASE)
_ABOUT = re.compile(r"(?:and\s+)?(?:what|how)\s+about\s+(?=\S)", re.IGNORECASE)
_FINAL = re.compile(r"[\s?!.,;]*$")
_LONGEST_FRAGMENT = 8
_FEW = 3


def lead_end(text: str) -> int:
    """Where a question begins behind the words that only link it with what was said."""
    lead = _LEAD.match(text)
    return lead.end() if lead else 0


def _names_nothing(word: Word) -> bool:
    low = word.low.removesuffix("'s")
    return (
        low in ASKING | AUXILIARY | PREPOSITION | DETERMINER | JOINING | PERSON | THING | HEADS | GENERAL
        or low.removesuffix("s") in HEADS
        or (not low[0].isalnum() and low[0] not in '("“')
    )


def own(text: str) -> list[str]:
    """The words of a text that name something themselves.

    >>> own("Who else attended the meeting?"), own("Who invented the telephone?")
    ([], ['invented', 'telephone'])
    """
    return [word.text for word in words(_TIME.sub(" ", text)) if not _names_nothing(word)]


def fragment(text: str) -> Span | None:
    """What is asked about, of a question that leaves out what is asked of it.

    >>> fragment("And the losses?"), fragment("What about 2023?"), fragment("And who spoke?")
    (Span(start=4, end=14), Span(start=11, end=15), None)
    """
    match = _ABOUT.match(text) or _LEAD.match(text)
    if match is None:
        return None
    rest = words(text[match.end() :])
    said = {word.low for word in rest}
    if not rest or len(rest) > _LONGEST_FRAGMENT or said & (ASKING | AUXILIARY):
        return None
    final = _FINAL.search(text)
    end = final.start() if final else len(text)
    return Span(match.end(), end) if end > match.end() else None


def reference(text: str) -> Reference | None:
    """The pronoun, or the general noun after *this*, that nothing before it in the question explains.

    >>> reference("When was it held?")
    Reference(kind='thing', span=Span(start=9, end=11), head='', owns=False, many=False)
    >>> reference("Which city did Chopin visit with his mother?") is None
    True
    """
    if _LATER.match(text, lead_end(text)):
        return None
    found = words(text)
    named = 0
    for at, word in enumerate(found):
        if (reference := _reference(word, found[at + 1 :], text)) and (named == 0 or _still_open(found, at, named)):
            return reference
        named += not _names_nothing(word)
    return None


def _still_open(found: Sequence[Word], at: int, named: int) -> bool:
    """Whether a pronoun stands for nothing before it, although something is named there.

    Behind an auxiliary only what was asked for can be named: "Which old house did *he* buy?". At the end of a short
    question without names or phrases, *there* is open: "Which film was shown *there*?"
    """
    if found[at].low == "there":
        return named <= _FEW and not any(w.low in DETERMINER or w.text[0].isupper() for w in found[1:at])
    first = next((word.low for word in found if word.low not in PREPOSITION), "")
    asks = first in {"what", "which", "how", "whose"}
    helpers = [word.low in AUXILIARY for word in found[:at]]
    inverted = found[at].low in SUBJECT and found[at - 1].low not in {"have", "has", "had"}
    return asks and inverted and helpers[-1] and sum(helpers) == 1


def _reference(word: Word, after: Sequence[Word], text: str) -> Reference | None:
    low, following = word.low.removesuffix("'s"), after[0].low if after else ""
    last = not following[:1].isalnum()
    if low in PERSON:
        owns = low in OWNING or (low == "her" and following[:1].isalpha())
        return Reference("person", word.span, owns=owns, many=low.startswith("the"))
    if low in THING and not _EXPLETIVE.match(text, word.span.start):
        return Reference("thing", word.span, owns=low in OWNING)
    if low in POINTING and following.removesuffix("s") in HEADS:
        return Reference("thing", Span(word.span.start, after[0].span.end), following)
    if low == "there" and _EXISTENTIAL.search(text):
        return None
    if last and (low == "there" or low in POINTING):
        return Reference("place" if low == "there" else "thing", word.span)
    return None


def is_topicless(text: str) -> bool:
    """Whether a question names nothing that it is about.

    >>> is_topicless("Who else attended?"), is_topicless("How do I cook pork?")
    (True, False)
    """
    return any(word.low in ASKING for word in words(text)) and not own(text)


def general_noun(text: str) -> tuple[Span, str] | None:
    """The noun of a topicless question that its topic stands for: When was *the meeting* held?"""
    found = words(text)
    for before, word in pairwise(found):
        if before.low == "the" and word.low in HEADS:
            return Span(before.span.start, word.span.end), word.low
    return None


def time_of(text: str) -> Span | None:
    """Where a text names a time, without the preposition before it."""
    match = _TIME.search(text)
    return Span(match.start(), match.end()) if match else None


def is_time(text: str) -> bool:
    return _TIME.fullmatch(text.strip()) is not None


def opening_preposition(text: str) -> str | None:
    """The preposition that a fragment begins with: And *in* Shanghai?"""
    first = next(iter(words(text)), None)
    return first.low if first and first.low in PREPOSITION else None
