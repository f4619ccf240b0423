"""A question as it is asked: what cannot be seen is left out, what cannot be asked is refused."""

from __future__ import annotations

import unicodedata

from rag.errors import InputError

MAX_QUESTION = 1000


def clean_question(text: str) -> str:
    """The question as it is asked, without anything that cannot be seen. Raises ``InputError``.

    >>> clean_question(" 谁\\x00主持了\\u200b会议?\\n")
    '谁 主持了会议?'
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    # Marks of direction and zero-width joiners stand inside words; other control characters between them.
    shown = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = " ".join("".join(c if c.isprintable() else " " for c in shown).split())
    if len(text) > MAX_QUESTION:
        raise InputError(f"the question has {len(text):,} characters, at most {MAX_QUESTION:,} are read: shorten it")
    if not any(c.isalnum() for c in text):
        raise InputError("the question has no words: type a question")
    return text
