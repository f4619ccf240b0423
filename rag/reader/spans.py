"""Which of the likeliest spans of a sentence is marked: the pointers' first choice often takes too much with it.

The sentence is read once more by itself, which shows better where an answer begins and ends, while its passage shows
better which one is meant. And a span tends to begin where its sentence does and to say the question's subject again: a
few facts about each, with weights that were fitted for this reader, mend that.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np

from rag.embedding import FloatArray
from rag.lexical import tokens
from rag.reader.pointers import Pointed, ScoredSpan
from rag.reader.question import Kind, Question
from rag.reader.shapes import DATE, NUMBER
from rag.text import fold, language
from rag.types import Span

#: Spans of a sentence that are weighed.
CHOICES = 20
# Spans of either reading that are scored in both; what one of them leaves out counts as the last of its own.
_COMPARED = 400
SPAN_FEATURES = ("score", "length", "said", "commas", "opens", "closes", "bare", "shape")
_EDGE = re.compile(r"[\s,，.。;；:：!！?？、()（）\"“”《》「」『』—-]")
_COMMA = re.compile(r"[,，;；:：]")


def read_twice(passage: Pointed, sentence: Span, alone: Pointed) -> list[ScoredSpan]:
    """The ``CHOICES`` likeliest spans of a sentence by the mean of two readings, best first.

    ``sentence`` points into the text of ``passage``; ``alone`` is the sentence read by itself, counted from its start.
    """
    start = sentence.start
    wide = {each.span: each.score for each in passage.likeliest(sentence, _COMPARED)}
    close = {
        Span(each.span.start + start, each.span.end + start): each.score
        for each in alone.likeliest(Span(0, sentence.end - start), _COMPARED)
    }
    if not wide or not close:
        return [ScoredSpan(span, score) for span, score in (wide or close).items()][:CHOICES]
    last = min(wide.values()), min(close.values())
    both = [
        ScoredSpan(span, (wide.get(span, last[0]) + close.get(span, last[1])) / 2)
        for span in dict.fromkeys([*wide, *close])
    ]
    return sorted(both, key=lambda each: (-each.score, each.span.start, each.span.end))[:CHOICES]


def span_features(question: Question, text: str, spans: Sequence[ScoredSpan]) -> FloatArray:
    """Shape (n_spans, len(SPAN_FEATURES)); ``spans`` point into ``text``, the best first."""
    asked = set(tokens(question.text))
    rows = [_row(question, asked, text, each, spans[0].score) for each in spans]
    return np.asarray(rows, np.float32).reshape(len(rows), len(SPAN_FEATURES))


def _row(question: Question, asked: set[str], text: str, scored: ScoredSpan, best: float) -> tuple[float, ...]:
    start, end = scored.span.start, scored.span.end
    part = text[start:end]
    own = tokens(part)
    return (
        scored.score - best,
        math.log1p(len(own)),
        sum(token in asked for token in own) / len(own) if own else 0.0,
        min(3, len(_COMMA.findall(part))),
        float(start == 0 or _EDGE.match(text[start - 1]) is not None),
        float(end == len(text) or _EDGE.match(text[end]) is not None),
        float(_EDGE.match(part) is None),
        _shape(question, part),
    )


def _shape(question: Question, part: str) -> float:
    """1 if the span is a number or date of the kind asked for and nothing else, -1 if it has none in it."""
    if question.kind is Kind.OTHER:
        return 0.0
    pattern = DATE if question.kind is Kind.DATE else NUMBER
    folded = fold(part).strip()
    if pattern.fullmatch(folded):
        return 1.0
    return 0.0 if pattern.search(folded) else -1.0


def chosen(
    question: Question, text: str, spans: Sequence[ScoredSpan], weights: Mapping[str, FloatArray] | None = None
) -> Span:
    """The span to mark, of ``spans`` in ``text``.

    ``weights`` has those for English text and for any other (``"zh"``); the shipped ones by default.
    """
    by_language = weights or fitted_spans()
    return spans[int(np.argmax(span_features(question, text, spans) @ by_language[regime(text)]))].span


def regime(text: str) -> str:
    """Whose weights a text takes."""
    return "en" if language(text) == "en" else "zh"


@cache
def fitted_spans() -> Mapping[str, FloatArray]:
    """The shipped weights."""
    found = json.loads(files("rag.reader").joinpath("spans.json").read_text(encoding="utf-8"))
    return {
        name: np.asarray([weights[feature] for feature in SPAN_FEATURES], np.float32)
        for name, weights in found["weights"].items()
    }
