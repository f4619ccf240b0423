"""Fit which of the likeliest spans is marked: ``python -m rag.training.spans NAME=FILE…``

On the questions over the last tenth of each set, which the reader was not trained on, with the sentence that holds the
answer given. Sets of one language count equally. A span is worth the mean of EM and F1 over characters.

A few hundred questions say little of what is seldom asked for, such as a date. With ``--near`` the weights are drawn to
those of an earlier reader. These were fitted on the same held-out questions, so with it ``worth`` flatters.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding import FloatArray
from rag.errors import InputError
from rag.evaluation.answers import likeness
from rag.reader.pointers import PointerModel, ScoredSpan, bundled_reader
from rag.reader.question import analyse
from rag.reader.refine import refine
from rag.reader.spans import SPAN_FEATURES, read_twice, regime, span_features
from rag.text import sentences, squeeze
from rag.training.corpora import Question, Reading, held_out, read_squad
from rag.training.softmax import fit_softmax
from rag.types import Span

Row = tuple[str, FloatArray, FloatArray]
Near = Mapping[str, Mapping[str, float]]
#: How strongly weights are drawn to those that are known.
_STRENGTH = 1e-2


def rows(reading: Reading, pointers: PointerModel, most: int) -> list[Row]:
    """Regime, features (n, f) and worths (n,) of the spans of ``most`` questions whose answer is in one sentence."""
    chosen = random.Random(0).sample(reading.questions, min(most, len(reading.questions)))
    found = (_row(question, reading.paragraphs[question.paragraph], pointers) for question in chosen)
    return [row for row in found if row is not None]


def _row(question: Question, text: str, pointers: PointerModel) -> Row | None:
    within = next((s for s in sentences(text) if s.start <= question.start and question.end <= s.end), None)
    if within is None:
        return None
    passage, alone = pointers.read(question.text, [text, text[within.start : within.end]])
    spans = read_twice(passage, within, alone)
    if not spans:
        return None
    worths = [worth(text, within, each, text[question.start : question.end]) for each in spans]
    return regime(text), span_features(analyse(question.text), text, spans), np.asarray(worths, np.float32)


def worth(text: str, sentence: Span, scored: ScoredSpan, answer: str) -> float:
    """The mean of EM and F1 of what would be marked, by characters without white space."""
    marked = refine(text, sentence, scored.span)
    given, gold = squeeze(text[marked.start : marked.end]), squeeze(answer)
    return (float(given == gold) + likeness(given, gold)) / 2


def fit(sets: dict[str, list[Row]], near: Near | None = None) -> dict[str, Any]:
    """Weights by regime; and, fitted on half of the questions, what the first choice is worth in the others."""
    weights, gained = {}, {}
    for name in ("zh", "en"):
        own = {key: [row for row in found if row[0] == name] for key, found in sets.items()}
        own = {key: found for key, found in own.items() if 2 * len(found) > len(sets[key])}
        if not own:
            raise InputError(f"none of the sets has text for the weights {name!r}: name one more")
        known = None if near is None else np.asarray([near[name][each] for each in SPAN_FEATURES], np.float32)
        weights[name] = dict(zip(SPAN_FEATURES, map(_rounded, _fit(own, known)), strict=True))
        half = _fit({key: found[::2] for key, found in own.items()}, known)
        for key, found in own.items():
            before = np.mean([worths[0] for _, _, worths in found[1::2]])
            after = np.mean([worths[int(np.argmax(x @ half))] for _, x, worths in found[1::2]])
            gained[key] = {"questions": len(found), "before": _rounded(before), "after": _rounded(after)}
    return {"weights": weights, "worth": gained}


def _fit(sets: dict[str, list[Row]], near: FloatArray | None) -> FloatArray:
    examples = [(x, worths, 1 / len(found)) for found in sets.values() for _, x, worths in found]
    scale = len(examples) / len(sets)
    weighted = [(x, worths, scale * weight) for x, worths, weight in examples]
    if near is None:
        return fit_softmax(weighted, len(SPAN_FEATURES))
    return fit_softmax(weighted, len(SPAN_FEATURES), near=near, strength=_STRENGTH)


def _rounded(value: float) -> float:
    return round(float(value), 4)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", metavar="NAME=FILE", help="training sets in SQuAD format")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "reader" / "spans.json")
    parser.add_argument("--near", type=Path, help="the spans.json of an earlier reader")
    parser.add_argument("--questions", type=int, default=800, help="questions of a set")
    options = parser.parse_args(arguments)
    pointers = bundled_reader()
    near = json.loads(options.near.read_text(encoding="utf-8"))["weights"] if options.near else None
    named = (each.partition("=") for each in options.sets)
    result = fit({n: rows(held_out(read_squad(Path(file))), pointers, options.questions) for n, _, file in named}, near)
    options.out.write_text(json.dumps(result | {"reader": pointers.name}, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result["worth"]))


if __name__ == "__main__":
    main()
