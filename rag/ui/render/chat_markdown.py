"""A conversation as messages of ``gr.Chatbot``: Markdown in which all foreign text is escaped by ``markdown_text``.

Citation chips are Markdown links (``[1](#cite-2-1)``): the chat's sanitiser keeps them, and a screen reader can read
them. Of other tags it keeps ``class``, ``id``, ``title``, ``lang`` and ``hidden``, but no ``data-`` or ``aria-``.
Labels are in the language of the interface. That there is no answer, or no sure one, is said in the language of the
question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rag.chatbot.snippets import snippet
from rag.types import SEPARATOR, Answer, Citation, Hit
from rag.ui.conversation import Conversation
from rag.ui.render.escape import html_text, markdown_lines, markdown_text, one_line
from rag.ui.render.plain_text import NEAREST, plain_answer
from rag.ui.render.templates import render
from rag.ui.wording import Strings, level, words_of_asker

Message = dict[str, Any]

_SNIPPET = 48
_SHORT = 40
#: A no-break space, so that a chip is never alone on a line.
_GLUE = "\u00a0"
_NOT_IN_TIP = re.compile(r'["\\\[\]()<>&\s]+')


@dataclass(frozen=True, slots=True)
class Offer:
    """What an answer offers: to be rated, and other questions if it is none."""

    rating: bool = False
    questions: Sequence[str] = ()


def messages(talk: Conversation, words: Strings, offer: Offer = Offer()) -> list[Message]:
    """The whole conversation, with the pending question at its end; only the last answer offers other questions."""
    exchanges = []
    for turn, answer in talk.answers.items():
        last = turn == talk.last and talk.pending is None
        offered = offer if last else replace(offer, questions=())
        markdown = answer_markdown(turn, answer, words, offered, talk.ratings.get(turn))
        exchanges += _exchange(answer.question, markdown)
    if talk.pending is None:
        return exchanges
    return exchanges + _exchange(talk.pending, f'<span class="wb-wait">{words.searching}</span>')


def _exchange(question: str, reply: str) -> list[Message]:
    return [{"role": "user", "content": markdown_lines(question)}, {"role": "assistant", "content": reply}]


def answer_markdown(
    turn: int, answer: Answer, words: Strings, offer: Offer = Offer(), rated: bool | None = None
) -> str:
    acts = _actions(turn, words, offer, rated) + _plain(answer, words)
    parts = [_understood(answer.interpreted_as, words)] if answer.interpreted_as else []
    if answer.abstained:
        if answer.kind == "small_talk":
            theirs = words_of_asker(answer)
            line = f'<span lang="{theirs.html_lang}">{theirs.can_ask}</span>'
            return "\n\n".join([*parts, line, *_suggested(offer.questions, words), acts])
        said = _tentative(turn, answer, words) if answer.status == "tentative" else _abstention(answer)
        near = _nearest(turn, answer, words)
        return "\n\n".join([*parts, *said, *near, *_suggested(offer.questions, words), acts])
    if answer.kind == "contents":
        return "\n\n".join([*parts, _headlines(turn, answer, words), acts])
    evidence = [_evidence(turn, c, words) for c in answer.citations if not _is_whole(c)]
    foot = f"{_confidence(answer.confidence, words)} {acts}"
    missing = [_not_found(part, words) for part in answer.not_found]
    return "\n\n".join([*parts, _short_answer(turn, answer, words), *evidence, *missing, foot])


def _understood(question: str, words: Strings) -> str:
    """What a follow-up was taken to ask."""
    return f'<span class="wb-understood">{markdown_text(words.understood.format(question=one_line(question)))}</span>'


def _not_found(part: str, words: Strings) -> str:
    """A part of the question that the sources do not answer."""
    return f'<span class="wb-understood">{markdown_text(words.not_found.format(question=one_line(part)))}</span>'


def _short_answer(turn: int, answer: Answer, words: Strings) -> str:
    """The answering parts. A part that is a whole quote has its chip here, because its quote is not repeated below."""
    spans = [one_line(c.marked).strip() for c in answer.citations]
    name = "wb-short" if len(SEPARATOR.join(spans)) <= _SHORT else "wb-long"
    parts = [
        f'<span class="{name}">{markdown_text(span)}</span>' + (_GLUE + chip(turn, c, words) if _is_whole(c) else "")
        for span, c in zip(spans, answer.citations, strict=True)
    ]
    return SEPARATOR.join(parts)


def _headlines(turn: int, answer: Answer, words: Strings) -> str:
    """A line for each article that is listed."""
    return "\n".join(f"- {markdown_text(one_line(c.quote))}{_GLUE}{chip(turn, c, words)}" for c in answer.citations)


def _is_whole(citation: Citation) -> bool:
    return citation.marked.strip() == citation.quote.strip()


def _evidence(turn: int, citation: Citation, words: Strings) -> str:
    return f"> {_quote(turn, citation, words)}"


def _quote(turn: int, citation: Citation, words: Strings) -> str:
    """The sentence with its answering part marked, and its chip."""
    quote, start, end = citation.quote, citation.answer_start, citation.answer_end
    before, marked, after = (markdown_text(one_line(t)) for t in (quote[:start], quote[start:end], quote[end:]))
    return f"{before.lstrip()}<mark>{marked}</mark>{after}{_GLUE}{chip(turn, citation, words)}"


def chip(turn: int, citation: Citation, words: Strings) -> str:
    """The numbered link that opens a citation; its tooltip says where it leads."""
    tip = _NOT_IN_TIP.sub(" ", f"{citation.article}, {words.paragraph.format(n=citation.paragraph)}").strip()
    return f'[{citation.n}](#cite-{turn}-{citation.n} "{markdown_text(tip)}")'


def _confidence(confidence: float, words: Strings) -> str:
    return f'<span class="wb-confidence wb-level-{level(confidence)}">{words.confident(confidence)}</span>'


def _abstention(answer: Answer) -> list[str]:
    theirs = words_of_asker(answer)
    said = f'<span class="wb-abstained">{theirs.abstained}</span> {theirs.abstained_hint}'
    return [f'<span lang="{theirs.html_lang}">{said}</span>']


def _tentative(turn: int, answer: Answer, words: Strings) -> list[str]:
    """That the answer is not sure, and the sentences that may answer, without a confidence."""
    theirs = words_of_asker(answer)
    said = f'<span class="wb-tentative" lang="{theirs.html_lang}">{theirs.tentative}</span>'
    quotes = [f'> <span class="wb-perhaps">{_quote(turn, c, words)}</span>' for c in answer.quoted]
    return [said, *quotes]


def _nearest(turn: int, answer: Answer, words: Strings) -> list[str]:
    if not answer.passages:
        return []
    near = [_near(turn, n, hit, answer, words) for n, hit in enumerate(answer.passages[:NEAREST], start=1)]
    return [f'<span class="wb-nearest">{words.nearest}</span>', "\n".join(near)]


def _near(turn: int, n: int, hit: Hit, answer: Answer, words: Strings) -> str:
    """A nearest passage as a link to its card: two of the same headline differ in their paragraphs."""
    text = one_line(snippet(answer, hit.passage, _SNIPPET))
    title = markdown_text(one_line(hit.passage.article) or words.untitled)
    paragraph = words.paragraph.format(n=hit.passage.paragraph)
    return f'- [{title}](#near-{turn}-{n}) <span class="wb-nth">{paragraph}</span> {markdown_text(text)}'


def _suggested(questions: Sequence[str], words: Strings) -> list[str]:
    if not questions:
        return []
    buttons = render("suggested", questions=[one_line(question) for question in questions])
    return [f'<span class="wb-nearest">{words.could_ask}</span>', buttons]


def _actions(turn: int, words: Strings, offer: Offer, rated: bool | None) -> str:
    """The buttons below an answer; ``rated`` is what the visitor thinks of it, if they said so."""
    return render("answer_actions", turn=turn, words=words, rating=offer.rating, rated=rated)


def _plain(answer: Answer, words: Strings) -> str:
    """The hidden text that is copied. The browser puts the address of the page before each ``<b>``, which is a link."""
    blocks = []
    for block in plain_answer(answer, words):
        link = [f"<b>{html_text(block.place.query)}</b>"] if block.place else []
        blocks.append("&#10;".join([*map(markdown_text, block.text.split("\n")), *link]))
    return f'<span class="wb-plain" hidden>{"&#10;&#10;".join(blocks)}</span>'
