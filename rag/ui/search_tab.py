"""The search tab: how the index finds a question, by meaning, by words and fused, with ranks, scores and threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import gradio as gr

from rag.chatbot import clean_question
from rag.errors import RagError
from rag.types import Answer, Hit, Leg, Passage
from rag.ui.bot import Bot
from rag.ui.escape import html_text, one_line
from rag.ui.events import problem, text_of, told
from rag.ui.permalink import Place
from rag.ui.strings import Lang, Strings, strings

SHOWN = 10
_SNIPPET = 90
_LEGS: tuple[Leg, ...] = ("fused", "dense", "lexical")


@dataclass(frozen=True, slots=True)
class Row:
    """A passage with its rank in each leg that put it among the first, and its score where it is known."""

    passage: Passage
    ranks: Mapping[Leg, int]
    scores: Mapping[Leg, float]


def ranked(legs: Mapping[Leg, Sequence[Hit]]) -> list[Row]:
    """All passages that a leg found, in fused order, then those that only single legs put first, best rank first."""
    passages: dict[str, Passage] = {}
    ranks: dict[str, dict[Leg, int]] = {}
    scores: dict[str, dict[Leg, float]] = {}
    for leg, hits in legs.items():
        for rank, hit in enumerate(hits, start=1):
            name = hit.passage.passage_id
            passages[name] = hit.passage
            ranks.setdefault(name, {})[leg] = rank
            scores.setdefault(name, {}).update(_scores(hit, leg))
    rows = [Row(passage, ranks[name], scores[name]) for name, passage in passages.items()]
    return sorted(rows, key=lambda row: ("fused" not in row.ranks, row.ranks.get("fused") or min(row.ranks.values())))


def _scores(hit: Hit, leg: Leg) -> dict[Leg, float]:
    """The scores of a hit; that of a single leg has no fused one of its own."""
    known = {"dense": hit.scores.dense, "lexical": hit.scores.lexical, "fused": hit.scores.fused}
    told = _LEGS if leg == "fused" else (leg,)
    return {each: score for each in told if (score := known[each]) is not None}


@dataclass(frozen=True, slots=True)
class SearchTab:
    """The events of the tab."""

    bot: Bot

    def search(self, lang: Lang, event: gr.EventData) -> str:
        """The tab with what was found for the query that the browser sent, which may be anything."""
        words = strings(lang)
        query = text_of(event, "query")
        if not query:
            return search_html("", "", words)
        trouble = problem(query, words)
        if trouble:
            return search_html(query, _note(trouble), words)
        try:
            return search_html(query, self._found(clean_question(query), words), words)
        except RagError as error:
            return search_html(query, _note(told(error, words)), words)

    def _found(self, query: str, words: Strings) -> str:
        rows = ranked({leg: self.bot.search(query, SHOWN, leg) for leg in _LEGS})
        if not rows:
            return _note(words.search_nothing)
        said = verdict(self.bot.ask(query), self.bot.threshold, words)
        items = "".join(_row_html(row, words) for row in rows)
        return f'<p class="wb-verdict" role="status">{html_text(said)}</p><ol class="wb-ranks">{items}</ol>'


def verdict(answer: Answer, threshold: float, words: Strings) -> str:
    """What the chat would do with the question, and why."""
    said = {"answered": words.would_answer, "tentative": words.would_suggest, "none": words.would_abstain}[
        answer.status
    ]
    short = one_line(answer.answer or "".join(citation.marked for citation in answer.quoted[:1]))
    return said.format(confidence=f"{answer.confidence:.2f}", threshold=f"{threshold:.2f}", answer=short)


def search_html(query: str, found: str, words: Strings) -> str:
    """The form with ``query`` in it, and what was found."""
    return (
        f'<section class="wb-search" lang="{words.html_lang}" aria-label="{words.search_title}">'
        f'<p class="wb-about">{words.search_about}</p>'
        f'<form role="search"><input name="query" type="search" aria-label="{words.search_hint}" '
        f'placeholder="{words.search_hint}" autocomplete="off" value="{html_text(query)}">'
        f'<button type="submit">{words.search_do}</button></form>{found}</section>'
    )


def _note(message: str) -> str:
    return f'<p class="wb-note" role="alert">{html_text(message)}</p>'


def _row_html(row: Row, words: Strings) -> str:
    passage = row.passage
    text = one_line(passage.text).strip()
    snippet = text if len(text) <= _SNIPPET else text[:_SNIPPET].rstrip() + "…"
    title = html_text(one_line(passage.article) or words.untitled)
    legs = "".join(_leg_html(row, leg, name, words) for leg, name in zip(_LEGS, words.legs, strict=True))
    place = words.paragraph.format(n=passage.paragraph)
    return (
        f'<li><button type="button" data-view="place" data-key="{html_text(Place.of(passage).query)}">{title}</button>'
        f'<p class="wb-place"><span>{html_text(passage.source)}</span><span>{place}</span></p>'
        f"<p>{html_text(snippet)}</p><dl>{legs}</dl></li>"
    )


def _leg_html(row: Row, leg: Leg, name: str, words: Strings) -> str:
    rank = words.rank.format(n=row.ranks[leg]) if leg in row.ranks else words.not_ranked.format(k=SHOWN)
    score = f" <b>{row.scores[leg]:.3f}</b>" if leg in row.scores else ""
    missed = "" if leg in row.ranks else ' class="wb-missed"'
    return f"<div{missed}><dt>{name}</dt><dd>{rank}{score}</dd></div>"
