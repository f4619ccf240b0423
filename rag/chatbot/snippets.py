"""A few words of a passage, where it comes nearest to the question."""

from __future__ import annotations

from collections import Counter

from rag.lexical import tokens
from rag.text import is_cjk, sentences
from rag.types import Answer, Passage, Span


def snippet(answer: Answer, passage: Passage, most: int) -> str:
    """At most ``most`` characters of a passage, and ``…`` where it is cut.

    It is cut around the sentence of a candidate in it, else around the one that shares most words with the question.
    Without any it begins where the passage does.
    """
    text = passage.text
    if len(text.strip()) <= most:
        return text.strip()
    focus = _of_candidate(answer, passage, most) or _of_words(answer.interpreted_as or answer.question, text)
    start = 0 if focus is None else _start(focus, len(text), most)
    return _cut(text, Span(start, start + most))


def _of_candidate(answer: Answer, passage: Passage, most: int) -> Span | None:
    """The sentence of the best candidate in the passage, or its marked part if that sentence is too long."""
    for citation in (candidate.citation for candidate in answer.candidates):
        at = passage.text.find(citation.quote)
        if citation.passage_id == passage.passage_id and at >= 0:
            sentence = Span(at, at + len(citation.quote))
            marked = Span(at + citation.answer_start, at + citation.answer_end)
            return sentence if len(sentence) <= most else marked
    return None


def _of_words(question: str, text: str) -> Span | None:
    """The sentence that shares most words with the question; a word that many of the sentences have counts for less."""
    asked = {token for token in tokens(question) if len(token) > 1}
    shared = [(span, asked & set(tokens(text[span.start : span.end]))) for span in sentences(text)]
    frequency = Counter(token for _, common in shared for token in common)
    span, common = max(shared, key=lambda each: sum(1 / frequency[token] for token in each[1]))
    return span if common else None


def _start(focus: Span, length: int, most: int) -> int:
    """Where a window of ``most`` characters begins: with its middle on that of the focus, or with a longer one."""
    if len(focus) > most:
        return min(focus.start, length - most)
    return max(0, min((focus.start + focus.end - most) // 2, length - most))


def _cut(text: str, window: Span) -> str:
    """The window without the halves of words in letters at its ends."""
    start, end = window.start, min(window.end, len(text))
    while 0 < start < end and _inside_word(text, start):
        start += 1
    while start < end < len(text) and _inside_word(text, end):
        end -= 1
    if start >= end:  # one word fills the window
        start, end = window.start, min(window.end, len(text))
    return f"{'…' if start > 0 else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"


def _inside_word(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    return before.isalnum() and after.isalnum() and not (is_cjk(before) or is_cjk(after))
