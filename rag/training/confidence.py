"""Fit the sentence reader's weights and its confidence on pages held back: ``python -m rag.training.confidence``.

``rag.training.examples`` says how a question is seen.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from rag.corpus import CORPUS_VERSION
from rag.embedding import FloatArray, load_embedder
from rag.reader.features import CONFIDENCE_FEATURES, RANK_FEATURES, confidence_features
from rag.reader.pointers import bundled_reader
from rag.training.examples import Example, pool_examples
from rag.training.pools import make_pools, new_to_reader, set_names, strangers
from rag.training.softmax import fit_softmax

#: The reader was made for Chinese and English.
SETS = tuple(name for name in set_names() if name != "jaquad")
#: Confidence is a chance, so it stands for some mixture of questions: here four that can be answered to one that
#: cannot.
KIND_WEIGHT = {"whole": 1.0, "no paragraph": 0.1, "no sentence": 0.05, "elsewhere": 0.1}
#: By default so many of the answers given are right.
PRECISION = 0.9
#: Precisions whose thresholds are written beside the default one, for who wants another.
PRECISIONS = (0.8, 0.85, 0.9, 0.95, 0.99)
#: What the right sentence is worth in the ranking if nothing of the answer is marked in it; marked well it is worth 1.
FOUND = 0.3


def fit_rank(examples: Sequence[Example]) -> FloatArray:
    """Weights (f,) under which sentences that answer, marked well, win a softmax over each question's candidates."""
    rows = [
        (e.features, np.where(e.right, FOUND + (1 - FOUND) * e.near, 0.0).astype(np.float32), 1.0)
        for e in examples
        if e.kind == "whole"
    ]
    return fit_softmax(rows, len(RANK_FEATURES))


@dataclass(frozen=True, slots=True)
class Judged:
    """The best candidate of every example: confidence features (n, f), whether right, weights and pools (n,)."""

    features: FloatArray
    right: np.ndarray[Any, np.dtype[np.bool_]]
    weights: FloatArray
    pools: np.ndarray[Any, np.dtype[np.int64]]


def judge(examples: Sequence[Example], rank: FloatArray) -> Judged:
    """What the ranking's first choices look like, and which are right."""
    rows = [e for e in examples if len(e.candidates)]
    scores = [e.features @ rank for e in rows]
    return Judged(
        np.stack(
            [confidence_features(e.asked, e.candidates, e.features, s) for e, s in zip(rows, scores, strict=True)]
        ),
        np.asarray([bool(e.right[int(np.argmax(s))]) for e, s in zip(rows, scores, strict=True)]),
        np.asarray([KIND_WEIGHT[e.kind] for e in rows], dtype=np.float32),
        np.asarray([e.pool for e in rows]),
    )


def fit_confidence(judged: Judged) -> FloatArray:
    """Logistic weights (f,) of the chance to be right; the first feature is the constant."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2000)
    model.fit(judged.features, judged.right, sample_weight=judged.weights)
    return np.asarray(model.coef_[0], dtype=np.float32)


def cross_validated(judged: Judged) -> FloatArray:
    """The confidence of each row by weights fitted on the other pools."""
    confidence = np.zeros(len(judged.right), dtype=np.float32)
    for pool in np.unique(judged.pools):
        out = judged.pools == pool
        rest = Judged(judged.features[~out], judged.right[~out], judged.weights[~out], judged.pools[~out])
        confidence[out] = 1 / (1 + np.exp(-judged.features[out] @ fit_confidence(rest)))
    return confidence


def threshold_for(precision: float, right: Any, confidence: FloatArray, weights: FloatArray) -> float:
    """The lowest confidence, in hundredths, from which on the share ``precision`` of the answers is right; all (n,).

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
    whole = judged.weights == KIND_WEIGHT["whole"]
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


def _together(judged: Iterable[Judged]) -> Judged:
    rows = list(judged)
    return Judged(
        np.concatenate([each.features for each in rows]),
        np.concatenate([each.right for each in rows]),
        np.concatenate([each.weights for each in rows]),
        np.concatenate([each.pools for each in rows]),
    )


def fit(examples: dict[str, list[Example]], *, each_regime: bool = False) -> dict[str, Any]:
    """The contents of weights.json but for where they come from.

    One threshold serves both regimes, because confidence means the same in both: of the answers of both together the
    share ``PRECISION`` is right, or of each regime's own with ``each_regime``, which is the higher threshold of the
    two. ``precisions`` has the threshold of each of ``PRECISIONS`` by regime and for both (``"all"``), held out.
    """
    ranks = {name: fit_rank(some) for name, some in examples.items()}
    judged = {name: judge(some, ranks[name]) for name, some in examples.items()}
    confidence = {name: cross_validated(found) for name, found in judged.items()}
    everything = (_together(judged.values()), np.concatenate(list(confidence.values())))
    regimes_alone = [(found, confidence[name]) for name, found in judged.items()]
    threshold = max(
        threshold_for(PRECISION, found.right, sure, found.weights)
        for found, sure in (regimes_alone if each_regime else [everything])
    )
    regimes = {
        name: {
            "rank": dict(zip(RANK_FEATURES, map(_rounded, ranks[name]), strict=True)),
            "confidence": dict(zip(CONFIDENCE_FEATURES, map(_rounded, fit_confidence(found)), strict=True)),
            "held_out": figures(found, confidence[name], threshold),
        }
        for name, found in judged.items()
    }
    precisions = {name: at_precisions(found, confidence[name]) for name, found in judged.items()}
    return {
        "regimes": regimes,
        "threshold": threshold,
        "precision": PRECISION,
        "precision_of": "each regime" if each_regime else "both regimes together",
        "held_out": figures(*everything, threshold),
        "precisions": {"all": at_precisions(*everything), **precisions},
    }


def _rounded(value: float) -> float:
    return round(float(value), 4)


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--data", type=Path, required=True, help="folder with qa/ and news/")
    made.add_argument("--work", type=Path, required=True, help="folder for the pools' indexes")
    made.add_argument("--model", help="what the index is built with; default the bundled model")
    made.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "reader" / "weights.json")
    made.add_argument("--pools", type=int, default=4, help="pools of a set, unless its translated questions need more")
    made.add_argument("--size", type=int, default=100, help="paragraphs of a pool")
    made.add_argument("--questions", type=int, default=150, help="questions of a pool in the language of its text")
    made.add_argument("--each-regime", action="store_true", help="a threshold that reaches the precision in both")
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the sets, fit, write the weights."""
    options = parser().parse_args(arguments)
    embedder = load_embedder(options.model)
    pools = [
        pool
        for name in SETS
        for pool in make_pools(
            name,
            new_to_reader(options.data, name),
            size=options.size,
            most=options.pools,
            questions=options.questions,
            seed=0,
        )
    ]
    examples: dict[str, list[Example]] = {"within": [], "across": []}
    for number, pool in enumerate(pools):
        for example in pool_examples(number, pool, strangers(pools, number), embedder, options.work):
            examples[example.regime].append(example)
        print(f"{pool.name}: {len(pool.questions)} questions", flush=True)
    result = fit(examples, each_regime=options.each_regime) | {
        "reader": bundled_reader().name,
        "fitted_on": [pool.name for pool in pools],
        "model": embedder.name,
        "corpus": CORPUS_VERSION,
        "date": datetime.now(UTC).date().isoformat(),
    }
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: regime["held_out"] for name, regime in result["regimes"].items()}, indent=1))


if __name__ == "__main__":
    main()
