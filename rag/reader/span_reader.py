"""The reader: which sentences of the retrieved passages answer a question, what they mark, and how sure that is."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np

from rag.embedding import Embedder, FloatArray
from rag.lexical import Term, tokens
from rag.reader.computed import is_unsaid
from rag.reader.postprocess import clean_span
from rag.reader.protocol import Finding, Reading, ScoredFinding, SentenceStore
from rag.reader.span_model import PassageSpans, ScoredSpan
from rag.text import language
from rag.types import Hit, Span

#: Retrieved passages that are read: reading is what takes time, and more of them put no more right sentences first on
#: held-out questions.
READ = 5
#: Candidates of a reading.
MOST_CANDIDATES = 3
#: Of a list, an item is marked that is at least this share as likely as the likeliest.
ITEM_SHARE = 0.25
MOST_ITEMS = 8
#: The most confidence in a sentence that holds the figures of an answer, but not the answer.
UNSAID = 0.5
FEATURES = (
    "constant",
    "across",
    "sentence",
    "span_share",
    "lead",
    "nothing",
    "cosine",
    "cosine_lead",
    "covered",
    "fused",
    "first_passage",
)
#: Chances are kept this far from 0 and 1 where their logarithms are taken.
_TINY = 1e-6
_NOTHING = Reading(findings=(), confidence=0.0)


class Model(Protocol):
    """What marks answers; ``SpanModel`` is one."""

    def read(self, question: str, passages: Sequence[tuple[str, str]], context: str = "") -> Sequence[PassageSpans]:
        """Each passage, a headline and a text, read for an answer. ``context`` is the turn before."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer. ``span`` points into the passage's text, ``vector`` has shape (d,).

    ``chance`` is the chance by the model that one of its spans answers, ``spans`` are these with their own chances,
    best first; ``score`` orders the candidates of a question.
    """

    hit: Hit
    span: Span
    vector: FloatArray
    chance: float
    spans: tuple[tuple[Span, float], ...]
    score: float

    @property
    def text(self) -> str:
        return self.hit.passage.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class Weights:
    """Fitted by ``rag.training.confidence``.

    ``fused`` and ``cosine``: how much the fused score of the passage and the cosine of question and sentence count
    beside the logarithm of a sentence's chance. ``confidence`` (f,) are the logistic weights of ``FEATURES``.
    """

    fused: float
    cosine: float
    confidence: FloatArray


@cache
def fitted() -> Weights:
    """The shipped weights."""
    shipped = _shipped()
    confidence = np.asarray([shipped["confidence"][feature] for feature in FEATURES], np.float32)
    return Weights(float(shipped["fused"]), float(shipped["cosine"]), confidence)


def fitted_threshold() -> float:
    """The confidence from which on answers are given by default; how it was chosen stands in weights.json."""
    return float(_shipped()["threshold"])


def fitted_tentative_threshold() -> float:
    """The confidence from which on a candidate is shown as perhaps right."""
    return float(_shipped()["tentative"])


@cache
def _shipped() -> dict[str, Any]:
    return dict(json.loads(files("rag.reader").joinpath("weights.json").read_text(encoding="utf-8")))


class SpanReader:
    """Reads the first passages of each question with a model, the shipped weights by default."""

    def __init__(self, store: SentenceStore, embedder: Embedder, model: Model, weights: Weights | None = None) -> None:
        self._store = store
        self._embedder = embedder
        self._model = model
        self._weights = weights or fitted()

    def read(
        self, questions: Sequence[str], hits: Sequence[Sequence[Hit]], contexts: Sequence[str] | None = None
    ) -> list[Reading]:
        if not questions:
            return []
        before = contexts or [""] * len(questions)
        meant = [with_context(*row) for row in zip(questions, before, strict=True)]
        vectors = self._embedder.encode_queries(meant)
        return [self._read(*row) for row in zip(questions, meant, vectors, hits, before, strict=True)]

    def _read(self, question: str, meant: str, vector: FloatArray, hits: Sequence[Hit], context: str) -> Reading:
        candidates = self.candidates(question, vector, hits, context)
        if not candidates:
            return _NOTHING
        features = confidence_features(question, self._store.terms(meant), vector, candidates)
        confidence = _sigmoid(float(features @ self._weights.confidence))
        best = candidates[0]
        if is_unsaid(question, best.text):
            confidence = min(confidence, UNSAID)
        scored = tuple(
            ScoredFinding(_finding(candidate, candidate.spans[0][0]), confidence * _ratio(candidate, best))
            for candidate in candidates[:MOST_CANDIDATES]
        )
        findings = tuple(_finding(best, span) for span in items(best.spans))
        return Reading(findings=findings, confidence=confidence, candidates=scored)

    def candidates(self, question: str, vector: FloatArray, hits: Sequence[Hit], context: str = "") -> list[Candidate]:
        """The sentences of the first ``READ`` hits in which an answer may begin, the likeliest first.

        ``vector`` (d,) is the question's.
        """
        hits = hits[:READ]
        passages = [(hit.passage.article, hit.passage.text) for hit in hits]
        read = self._model.read(question, passages, context) if passages else ()
        total = np.logaddexp.reduce([0.0, *(passage.mass for passage in read)])
        candidates = [
            candidate
            for hit, passage in zip(hits, read, strict=True)
            for candidate in self._of_passage(hit, passage, float(total))
        ]
        return ranked(candidates, vector, self._weights)

    def _of_passage(self, hit: Hit, passage: PassageSpans, total: float) -> list[Candidate]:
        made = []
        for span, vector in self._store.sentences(hit.passage):
            spans = _cleaned(hit.passage.text, span, passage.spans, total)
            if spans:
                chance = min(1.0, sum(chance for _, chance in spans))
                made.append(Candidate(hit, span, vector, chance, spans, 0.0))
        return made


def with_context(question: str, context: str) -> str:
    """The question behind the one before, which is the first line of ``context``; itself without a context.

    >>> with_context("在哪里?", "会议由谁主持?\\n张三"), with_context("在哪里?", "")
    ('会议由谁主持? 在哪里?', '在哪里?')
    """
    return f"{context.splitlines()[0]} {question}" if context else question


def ranked(candidates: Sequence[Candidate], vector: FloatArray, weights: Weights) -> list[Candidate]:
    """The candidates of a question with their scores, the best first. ``vector`` (d,) is the question's."""
    cosines = [float(candidate.vector @ vector) for candidate in candidates]
    top_fused = max((candidate.hit.scores.fused for candidate in candidates), default=0.0)
    top_cosine = max(cosines, default=0.0)
    scored = [
        replace(
            candidate,
            score=math.log(candidate.chance + _TINY)
            + weights.fused * (candidate.hit.scores.fused - top_fused)
            + weights.cosine * (cosine - top_cosine),
        )
        for candidate, cosine in zip(candidates, cosines, strict=True)
    ]
    return sorted(scored, key=lambda candidate: -candidate.score)


def confidence_features(
    question: str, terms: Sequence[Term], vector: FloatArray, candidates: Sequence[Candidate]
) -> FloatArray:
    """Shape (len(FEATURES),), about the first of the candidates among the others.

    ``terms`` and ``vector`` (d,) are the question's.
    """
    best, others = candidates[0], candidates[1:]
    cosine = float(best.vector @ vector)
    values = {
        "constant": 1.0,
        "across": float(regime(question, best) == "across"),
        "sentence": _log_odds(best.chance),
        "span_share": best.spans[0][1] / max(best.chance, _TINY),
        "lead": best.score - max((candidate.score for candidate in others), default=best.score),
        "nothing": _log_odds(max(0.0, 1.0 - sum(candidate.chance for candidate in candidates))),
        "cosine": cosine,
        "cosine_lead": cosine - max((float(candidate.vector @ vector) for candidate in others), default=cosine),
        "covered": share_covered(terms, set(tokens(best.hit.passage.embedded_text))),
        "fused": best.hit.scores.fused,
        "first_passage": float(best.hit.scores.fused >= max(c.hit.scores.fused for c in candidates)),
    }
    return np.asarray([values[name] for name in FEATURES], np.float32)


def _cleaned(text: str, sentence: Span, spans: Sequence[ScoredSpan], total: float) -> tuple[tuple[Span, float], ...]:
    """The spans that begin in a sentence with their chances, as they would be marked; equal marks are one."""
    chances: dict[Span, float] = {}
    for scored in spans:
        if sentence.start <= scored.span.start < sentence.end:
            span = clean_span(text, sentence, scored.span)
            if not any(map(str.isalnum, text[span.start : span.end])):
                continue
            chances[span] = chances.get(span, 0.0) + math.exp(scored.logit - total)
    return tuple(sorted(chances.items(), key=lambda item: (-item[1], item[0].start, item[0].end)))


def items(spans: Sequence[tuple[Span, float]]) -> list[Span]:
    """The likeliest span with the other items of its list, in the order of the text.

    The model gives all items of a list about the same chance, and to other spans than the answer of a question for
    one thing a much smaller one. A span that holds several items is the list as a whole: its items are taken instead.
    """
    likely = [span for span, chance in spans if chance >= ITEM_SHARE * spans[0][1]]
    chosen: list[Span] = []
    for span in likely:
        inside = _disjoint([other for other in likely if other != span and _holds(span, other)])
        if len(inside) < 2:
            chosen.append(span)
    return sorted(_disjoint(chosen)[:MOST_ITEMS], key=lambda span: span.start)


def _disjoint(spans: Sequence[Span]) -> list[Span]:
    """Those that overlap no earlier one."""
    kept: list[Span] = []
    for span in spans:
        if not any(span.overlaps(other) for other in kept):
            kept.append(span)
    return kept


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def regime(question: str, candidate: Candidate) -> str:
    """``"across"`` if the candidate is in another language than the question, otherwise ``"within"``."""
    return "within" if language(question) == language(candidate.hit.passage.text) else "across"


def share_covered(terms: Sequence[Term], held: set[str]) -> float:
    """Share of the question's idf weight whose terms are in ``held``; 0 for a question without terms."""
    total = sum(term.weight for term in terms)
    return sum(term.weight for term in terms if term.in_(held)) / total if total else 0.0


def _finding(candidate: Candidate, span: Span) -> Finding:
    return Finding(candidate.hit.passage, candidate.span, span, candidate.score)


def _ratio(candidate: Candidate, best: Candidate) -> float:
    return min(1.0, math.exp(candidate.score - best.score))


def _log_odds(chance: float) -> float:
    kept = min(max(chance, _TINY), 1 - _TINY)
    return math.log(kept / (1 - kept))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))
