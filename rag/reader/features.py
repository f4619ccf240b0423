"""What is known of a sentence as an answer, in numbers; their weights are fitted by rag.training.confidence."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from rag.embedding import FloatArray
from rag.lexical import Term, tokens
from rag.reader.pointers import ScoredSpan
from rag.reader.question import Kind, Question
from rag.reader.shapes import fresh_candidates
from rag.types import Hit, Span

#: What the reader's scores are divided by, so that features are of about one size.
SCORES = 10.0
RANK_FEATURES = (
    "cosine_sentence",
    "cosine_passage",
    "covered_sentence",
    "covered_with_title",
    "covered_passage",
    "lexical",
    "fused",
    "shape",
    "length",
    "fragment",
    "span",
    "span_in_passage",
    "span_share",
)
CONFIDENCE_FEATURES = (
    "constant",
    "cosine_sentence",
    "cosine_passage",
    "covered_sentence",
    "covered_with_title",
    "covered_passage",
    "rarest_missing",
    "unseen",
    "margin",
    "shape",
    "spread",
    "span",
    "span_lead",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a retrieved passage; ``span`` points into the passage's text, ``vector`` has shape (d,).

    ``answer`` is the likeliest answer in it, in the passage's text too.
    """

    hit: Hit
    span: Span
    vector: FloatArray
    answer: ScoredSpan

    @property
    def text(self) -> str:
        return self.hit.passage.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its unit vector (d,) and what it looks for word by word.

    ``unseen`` is the share of its terms' weight that the whole corpus lacks.
    """

    question: Question
    vector: FloatArray
    terms: Sequence[Term]
    unseen: float


def rank_features(asked: Asked, candidates: Sequence[Candidate]) -> FloatArray:
    """Shape (n_candidates, len(RANK_FEATURES))."""
    best_lexical = max((c.hit.scores.lexical or 0.0 for c in candidates), default=0.0) or 1.0
    best_fused = max((c.hit.scores.fused for c in candidates), default=0.0)
    passages: dict[str, tuple[float, set[str]]] = {}
    rows = []
    for candidate, of_span in zip(candidates, _span_features(candidates), strict=True):
        passage = candidate.hit.passage
        if passage.passage_id not in passages:
            title = set(tokens(passage.article))
            covered = share_covered(asked.terms, title | set(tokens(passage.text)))
            passages[passage.passage_id] = (covered, title)
        covered_passage, title = passages[passage.passage_id]
        own = set(tokens(candidate.text))
        cosine = float(candidate.vector @ asked.vector)
        scores = candidate.hit.scores
        rows.append(
            (
                cosine,
                scores.dense if scores.dense is not None else cosine,
                share_covered(asked.terms, own),
                share_covered(asked.terms, own | title),
                covered_passage,
                (scores.lexical or 0.0) / best_lexical,
                scores.fused - best_fused,
                shape(asked.question, candidate.text),
                math.log1p(len(candidate.text.strip())) / 5,
                float(_is_fragment(candidate.text)),
                *of_span,
            )
        )
    return np.asarray(rows, dtype=np.float32).reshape(len(rows), len(RANK_FEATURES))


def _span_features(candidates: Sequence[Candidate]) -> list[tuple[float, float, float]]:
    """The score of each candidate's answer, how far it is behind the best of its passage, and its share of all."""
    if not candidates:
        return []
    best: dict[str, float] = {}
    for candidate in candidates:
        name = candidate.hit.passage.passage_id
        best[name] = max(best.get(name, -math.inf), candidate.answer.score)
    top = max(best.values())
    total = sum(math.exp(c.answer.score - top) for c in candidates)
    return [
        (
            c.answer.score / SCORES,
            (c.answer.score - best[c.hit.passage.passage_id]) / SCORES,
            math.exp(c.answer.score - top) / total,
        )
        for c in candidates
    ]


def confidence_features(
    asked: Asked, candidates: Sequence[Candidate], features: FloatArray, scores: FloatArray
) -> FloatArray:
    """Shape (len(CONFIDENCE_FEATURES),), about the best-scored candidate among the others."""
    best = int(np.argmax(scores))
    row = dict(zip(RANK_FEATURES, features[best].tolist(), strict=True))
    top = candidates[best]
    held = set(tokens(top.hit.passage.embedded_text))
    others = np.delete(scores, best)
    cosines = features[:, 0]
    spread = float((cosines[best] - cosines.mean()) / (cosines.std() + 1e-3)) if len(cosines) > 1 else 0.0
    spans = np.delete(features[:, RANK_FEATURES.index("span")], best)
    values = {
        "constant": 1.0,
        "span_lead": row["span"] - float(spans.max()) if len(spans) else 0.0,
        "rarest_missing": rarest_missing(asked.terms, held),
        "unseen": asked.unseen,
        "margin": float(scores[best] - others.max()) if len(others) else 0.0,
        "spread": spread,
    } | row
    return np.asarray([values[name] for name in CONFIDENCE_FEATURES], dtype=np.float32)


def share_covered(terms: Sequence[Term], held: Set[str]) -> float:
    """Share of the question's idf weight whose terms are in ``held``; 0 for a question without terms."""
    total = sum(term.weight for term in terms)
    return sum(term.weight for term in terms if term.in_(held)) / total if total else 0.0


def rarest_missing(terms: Sequence[Term], held: Set[str]) -> float:
    """Weight of the rarest missing term as a share of the rarest term's weight: 1 if the rarest itself is missing."""
    missing = [term.weight for term in terms if not term.in_(held)]
    return max(missing, default=0.0) / max((term.weight for term in terms), default=1.0)


def shape(question: Question, sentence: str) -> float:
    """1 if the sentence has a number or date of the kind asked for, -1 if it lacks it, 0 if none is asked for."""
    if question.kind is Kind.OTHER:
        return 0.0
    return 1.0 if fresh_candidates(question, sentence) else -1.0


def _is_fragment(sentence: str) -> bool:
    """A heading or a broken-off piece."""
    return not sentence.rstrip().endswith(tuple("。！？!?.;；”\"'’」』）)…"))
