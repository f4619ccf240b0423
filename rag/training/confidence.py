"""Fit the sentence reader's weights and its confidence on reading sets: ``python -m rag.training.confidence``.

Each question is seen four times: as it is; with its gold paragraph taken out of what was retrieved; with only the
answering sentences taken out; and asked of another corpus. The last three have no answer, so their right confidence is
low. The paragraphs are grouped into small corpora, because that is what an index over a few newspaper pages is.

No openly licensed set has questions in one language over text in another. For those, most words of the questions are
swapped for their translations in a dictionary. Since the retriever translates them back with the same dictionary, which
would find nearly all of them, half of them are hidden from it: of the words of English news sentences it finds .41 in
their Chinese translations, of Wikipedia sentences .48.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from rag.corpus import CORPUS_VERSION
from rag.embedding import BUNDLED, Embedder, FloatArray, load_embedder
from rag.evaluation.pool import pool_documents, pool_key, pool_sources
from rag.index import Index, build
from rag.reader.features import (
    CONFIDENCE_FEATURES,
    RANK_FEATURES,
    Asked,
    Candidate,
    confidence_features,
    rank_features,
)
from rag.reader.question import analyse
from rag.reader.sentence_reader import SentenceReader, Weights, unseen_share
from rag.reader.store import IndexSentences
from rag.retriever import Retriever
from rag.text import is_cjk, language, simplify, squeeze
from rag.training.corpora import Reading, read_entries, read_squad
from rag.types import Hit, Span

HITS = 10
#: Confidence is a chance, so it stands for some mixture of questions: here two that can be answered to one that cannot.
KIND_WEIGHT = {"whole": 1.0, "no paragraph": 0.2, "no sentence": 0.1, "elsewhere": 0.2}
SWAPPED = 0.8
HIDDEN = 0.5
#: By default an answer is given that is more likely right than wrong.
THRESHOLD = 0.5
_STRENGTH = 1e-3
_LATIN = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Example:
    """One question as seen once: rank features (n, f), which candidates answer (n,), and all for the confidence."""

    pool: int
    kind: str
    asked: Asked
    candidates: Sequence[Candidate]
    features: FloatArray
    right: np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Pool:
    """A small corpus with questions: (question, the paragraph that answers, the answer)."""

    name: str
    paragraphs: tuple[str, ...]
    questions: tuple[tuple[str, str, str], ...]


def make_pools(name: str, reading: Reading, *, size: int, most: int, questions: int, seed: int) -> list[Pool]:
    """Consecutive paragraphs, so that those of one article stay together, in at most ``most`` pools."""
    rng = random.Random(seed)
    starts = list(range(0, len(reading.paragraphs), size))
    pools = []
    for start in sorted(rng.sample(starts, min(most, len(starts)))):
        inside = range(start, min(start + size, len(reading.paragraphs)))
        asked = [q for q in reading.questions if q.paragraph in inside]
        rows = [
            (q.text, reading.paragraphs[q.paragraph], reading.paragraphs[q.paragraph][q.start : q.end])
            for q in rng.sample(asked, min(questions, len(asked)))
        ]
        pools.append(Pool(f"{name} {start}", tuple(reading.paragraphs[i] for i in inside), tuple(rows)))
    return pools


@dataclass(frozen=True, slots=True)
class Asking:
    """A question put to a pool: what is embedded, which words are matched, and what answers it (nothing: elsewhere)."""

    text: str
    embedded: str
    worded: str
    gold: str
    answer: str


class _Told:
    """An embedder that embeds for a text of words what belongs to it."""

    def __init__(self, embedder: Embedder, meant: dict[str, str]) -> None:
        self.name, self.dimension = embedder.name, embedder.dimension
        self._embedder, self._meant = embedder, meant

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return self._embedder.encode_queries([self._meant[text] for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        return self._embedder.encode_passages(texts)


def pool_examples(
    number: int, pool: Pool, strangers: Pool, swap: Callable[[str], str], embedder: Embedder, work: Path
) -> Iterator[tuple[str, Example]]:
    """All examples of a pool, each with its regime: ``"within"`` or ``"across"``."""
    sources = pool_sources(pool.paragraphs)
    folder = work / pool_key(sources, embedder.name)
    build(folder, pool_documents(sources), embedder)
    rows = [(text, sources[gold], squeeze(answer)) for text, gold, answer in pool.questions]
    rows += [(text, "", "") for text, _, _ in strangers.questions]
    within = [Asking(text, text, text, gold, answer) for text, gold, answer in rows]
    rng = random.Random(number)
    across = [_swapped(asking, swap(asking.text), rng) for asking in within if language(asking.text) == "zh"]
    with Index.open(folder) as index:
        yield from (("within", e) for e in _examples(number, index, within, embedder))
        if language(pool.paragraphs[0]) == "zh":
            yield from (("across", e) for e in _examples(number, index, across, embedder))


def _swapped(asking: Asking, swapped: str, rng: random.Random) -> Asking:
    """``worded`` has of the swapped question only what is not Chinese, and gibberish for the hidden words."""
    english = "".join(" " if is_cjk(c) else c for c in swapped)
    worded = _LATIN.sub(lambda m: "qx" + m[0] if rng.random() < HIDDEN else m[0], english)
    return replace(asking, embedded=swapped, worded=f"what {worded}")


def _examples(number: int, index: Index, rows: Sequence[Asking], embedder: Embedder) -> Iterator[Example]:
    told = _Told(embedder, {row.worded: row.embedded for row in rows})
    reader = SentenceReader(IndexSentences(index), told, _no_weights())
    texts = [row.worded for row in rows]
    found = Retriever(index, told).retrieve(texts, 2 * HITS)
    for row, vector, hits in zip(rows, told.encode_queries(texts), found, strict=True):
        terms = index.terms(analyse(row.worded).content)
        asked = Asked(analyse(row.text), vector, terms, unseen_share(terms, index.unseen_weight))
        views = (
            _views(reader, hits, row.gold, row.answer) if row.gold else [("elsewhere", reader.candidates(hits[:HITS]))]
        )
        for kind, candidates in views:
            yield _example(number, kind, asked, candidates, row.gold, row.answer)


def _no_weights() -> dict[str, Weights]:
    zero = Weights(np.zeros(len(RANK_FEATURES), np.float32), np.zeros(len(CONFIDENCE_FEATURES), np.float32))
    return {"within": zero, "across": zero}


def _views(
    reader: SentenceReader, hits: Sequence[Hit], gold: str, answer: str
) -> Iterator[tuple[str, Sequence[Candidate]]]:
    yield "whole", reader.candidates(hits[:HITS])
    others = [hit for hit in hits if hit.passage.source != gold]
    yield "no paragraph", reader.candidates(others[:HITS])
    kept = [_without(hit, reader.candidates([hit]), answer) for hit in hits[:HITS]]
    yield "no sentence", [candidate for some in kept for candidate in some]


def _without(hit: Hit, candidates: Sequence[Candidate], answer: str) -> list[Candidate]:
    """The hit's sentences that do not hold the answer, as if the passage had no others."""
    kept = [c for c in candidates if answer not in squeeze(c.text)]
    if len(kept) == len(candidates):
        return kept
    passage = replace(hit.passage, text="".join(c.text for c in kept))
    found, at = [], 0
    for c in kept:
        found.append(Candidate(Hit(passage, hit.scores), Span(at, at + len(c.text)), c.vector))
        at += len(c.text)
    return found


def _example(number: int, kind: str, asked: Asked, candidates: Sequence[Candidate], gold: str, answer: str) -> Example:
    right = np.asarray(
        [bool(gold) and c.hit.passage.source == gold and answer in squeeze(c.text) for c in candidates], dtype=np.bool_
    )
    return Example(number, kind, asked, candidates, rank_features(asked, candidates), right)


def fit_rank(examples: Sequence[Example]) -> FloatArray:
    """Weights (f,) under which the answering sentences win a softmax over each question's candidates."""
    from scipy.optimize import minimize

    usable = [e for e in examples if e.kind == "whole" and e.right.any() and not e.right.all()]

    def loss(w: Any) -> tuple[float, Any]:
        total, slope = _STRENGTH * len(usable) * float(w @ w), 2 * _STRENGTH * len(usable) * w
        for e in usable:
            scores = e.features @ w
            p = np.exp(scores - scores.max())
            held = p[e.right].sum() / p.sum()
            total -= float(np.log(held + 1e-12))
            within = np.where(e.right, p, 0.0) / p[e.right].sum()
            slope = slope - (within - p / p.sum()) @ e.features
        return total, slope

    best = minimize(loss, np.zeros(len(RANK_FEATURES)), jac=True, method="L-BFGS-B")
    return np.asarray(best.x, dtype=np.float32)


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


def held_out(judged: Judged) -> FloatArray:
    """The confidence of each row by weights fitted on the other pools."""
    confidence = np.zeros(len(judged.right), dtype=np.float32)
    for pool in np.unique(judged.pools):
        out = judged.pools == pool
        rest = Judged(judged.features[~out], judged.right[~out], judged.weights[~out], judged.pools[~out])
        confidence[out] = 1 / (1 + np.exp(-judged.features[out] @ fit_confidence(rest)))
    return confidence


def figures(judged: Judged, confidence: FloatArray) -> dict[str, float]:
    """What the default threshold gives: shares answered and right, and the expected calibration error (ten bins)."""
    given = confidence >= THRESHOLD
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


def fit(examples: dict[str, list[Example]]) -> dict[str, Any]:
    """The contents of weights.json but for where they come from."""
    regimes: dict[str, Any] = {}
    for name, some in examples.items():
        rank = fit_rank(some)
        judged = judge(some, rank)
        regimes[name] = {
            "rank": dict(zip(RANK_FEATURES, map(_rounded, rank), strict=True)),
            "confidence": dict(zip(CONFIDENCE_FEATURES, map(_rounded, fit_confidence(judged)), strict=True)),
            "held_out": figures(judged, held_out(judged)),
        }
    return {"regimes": regimes, "threshold": THRESHOLD}


def _rounded(value: float) -> float:
    return round(float(value), 4)


def _strangers(pools: Sequence[Pool], number: int) -> Pool:
    """A pool whose questions are not answered here: of another set, or else other paragraphs of the same one."""
    own = pools[number].name.split()[0]
    others = [pool for pool in [*pools[number:], *pools[:number]] if pool.name.split()[0] != own]
    return others[0] if others else pools[number - 1]


def _swapper(dictionary: Path) -> Callable[[str], str]:
    from tokenizers import Tokenizer

    from rag.training.student import simplifier
    from rag.training.switch import Switch
    from rag.training.vocabulary import glosses

    tokenizer = Tokenizer.from_file(str(Path(__file__).parents[1] / "models" / BUNDLED / "tokenizer.json"))
    switch = Switch(glosses(read_entries(dictionary), simplifier()), tokenizer, SWAPPED)
    rng = random.Random(0)
    return lambda text: switch(simplify(text), rng)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read ``NAME=FILE`` reading sets, fit, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", metavar="NAME=FILE", help="training sets in SQuAD format")
    parser.add_argument("--dictionary", type=Path, required=True, help="Chinese-English dictionary (word, gloss)")
    parser.add_argument("--work", type=Path, required=True, help="folder for the pools' indexes")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "reader" / "weights.json")
    parser.add_argument("--pools", type=int, default=4, help="pools of each set")
    parser.add_argument("--size", type=int, default=100, help="paragraphs of a pool")
    parser.add_argument("--questions", type=int, default=150, help="questions of a pool")
    options = parser.parse_args(arguments)
    embedder = load_embedder()
    pools = [
        pool
        for name, _, file in (each.partition("=") for each in options.sets)
        for pool in make_pools(
            name, read_squad(Path(file)), size=options.size, most=options.pools, questions=options.questions, seed=0
        )
    ]
    examples: dict[str, list[Example]] = {"within": [], "across": []}
    swap = _swapper(options.dictionary)
    for number, pool in enumerate(pools):
        strangers = _strangers(pools, number)
        for regime, example in pool_examples(number, pool, strangers, swap, embedder, options.work):
            examples[regime].append(example)
        print(f"{pool.name}: {len(pool.questions)} questions", flush=True)
    result = fit(examples) | {
        "fitted_on": [pool.name for pool in pools],
        "model": embedder.name,
        "corpus": CORPUS_VERSION,
        "date": datetime.now(UTC).date().isoformat(),
    }
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: regime["held_out"] for name, regime in result["regimes"].items()}, indent=1))


if __name__ == "__main__":
    main()
