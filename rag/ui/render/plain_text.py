"""An answer as plain text with its citations, for the clipboard; a conversation as Markdown, for a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.types import Answer, Citation, Passage
from rag.ui.conversation import Conversation
from rag.ui.permalink import Place
from rag.ui.render.escape import one_line, printable
from rag.ui.wording import Strings, words_of_asker

#: How many passages are shown where there is no answer.
NEAREST = 3
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
_BASE = re.compile(r"https?://[^\s<>()\"'\\]{1,500}")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, and the place that they cite."""

    text: str
    place: Place | None = None


def plain_answer(answer: Answer, words: Strings) -> Iterator[Block]:
    """The short answer, or that there is no sure one; then each quote with its place."""
    if answer.abstained:
        yield Block(f"{words.asked}: {one_line(answer.question)}\n{said_instead(answer)}")
    else:
        yield Block(one_line(printable(answer.answer or "")))
    for citation in answer.quoted:
        yield Block(f"“{_line(citation.quote)}”\n{attribution(citation, words)}", Place.of(citation))
    for part in answer.not_found:
        yield Block(_line(words.not_found.format(question=part)))


def said_instead(answer: Answer) -> str:
    """What is said where there is no sure answer, in the language of the question."""
    theirs = words_of_asker(answer)
    if answer.kind == "small_talk":
        return theirs.can_ask
    return theirs.tentative if answer.status == "tentative" else theirs.abstained


def attribution(cited: Citation | Passage, words: Strings) -> str:
    """Where something stands, as one line: headline, page and paragraph."""
    article = _line(cited.article) or words.untitled
    source, paragraph = printable(cited.source), words.paragraph.format(n=cited.paragraph)
    if isinstance(cited, Citation) and cited.page:
        paragraph = f"{words.page.format(n=cited.page)}{words.list_comma}{paragraph}"
    return words.attribution.format(article=article, source=source, paragraph=paragraph)


def conversation_markdown(talk: Conversation, words: Strings, base: str = "") -> str:
    """The conversation as a Markdown document; ``base`` is the address of the page, for the links."""
    address = base if _BASE.fullmatch(base) else ""
    turns = ("\n\n".join(_turn(answer, words, address)) for answer in talk.answers.values())
    return "\n\n".join([f"# {words.exported}", *turns]) + "\n"


def _turn(answer: Answer, words: Strings, base: str) -> Iterator[str]:
    yield f"## {_escaped(answer.question)}"
    if answer.interpreted_as:
        yield f"*{_escaped(words.understood.format(question=answer.interpreted_as))}*"
    if answer.abstained:
        yield said_instead(answer)
        yield from (_quoted(citation, words, base) for citation in answer.quoted)
        near = [hit.passage for hit in answer.passages[:NEAREST]]
        if near:
            yield "\n".join([f"{words.nearest}:\n", *(f"- {_linked(p, words, base)}" for p in near)])
        return
    yield f"**{_escaped(answer.answer or '')}**"
    yield from (_quoted(citation, words, base) for citation in answer.citations)
    for part in answer.not_found:
        yield f"*{_escaped(words.not_found.format(question=part))}*"
    yield words.confident(answer.confidence)


def _quoted(citation: Citation, words: Strings, base: str) -> str:
    quote, start, end = citation.quote, citation.answer_start, citation.answer_end
    before, marked, after = (_escaped(part) for part in _parts(quote, start, end))
    return f"> {before}**{marked}**{after}  \n> {_linked(citation, words, base)}"


def _parts(quote: str, start: int, end: int) -> Iterable[str]:
    """Before, in and after the answer; white space at its ends goes outside, because Markdown ignores ``** a**``."""
    marked = quote[start:end]
    left, right = len(marked) - len(marked.lstrip()), len(marked.rstrip())
    return quote[: start + left].lstrip(), marked.strip(), quote[start + right :].rstrip()


def _linked(cited: Citation | Passage, words: Strings, base: str) -> str:
    said = _escaped(attribution(cited, words))
    return f"[{said}]({base}{Place.of(cited).query})" if base else said


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _line(text))


def _line(text: str) -> str:
    return one_line(printable(text)).strip()
