"""Noun phrases of English questions without a tagger: runs between closed-class words and past forms."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chatbot.dialogue.vocabulary import (
    ASKING,
    AUXILIARY,
    DETERMINER,
    IRREGULAR,
    JOINING,
    PERSON,
    PREPOSITION,
    THING,
    Word,
    words,
)
from rag.types import Span

#: Behind these no verb stands, so that what stands before them is a noun.
_NOUN_BEFORE = frozenset({"between", "of", "from", "and"})
_DO = frozenset({"do", "does", "did"})


def phrases(question: str) -> list[Span]:
    """Noun phrases of an English question, in order; what is asked for itself comes last.

    >>> q = "Where was the unveiling ceremony of the red cinema held?"
    >>> [q[span.start : span.end] for span in phrases(q)]
    ['the unveiling ceremony of the red cinema']
    >>> q = "By what percentage did telecom fraud cases fall?"
    >>> [q[span.start : span.end] for span in phrases(q)]
    ['telecom fraud cases', 'percentage']
    """
    found: list[Span] = []
    asked: list[Span] = []
    run: list[Word] = []
    helped = False
    for word in [*words(question), Word("?", Span(len(question), len(question)))]:
        if _goes_on(word, run):
            run.append(word)
            continue
        if phrase := _phrase(run, helped=helped and word.low not in _NOUN_BEFORE):
            (asked if is_asked(question, phrase) else found).append(phrase)
        helped = word.low in _DO or (helped and (not run or word.low in _NOUN_BEFORE))
        run = [word] if word.low in DETERMINER else []
    return found + asked


def _goes_on(word: Word, run: Sequence[Word]) -> bool:
    low = word.low
    if low == "of":
        return bool(run) and not _is_verb(run[-1], run)
    if low in DETERMINER:
        return not run or run[-1].low == "of"
    if not (low[0].isalnum() or low[0] in '("“'):
        return False
    return low not in ASKING | AUXILIARY | PREPOSITION | JOINING | PERSON | THING and not _is_verb(word, run)


def _is_verb(word: Word, run: Sequence[Word]) -> bool:
    """A past form that no determiner makes an adjective; names have capitals."""
    if not word.text.islower() or (run and run[-1].low in DETERMINER):
        return False
    return (word.low.endswith("ed") and "-" not in word.low and len(word.low) > 4) or word.low in IRREGULAR


def _phrase(run: Sequence[Word], *, helped: bool) -> Span | None:
    """A run without determiner alone; behind *did*, without the verb that ends it."""
    kept = list(run)
    while kept and kept[-1].low in DETERMINER | {"of"}:
        kept.pop()
    named = [at for at, word in enumerate(kept) if word.text[0].isupper()]
    if helped and len(kept) > 1 and kept[-1].text.islower():
        kept = kept[: named[-1] + 1] if named else kept[:-1]
    if not kept or all(word.low in DETERMINER for word in kept):
        return None
    return Span(kept[0].span.start, kept[-1].span.end)


def is_asked(question: str, phrase: Span) -> bool:
    before = words(question[: phrase.start])
    return bool(before) and before[-1].low in {"what", "which", "whose", "many", "much"}
