"""What has to be said in every language of the interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rag.types import Stage

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Strings:
    """The interface in one language; ``{names}`` are filled with ``str.format``."""

    lang: Lang
    html_lang: str
    title: str
    tagline: str
    # header
    switch: str
    switch_lang: Lang
    switch_html_lang: str
    asking: str
    searching_tab: str
    menu: str
    contents: str
    export: str
    new_chat: str
    # first screen
    welcome: str
    about: str
    knows: str
    dates: str
    try_asking: str
    # question box
    question: str
    hint: str
    send: str
    conversation: str
    # answers
    searching: str
    understood: str
    not_found: str
    confidence: str
    confidence_words: tuple[str, str, str]
    abstained: str
    abstained_hint: str
    tentative: str
    can_ask: str
    could_ask: str
    nearest: str
    copy: str
    copy_title: str
    copied: str
    not_copied: str
    again: str
    good: str
    bad: str
    thanks: str
    tell_more: str
    tell_wrong: str
    say: str
    noted: str
    dismiss: str
    # plain text and Markdown
    attribution: str
    asked: str
    exported: str
    # sources
    sources: str
    nearest_title: str
    nearest_note: str
    tentative_title: str
    tentative_note: str
    nothing_near: str
    paragraph: str
    page: str
    original: str
    characters: str
    whole_article: str
    link: str
    link_title: str
    back: str
    back_to_contents: str
    close: str
    caption: str
    untitled: str
    stale: str
    no_contents: str
    # search tab
    search_title: str
    search_about: str
    search_hint: str
    search_do: str
    search_nothing: str
    would_answer: str
    would_abstain: str
    would_suggest: str
    legs: tuple[str, str, str]
    rank: str
    not_ranked: str
    # adding articles
    add: str
    add_about: str
    add_choose: str
    add_drop: str
    add_limits: str
    add_sending: str
    add_stages: Mapping[Stage, str]
    add_done: str
    add_read: str
    add_known: str
    add_skipped: str
    add_ask: str
    # one clear line each
    empty_question: str
    long_question: str
    wordless_question: str
    failed: str
    refused: str
    index_trouble: str
    gone: str
    source_gone: str
    link_wrong: str
    link_gone: str
    link_stale: str
    add_nothing: str
    add_off: str
    add_type: str
    add_large: str
    add_many: str
    add_full: str
    add_unkept: str
    add_name: str
    add_unreadable: str
    add_busy: str
    list_comma: str

    def confident(self, confidence: float) -> str:
        """A confidence in words and as a number, never as certainty."""
        word = self.confidence_words[level(confidence)]
        return self.confidence.format(word=word, percent=min(round(confidence * 100), 99))


def level(confidence: float) -> int:
    """0 for a high confidence, 1 for a medium one, 2 for a low one."""
    return 0 if confidence >= 0.8 else 1 if confidence >= 0.5 else 2
