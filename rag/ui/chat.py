"""Conversation turns as messages of ``gr.Chatbot``: Markdown in which only our own marks are live.

Citation chips are Markdown links (``[1](#cite-2-1)``): the chat's sanitiser keeps them,
and what a screen reader or a copy takes from the message stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rag.text import language
from rag.types import SEPARATOR, Answer, Citation, Hit
from rag.ui.escape import markdown_lines, markdown_text, one_line
from rag.ui.strings import Strings, strings

Message = dict[str, Any]
#: Turn number to answer; numbers keep growing when old turns are dropped.
Turns = Mapping[int, Answer]

NEAREST = 3
_SNIPPET = 48
_SHORT = 40
#: A no-break space: a chip never stands on a line of its own.
_GLUE = "\u00a0"
_NOT_IN_TIP = re.compile(r'["\\\[\]()<>&\s]+')


def messages(turns: Turns, pending: str | None = None) -> list[Message]:
    """The whole conversation, with a question still being answered at its end."""
    said = [m for turn, answer in turns.items() for m in _exchange(answer.question, answer_markdown(turn, answer))]
    if pending is None:
        return said
    wait = f'<span class="wb-wait">{strings(language(pending)).searching}</span>'
    return said + _exchange(pending, wait)


def _exchange(question: str, reply: str) -> list[Message]:
    return [{"role": "user", "content": markdown_lines(question)}, {"role": "assistant", "content": reply}]


def answer_markdown(turn: int, answer: Answer) -> str:
    words = strings(answer.lang)
    if answer.abstained:
        return _abstention(turn, answer, words)
    evidence = [_evidence(turn, c, words) for c in answer.citations if not _is_whole(c)]
    return "\n\n".join([_short_answer(turn, answer, words), *evidence, _confidence(answer.confidence, words)])


def _short_answer(turn: int, answer: Answer, words: Strings) -> str:
    """The marked spans; one that is a whole quote has its chip here, since no evidence follows for it."""
    spans = [one_line(c.marked).strip() for c in answer.citations]
    name = "wb-short" if len(SEPARATOR.join(spans)) <= _SHORT else "wb-long"
    parts = [
        f'<span class="{name}">{markdown_text(span)}</span>' + (_GLUE + chip(turn, c, words) if _is_whole(c) else "")
        for span, c in zip(spans, answer.citations, strict=True)
    ]
    return SEPARATOR.join(parts)


def _is_whole(citation: Citation) -> bool:
    return citation.marked.strip() == citation.quote.strip()


def _evidence(turn: int, citation: Citation, words: Strings) -> str:
    quote, start, end = citation.quote, citation.answer_start, citation.answer_end
    before, marked, after = (markdown_text(one_line(t)) for t in (quote[:start], quote[start:end], quote[end:]))
    return f"> {before.lstrip()}<mark>{marked}</mark>{after}{_GLUE}{chip(turn, citation, words)}"


def chip(turn: int, citation: Citation, words: Strings) -> str:
    """The numbered link that opens a citation; its tooltip says where it leads."""
    tip = _NOT_IN_TIP.sub(" ", f"{citation.article}, {words.paragraph.format(n=citation.paragraph)}").strip()
    return f'[{citation.n}](#cite-{turn}-{citation.n} "{markdown_text(tip)}")'


def _confidence(confidence: float, words: Strings) -> str:
    level = 0 if confidence >= 0.8 else 1 if confidence >= 0.5 else 2
    said = words.confidence.format(word=words.confidence_words[level], percent=round(confidence * 100))
    return f'<span class="wb-confidence wb-level-{level}">{said}</span>'


def _abstention(turn: int, answer: Answer, words: Strings) -> str:
    said = f'<span class="wb-abstained">{words.abstained}</span> {words.abstained_hint}'
    if not answer.passages:
        return said
    near = "\n".join(f"- {_near(hit, words)}" for hit in answer.passages[:NEAREST])
    head = f'<span class="wb-nearest">{words.nearest}</span>'
    return f"{said}\n\n{head}\n\n{near}\n\n[{words.see_nearest}](#near-{turn})"


def _near(hit: Hit, words: Strings) -> str:
    text = one_line(hit.passage.text).strip()
    snippet = text if len(text) <= _SNIPPET else text[:_SNIPPET].rstrip() + "…"
    return f"<strong>{markdown_text(one_line(hit.passage.article) or words.untitled)}</strong> {markdown_text(snippet)}"
