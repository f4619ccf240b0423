"""Which article a question about a whole article means, and what is in it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from rag.embedding import Embedder, FloatArray
from rag.lexical import Term, tokens
from rag.reader.enumeration import asks_for_list, enumerations
from rag.reader.protocol import Finding, Reading, ScoredFinding, SentenceStore
from rag.reader.span_reader import share_covered
from rag.reader.summary import Sentence, summary
from rag.types import Hit, Passage, Span

WEIGHTS = "articles.json"
CONFIDENCE_FEATURES = ("constant", "covered", "fused", "dense", "margin")
#: A longer list is no summary.
MOST_ITEMS = 8

Place = tuple[str, int]


@cache
def _fitted() -> dict[str, Any]:
    """What ``python -m rag.training.articles`` wrote."""
    return dict(json.loads(files("rag.reader").joinpath(WEIGHTS).read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Match:
    """An article that may be meant: its best hit, and the share of the question that headline and lead hold."""

    hit: Hit
    covered: float

    @property
    def score(self) -> float:
        return self.covered + self.hit.scores.fused


class ArticleReader:
    """Reads whole articles. Safe to share between threads if the embedder is."""

    def __init__(self, store: SentenceStore, embedder: Embedder) -> None:
        self._store, self._embedder = store, embedder

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """A summary of the article that the question names; nothing without hits.

        The confidence is the chance that the article is the one asked for.
        """
        likely = matches(self._store, question, hits)
        return self.summarise(question, likely[0].hit.passage, sureness(likely)) if likely else Reading((), 0.0)

    def summarise(self, question: str, passage: Passage, confidence: float) -> Reading:
        """The summary of the article that a passage is of; its list, if it is asked for several and spells one out."""
        parts = self._store.article(passage)
        lists = enumerations(parts) if asks_for_list(question) else []
        if len(lists) == 1 and len(lists[0]) <= MOST_ITEMS:
            chosen = [(item.passage, item.span) for item in lists[0]]
        else:
            rows = [Sentence(part, span, vector) for part in parts for span, vector in self._store.sentences(part)]
            vector = self._embedder.encode_queries([question])[0]
            chosen = [(sentence.passage, sentence.span) for sentence in summary(rows, vector)]
        findings = tuple(Finding(part, span, _visible(part, span), 0.0) for part, span in chosen)
        candidates = tuple(ScoredFinding(finding, confidence) for finding in findings[:1])
        return Reading(findings, confidence, candidates=candidates)


def matches(store: SentenceStore, question: str, hits: Sequence[Hit], common: Set[str] | None = None) -> list[Match]:
    """The articles of the hits, the likeliest first; ``common`` are the tokens that only say that one is asked for."""
    common = frozenset(_fitted()["common"]) if common is None else common
    terms = [term for term in store.terms(question) if not all(_is_common(form, common) for form in term.forms)]
    rows = [Match(hit, _covered(store, hit, terms)) for hit in best_by_article(hits).values()]
    return sorted(rows, key=lambda match: -match.score)


def _is_common(form: Sequence[str], common: Set[str]) -> bool:
    """Whether a form of a term is made of common tokens; a pair of characters is if one of the two is."""
    return all(token in common or (len(token) == 2 and not common.isdisjoint(token)) for token in form)


def _covered(store: SentenceStore, hit: Hit, terms: Sequence[Term]) -> float:
    lead = store.article(hit.passage)[0]
    return share_covered(terms, set(tokens(lead.embedded_text)))


def confidence_features(likely: Sequence[Match]) -> FloatArray:
    """Shape (len(CONFIDENCE_FEATURES),), about the first match and how far the second is behind it."""
    if not likely:
        return np.zeros(len(CONFIDENCE_FEATURES), np.float32)
    best, second = likely[0], likely[1].score if len(likely) > 1 else 0.0
    scores = best.hit.scores
    return np.asarray([1.0, best.covered, scores.fused, scores.dense or 0.0, best.score - second], np.float32)


def sureness(likely: Sequence[Match]) -> float:
    """The chance that the first match is the article meant."""
    weights = [_fitted()["confidence"][name] for name in CONFIDENCE_FEATURES]
    return 1 / (1 + math.exp(-float(confidence_features(likely) @ np.asarray(weights)))) if likely else 0.0


def best_by_article(hits: Sequence[Hit]) -> Mapping[Place, Hit]:
    """The best hit of each article, best first, by source and article number."""
    best: dict[Place, Hit] = {}
    for hit in hits:
        best.setdefault((hit.passage.source, hit.passage.article_number), hit)
    return best


def _visible(passage: Passage, span: Span) -> Span:
    text = passage.text[span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    return Span(start, start + len(text.strip()))
