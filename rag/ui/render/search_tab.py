"""The search tab as HTML: the passages that the index finds by meaning, by words and fused, with ranks and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.types import Answer, Hit, Leg, Passage
from rag.ui.permalink import Place
from rag.ui.render.escape import one_line
from rag.ui.render.templates import render
from rag.ui.wording import Strings

SHOWN = 10
LEGS: tuple[Leg, ...] = ("fused", "dense", "lexical")
_SNIPPET = 90


@dataclass(frozen=True, slots=True)
class Row:
    """A passage with its rank in each leg that put it among the first, and its score where it is known."""

    passage: Passage
    ranks: Mapping[Leg, int]
    scores: Mapping[Leg, float]


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a leg put a passage."""

    name: str
    rank: str
    score: str
    missed: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """A row as it is shown."""

    title: str
    source: str
    paragraph: str
    snippet: str
    place: Place
    legs: Sequence[_Standing]


def ranked(legs: Mapping[Leg, Sequence[Hit]]) -> list[Row]:
    """The passages that any leg found: in fused order, then those that single legs alone put first, by best rank."""
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
    scores = {"dense": hit.scores.dense, "lexical": hit.scores.lexical, "fused": hit.scores.fused}
    legs = LEGS if leg == "fused" else (leg,)
    return {name: score for name in legs if (score := scores[name]) is not None}


def verdict(answer: Answer, threshold: float, words: Strings) -> str:
    """What the chat would do with the question, and why."""
    said = {"answered": words.would_answer, "tentative": words.would_suggest, "none": words.would_abstain}[
        answer.status
    ]
    short = one_line(answer.answer or "".join(citation.marked for citation in answer.quoted[:1]))
    return said.format(confidence=f"{answer.confidence:.2f}", threshold=f"{threshold:.2f}", answer=short)


def search_html(query: str, words: Strings, *, note: str = "", rows: Sequence[Row] = (), verdict: str = "") -> str:
    """The form with ``query`` in it; below it a note, or the ranked passages and what the chat would do."""
    return render(
        "search", query=query, words=words, note=note, verdict=verdict, lines=[_line(row, words) for row in rows]
    )


def _line(row: Row, words: Strings) -> _Line:
    passage = row.passage
    text = one_line(passage.text).strip()
    return _Line(
        one_line(passage.article) or words.untitled,
        passage.source,
        words.paragraph.format(n=passage.paragraph),
        text if len(text) <= _SNIPPET else text[:_SNIPPET].rstrip() + "…",
        Place.of(passage),
        [_standing(row, leg, name, words) for leg, name in zip(LEGS, words.legs, strict=True)],
    )


def _standing(row: Row, leg: Leg, name: str, words: Strings) -> _Standing:
    missed = leg not in row.ranks
    rank = words.not_ranked.format(k=SHOWN) if missed else words.rank.format(n=row.ranks[leg])
    score = f"{row.scores[leg]:.3f}" if leg in row.scores else ""
    return _Standing(name, rank, score, missed)
