"""Fit the reader's weights and its confidence on pages held back: ``python -m rag.training.confidence``.

``rag.training.examples`` says how a question is seen.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from rag.corpus import CORPUS_VERSION
from rag.embedding import FloatArray, load_embedder
from rag.reader.span_model import FOLDER, SpanModel
from rag.reader.span_reader import FEATURES, Weights, confidence_features, ranked
from rag.training.examples import Example, pool_examples
from rag.training.pools import NEWS, make_pools, read_pages, set_names, strangers

#: Sets of encyclopaedias; Japanese is left out, because the product is made for Chinese and English.
SETS = tuple(name for name in set_names() if name not in {"jaquad", NEWS})
#: Confidence is a chance, so it stands for some mixture of questions: here about four that can be answered to one that
#: cannot. A near-miss question of a news page counts in full: these are what people ask.
KIND_WEIGHT = {"whole": 1.0, "none": 1.0, "no paragraph": 0.1, "elsewhere": 0.1}
#: What a question of a news page counts beside one of an encyclopaedia.
NEWS_WEIGHT = 2.0
#: Pools of the news pages, and questions of each: all there are.
EVERYTHING = (1000, 10_000)
#: By default so many of the answers given are right.
PRECISION = 0.9
#: What the threshold is chosen for: a little more, because pages differ. It is the mean confidence of the answers and
#: not the share of right ones, which would follow every single question of the few that are held out.
AIMED = 0.91
#: Precisions whose thresholds are written beside the default one, for who wants another.
PRECISIONS = (0.8, 0.85, 0.9, 0.95, 0.99)
#: A candidate is shown as perhaps right from this confidence on: on the held-out news pages half of those are.
TENTATIVE = 0.3
#: Of the fit, the inverse of the regularisation.
STRENGTH = 0.1
#: Weights of the fused score and of the cosine that are tried beside the logarithm of a sentence's chance.
FUSED, COSINE = (0.0, 8.0, 16.0, 32.0), (0.0, 10.0, 20.0, 30.0, 40.0)


def reranked(example: Example, fused: float, cosine: float) -> Example:
    """The example with its candidates in the order that the weights of fused score and cosine give."""
    order = {id(candidate.span): n for n, candidate in enumerate(example.candidates)}
    candidates = ranked(example.candidates, example.vector, Weights(fused, cosine, np.zeros(len(FEATURES), np.float32)))
    numbers = [order[id(candidate.span)] for candidate in candidates]
    return replace(
        example,
        candidates=candidates,
        right=tuple(example.right[n] for n in numbers),
        likeness=tuple(example.likeness[n] for n in numbers),
    )


def right_first(examples: Sequence[Example], fused: float, cosine: float) -> float:
    """The share of the questions with an answer whose first candidate is right."""
    whole = [example for example in examples if example.kind == "whole"]
    return round(float(np.mean([reranked(example, fused, cosine).right[0] for example in whole])), 4)


@dataclass(frozen=True, slots=True)
class Judged:
    """The best candidate of every example: confidence features (n, f), whether right, weights and pools (n,).

    ``answerable`` (n,) says whether the question has an answer in what was read.
    """

    features: FloatArray
    right: np.ndarray[Any, np.dtype[np.bool_]]
    weights: FloatArray
    pools: np.ndarray[Any, np.dtype[np.int64]]
    answerable: np.ndarray[Any, np.dtype[np.bool_]]

    def rows(self, chosen: Any) -> Judged:
        """The rows that ``chosen`` (n,) names."""
        return Judged(
            self.features[chosen],
            self.right[chosen],
            self.weights[chosen],
            self.pools[chosen],
            self.answerable[chosen],
        )

    @property
    def regimes(self) -> dict[str, np.ndarray[Any, np.dtype[np.bool_]]]:
        """Which rows (n,) ask within a language, and which across languages."""
        across = self.features[:, FEATURES.index("across")] > 0
        return {"within": ~across, "across": across}


def judge(examples: Sequence[Example], sets: Sequence[str]) -> Judged:
    """Examples in their final order; ``sets`` are the names of the sets of the pools."""
    weights = [KIND_WEIGHT[e.kind] * (NEWS_WEIGHT if sets[e.pool] == NEWS else 1.0) for e in examples]
    return Judged(
        np.stack([confidence_features(e.question, e.terms, e.vector, e.candidates) for e in examples]),
        np.asarray([e.right[0] for e in examples]),
        np.asarray(weights, np.float32),
        np.asarray([e.pool for e in examples]),
        np.asarray([e.kind == "whole" for e in examples]),
    )


def fit_confidence(judged: Judged) -> FloatArray:
    """Logistic weights (f,) of the chance to be right; the first feature is the constant.

    The features are scaled to a standard deviation of 1 for the fit, so that all are regularised alike.
    """
    from sklearn.linear_model import LogisticRegression

    mean, deviation = judged.features[:, 1:].mean(axis=0), judged.features[:, 1:].std(axis=0) + 1e-6
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    model.fit((judged.features[:, 1:] - mean) / deviation, judged.right, sample_weight=judged.weights)
    weights = model.coef_[0] / deviation
    return np.concatenate([model.intercept_ - weights @ mean, weights]).astype(np.float32)


def cross_validated(judged: Judged) -> FloatArray:
    """The confidence of each row by weights fitted on the other pools."""
    confidence = np.zeros(len(judged.right), dtype=np.float32)
    for pool in np.unique(judged.pools):
        out = judged.pools == pool
        confidence[out] = 1 / (1 + np.exp(-judged.features[out] @ fit_confidence(judged.rows(~out))))
    return confidence


def threshold_for(precision: float, right: Any, confidence: FloatArray, weights: FloatArray) -> float:
    """The lowest confidence, in hundredths, from which on the share ``precision`` of the answers is right; all (n,).

    ``right`` may hold chances instead.

    >>> threshold_for(0.7, np.array([True, True, False]), np.array([0.9, 0.5, 0.45]), np.ones(3))
    0.46
    """
    for hundredths in range(1, 100):
        given = confidence >= hundredths / 100
        if not given.any() or np.average(right[given], weights=weights[given]) >= precision:
            return hundredths / 100
    return 0.99


def figures(judged: Judged, confidence: FloatArray, threshold: float) -> dict[str, float]:
    """What a threshold gives: shares answered and right, and the expected calibration error (ten bins)."""
    given = confidence >= threshold
    whole = judged.answerable
    bins = np.clip((confidence * 10).astype(int), 0, 9)
    off = [
        judged.weights[bins == b].sum()
        * abs(_mean(judged.right, judged, bins == b) - _mean(confidence, judged, bins == b))
        for b in np.unique(bins)
    ]
    return {
        "examples": len(judged.right),
        "right_with_answer": round(float(judged.right[whole].mean()), 4),
        "answered_with_answer": round(float(given[whole].mean()), 4),
        "answered_without_answer": round(float(given[~whole].mean()), 4),
        "right_of_answered": round(_mean(judged.right, judged, given), 4),
        "ece": round(float(sum(off) / judged.weights.sum()), 4),
    }


def _mean(values: Any, judged: Judged, where: Any) -> float:
    return float(np.average(values[where], weights=judged.weights[where])) if where.any() else 0.0


def at_precisions(judged: Judged, confidence: FloatArray) -> dict[str, dict[str, float]]:
    """For each of ``PRECISIONS``, as "0.90", the lowest threshold that reaches it and what that threshold gives.

    ``right_of_answered`` is the precision that is really reached: less than was asked for where none reaches it.
    """
    found = {}
    for precision in PRECISIONS:
        threshold = threshold_for(precision, judged.right, confidence, judged.weights)
        given = figures(judged, confidence, threshold)
        kept = ("answered_with_answer", "answered_without_answer", "right_of_answered")
        found[f"{precision:.2f}"] = {"threshold": threshold, **{name: given[name] for name in kept}}
    return found


def fit(judged: Judged, *, each_regime: bool = False) -> dict[str, Any]:
    """The contents of weights.json but for where they come from.

    One threshold serves questions within a language and across languages: that at which ``AIMED`` of the answers are
    expected to be right, of both together, or with ``each_regime`` of each. ``precisions`` has the threshold of each of
    ``PRECISIONS`` by regime and for both (``"all"``), held out.
    """
    confidence, regimes = cross_validated(judged), judged.regimes
    everything = {"all": np.ones(len(judged.right), np.bool_)}
    threshold = max(
        threshold_for(AIMED, confidence[rows], confidence[rows], judged.weights[rows])
        for rows in (regimes if each_regime else everything).values()
    )
    return {
        "confidence": dict(zip(FEATURES, map(_rounded, fit_confidence(judged)), strict=True)),
        "threshold": threshold,
        "tentative": min(TENTATIVE, threshold),
        "precision": PRECISION,
        "precision_of": "each regime" if each_regime else "both regimes together",
        "held_out": figures(judged, confidence, threshold),
        "regimes": {
            name: {"held_out": figures(judged.rows(rows), confidence[rows], threshold)}
            for name, rows in regimes.items()
        },
        "precisions": {
            name: at_precisions(judged.rows(rows), confidence[rows]) for name, rows in {**everything, **regimes}.items()
        },
    }


def _rounded(value: float) -> float:
    return round(float(value), 4)


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--data", type=Path, required=True, help="folder with qa/ and news/")
    made.add_argument("--work", type=Path, required=True, help="folder for the pools' indexes")
    made.add_argument("--model", help="what the index is built with; default the bundled model")
    made.add_argument("--reader", type=Path, default=FOLDER, help="folder of the reader; default the bundled one")
    made.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "reader" / "weights.json")
    made.add_argument("--pools", type=int, default=2, help="pools of a set of an encyclopaedia")
    made.add_argument("--size", type=int, default=60, help="paragraphs of a pool")
    made.add_argument("--questions", type=int, default=20, help="questions of such a pool, and as many across")
    made.add_argument("--each-regime", action="store_true", help="a threshold that reaches the precision in both")
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the sets, fit, write the weights."""
    options = parser().parse_args(arguments)
    embedder, model = load_embedder(options.model), SpanModel(options.reader)
    sets = dict.fromkeys(SETS, options.questions) | {NEWS: 10_000}
    pools = [
        pool
        for name, questions in sets.items()
        for pool in make_pools(
            name, read_pages(options.data, name), size=options.size, most=options.pools, questions=questions, seed=0
        )
    ]
    examples: list[Example] = []
    for number, pool in enumerate(pools):
        foreign = strangers(pools, number) if pool.set_name != NEWS else []
        examples += pool_examples(number, pool, foreign, embedder, model, options.work)
        print(f"{pool.name}: {len(pool.questions)} questions", flush=True)
    rights = {weights: right_first(examples, *weights) for weights in product(FUSED, COSINE)}
    fused, cosine = max(rights, key=lambda weights: rights[weights])
    judged = judge([reranked(example, fused, cosine) for example in examples], [pool.set_name for pool in pools])
    result: dict[str, Any] = (
        {"fused": fused, "cosine": cosine, "right_first": rights[fused, cosine]}
        | fit(judged, each_regime=options.each_regime)
        | {
            "reader": model.name,
            "fitted_on": [pool.name for pool in pools],
            "model": embedder.name,
            "corpus": CORPUS_VERSION,
            "date": datetime.now(UTC).date().isoformat(),
        }
    )
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: regime["held_out"] for name, regime in result["regimes"].items()}, indent=1))


if __name__ == "__main__":
    main()
