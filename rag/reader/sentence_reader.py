"""A reader that chooses among the sentences of the retrieved passages and marks the answering part."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np

from rag.embedding import Embedder, FloatArray
from rag.lexical import Term, switched
from rag.reader.enumeration import Item, enumerations
from rag.reader.features import (
    CONFIDENCE_FEATURES,
    RANK_FEATURES,
    Asked,
    Candidate,
    confidence_features,
    rank_features,
)
from rag.reader.ordinals import ordinals, speaks_of_others
from rag.reader.pointers import Pointed, averaged
from rag.reader.protocol import Finding, Reading, SentenceStore
from rag.reader.question import Question, analyse
from rag.reader.refine import refine
from rag.reader.spans import chosen, read_twice
from rag.text import language
from rag.types import Hit, Span

MAX_ITEMS = 8
#: Retrieved passages that are read: reading is what takes time.
READ = 10
_NOTHING = Reading(findings=(), confidence=0.0)


@dataclass(frozen=True, slots=True)
class Weights:
    """Fitted weights, in the order of RANK_FEATURES and CONFIDENCE_FEATURES."""

    rank: FloatArray
    confidence: FloatArray


@cache
def fitted() -> Mapping[str, Weights]:
    """The shipped weights: ``"within"`` a language, and ``"across"`` from the question's to the corpus's."""
    return {
        name: Weights(
            rank=np.asarray([regime["rank"][feature] for feature in RANK_FEATURES], np.float32),
            confidence=np.asarray([regime["confidence"][feature] for feature in CONFIDENCE_FEATURES], np.float32),
        )
        for name, regime in _shipped()["regimes"].items()
    }


def fitted_threshold() -> float:
    """The confidence from which on answers are given by default; how it was chosen stands in weights.json."""
    return float(_shipped()["threshold"])


@cache
def _shipped() -> dict[str, Any]:
    return dict(json.loads(files("rag.reader").joinpath("weights.json").read_text(encoding="utf-8")))


#: A hit with the spans of its sentences and their vectors (d,).
Given = tuple[Hit, Sequence[tuple[Span, FloatArray]]]


class Pointers(Protocol):
    """What marks answers; ``PointerModel`` is one."""

    def read(self, question: str, texts: Sequence[str]) -> Sequence[Pointed]:
        """Each of ``texts`` read for an answer to ``question``."""
        ...


class SentenceReader:
    """Scores every sentence of the hits by fitted weights, the shipped ones by default."""

    def __init__(
        self,
        store: SentenceStore,
        embedder: Embedder,
        pointers: Pointers,
        weights: Mapping[str, Weights] | None = None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._pointers = pointers
        self._weights = weights or fitted()

    def read(self, questions: Sequence[str], hits: Sequence[Sequence[Hit]]) -> list[Reading]:
        if not questions:
            return []
        vectors = self._embedder.encode_queries(questions)
        return [self._read(*row) for row in zip(questions, vectors, hits, strict=True)]

    def ask(self, text: str, vector: FloatArray) -> Asked:
        """A question as the features want it. ``vector`` has shape (d,)."""
        question = analyse(text)
        terms = self._store.terms(question.content)
        return Asked(question, vector, terms, unseen_share(terms, self._store.unseen_weight))

    def candidates(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """The sentences of the first ``READ`` hits, in the hits' order, each with its likeliest answer."""
        return self.pointed(question, self._given(hits))

    def _given(self, hits: Sequence[Hit]) -> list[Given]:
        return [(hit, self._store.sentences(hit.passage)) for hit in hits[:READ]]

    def pointed(self, question: str, given: Sequence[Given]) -> list[Candidate]:
        """``candidates`` of given hits with the spans and vectors of their sentences."""
        return _candidates(given, self._point(question, _texts(given)))

    def _point(self, question: str, texts: Sequence[str]) -> Sequence[Pointed]:
        """An English question reads Chinese text twice: as it is, and with its words put into Chinese."""
        foreign = [at for at, text in enumerate(texts) if language(text) == "zh"]
        put = switched(question) if foreign and language(question) == "en" else None
        if put is None:
            return self._pointers.read(question, texts) if texts else []
        found = list(self._pointers.read(question, texts))
        again = self._pointers.read(put, [texts[at] for at in foreign])
        for at, other in zip(foreign, again, strict=True):
            found[at] = averaged(found[at], other)
        return found

    def _read(self, text: str, vector: FloatArray, hits: Sequence[Hit]) -> Reading:
        given = self._given(hits)
        texts = self._point(text, _texts(given))
        asked, candidates = self.ask(text, vector), _of_those_meant(text, _candidates(given, texts))
        if not candidates:
            return _NOTHING
        weights = self._weights["across" if is_across(asked, candidates) else "within"]
        features = rank_features(asked, candidates)
        scores = features @ weights.rank
        confidence = _sigmoid(float(confidence_features(asked, candidates, features, scores) @ weights.confidence))
        best = candidates[int(np.argmax(scores))]
        score = float(scores.max())
        at = next(at for at, (hit, _) in enumerate(given) if hit is best.hit)
        findings = self._listed(asked, best, score) or (self._finding(asked, best, texts[at], score),)
        return Reading(findings=findings, confidence=confidence)

    def _finding(self, asked: Asked, best: Candidate, pointed: Pointed, score: float) -> Finding:
        """What is marked answers by itself; a question for yes or no is answered by what the whole sentence says."""
        text = best.hit.passage.text
        answer = best.span
        if not asked.question.is_yes_no:
            (alone,) = self._point(asked.question.text, [text[answer.start : answer.end]])
            answer = chosen(asked.question, text, read_twice(pointed, best.span, alone))
        return Finding(best.hit.passage, best.span, refine(text, best.span, answer), score)

    def _listed(self, asked: Asked, best: Candidate, score: float) -> tuple[Finding, ...]:
        """The items of a list in the best sentence's article, for a question that asks for so many things."""
        if not asked.question.is_list:
            return ()
        items = _fitting_list(asked.question, enumerations(self._store.article(best.hit.passage)))
        if not items:
            return ()
        return tuple(Finding(item.passage, item.span, _item_mark(item), score) for item in items)


def _texts(given: Sequence[Given]) -> list[str]:
    return [hit.passage.text for hit, _ in given]


def _candidates(given: Sequence[Given], texts: Sequence[Pointed]) -> list[Candidate]:
    return [
        Candidate(hit, span, vector, answer)
        for (hit, sentences), text in zip(given, texts, strict=True)
        for span, vector in sentences
        if (answer := text.best(span)) is not None
    ]


def _of_those_meant(question: str, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Without the passages that tell of the seventh where the eighth is asked about, unless there are no others."""
    asked = ordinals(question)
    if not asked:
        return candidates
    told = {hit.passage.passage_id: hit.passage for hit in (each.hit for each in candidates)}
    others = {key for key, p in told.items() if speaks_of_others(asked, ordinals(p.embedded_text))}
    return [each for each in candidates if each.hit.passage.passage_id not in others] or candidates


def is_across(asked: Asked, candidates: Sequence[Candidate]) -> bool:
    """Whether the nearest passage is in another language than the question."""
    return asked.question.lang != language(candidates[0].hit.passage.text)


def unseen_share(terms: Sequence[Term], unseen_weight: float) -> float:
    """Share of the terms' weight that the whole corpus lacks; 1 without terms."""
    total = sum(term.weight for term in terms)
    return sum(term.weight for term in terms if term.weight >= unseen_weight) / total if total else 1.0


def _fitting_list(question: Question, lists: Sequence[Sequence[Item]]) -> Sequence[Item]:
    """The one list that has as many items as the question asks for; nothing where that is not clear."""
    fitting = [items for items in lists if question.count == len(items) <= MAX_ITEMS]
    return fitting[0] if len(fitting) == 1 else ()


def _item_mark(item: Item) -> Span:
    text = item.text.rstrip().rstrip("。；;.!！")
    return Span(item.span.start, item.span.start + len(text))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))
