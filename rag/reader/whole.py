"""Which article a question about a whole article means, and what is in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.embedding import Embedder
from rag.lexical import Term, tokens
from rag.reader.enumeration import enumerations
from rag.reader.features import share_covered
from rag.reader.protocol import Finding, Reading, SentenceStore
from rag.reader.summary import ArticleQuestion, Sentence, summary
from rag.types import Hit, Passage, Span

# Chosen by ``python -m rag.training.articles``. One article is e times as likely as another that is worse by this much.
_TEMPERATURE, _POWER = 0.2, 2
#: A longer list is no summary.
MOST_ITEMS = 8

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Match:
    """An article that may be meant: its best hit, and the share of the topic that headline and lead hold."""

    hit: Hit
    covered: float

    @property
    def score(self) -> float:
        return self.covered + self.hit.scores.fused


class ArticleReader:
    """Reads whole articles. Safe to share between threads if the embedder is."""

    def __init__(self, store: SentenceStore, embedder: Embedder) -> None:
        self._store, self._embedder = store, embedder

    def read(self, question: str, asked: ArticleQuestion, hits: Sequence[Hit]) -> Reading:
        """A summary of the article that the question names; nothing if it names none.

        The confidence is the chance that the article is the one asked for.
        """
        found = matches(self._store, asked, hits)
        return self.tell(question, asked, found[0].hit.passage, sureness(found)) if found else Reading((), 0.0)

    def tell(self, question: str, asked: ArticleQuestion, passage: Passage, confidence: float) -> Reading:
        """The summary of the article that a passage is of; its list, if it is asked for several and spells one out."""
        parts = self._store.article(passage)
        lists = enumerations(parts) if asked.wants_list else []
        if len(lists) == 1 and len(lists[0]) <= MOST_ITEMS:
            chosen = [(item.passage, item.span) for item in lists[0]]
        else:
            found = [Sentence(part, span, vector) for part in parts for span, vector in self._store.sentences(part)]
            vector = self._embedder.encode_queries([question])[0]
            chosen = [(sentence.passage, sentence.span) for sentence in summary(found, vector)]
        return Reading(tuple(Finding(part, span, _visible(part, span), 0.0) for part, span in chosen), confidence)


def matches(store: SentenceStore, asked: ArticleQuestion, hits: Sequence[Hit]) -> list[Match]:
    """The articles of the hits as candidates, the likeliest first; none for a question that names none."""
    terms = store.terms(asked.topic) if asked.topic else ()
    if not terms:
        return []
    found = [_match(store, hit, terms) for hit in best_by_article(hits).values()]
    return sorted(found, key=lambda match: -match.score)


def sureness(found: Sequence[Match], *, temperature: float = _TEMPERATURE, power: int = _POWER) -> float:
    """The chance that the first match is the article meant.

    How much of the topic its headline and lead hold, to a power, times its share among the articles found (softmax).
    """
    if not found:
        return 0.0
    best = found[0]
    among = sum(math.exp((match.score - best.score) / temperature) for match in found)
    return float(best.covered**power / among)


def _match(store: SentenceStore, hit: Hit, terms: Sequence[Term]) -> Match:
    lead = store.article(hit.passage)[0]
    return Match(hit, share_covered(terms, set(tokens(lead.embedded_text))))


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
