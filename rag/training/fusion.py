"""``python -m rag.training.fusion``: how much a sentence, a vector and a word count for, measured on question sets.

For each set an index over its paragraphs is made, each leg's candidates are scored once, and every combination of
``SENTENCE_WEIGHT``, ``DENSE_WEIGHT`` and ``FULL_MATCH`` ranks them. The figures say what to set those constants to.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from rag.embedding import Embedder, load_embedder
from rag.evaluation.pool import pool_documents, pool_sources
from rag.index import SENTENCE_WEIGHT, Index, build
from rag.retriever import DENSE_WEIGHT, FULL_MATCH, MATCHING, NEAREST
from rag.training.corpora import join_readings, read_pairs, read_squad

SENTENCE = (0.0, 0.25, 0.5, 0.75, 1.0)
DENSE = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
FULL = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
#: The constant of reciprocal rank fusion as it was published (Cormack, Clarke and Büttcher 2009).
RECIPROCAL = 60
DEPTH = 10

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    sentence: float
    dense: float
    full: float


@dataclass(frozen=True, slots=True)
class Pool:
    """Texts to search, and questions with the number of the text each is about."""

    name: str
    texts: tuple[str, ...]
    questions: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A question and its candidates: ``texts`` are their numbers, the other arrays hold a score for each."""

    gold: int
    texts: NDArray[np.int64]
    own: Floats
    best: Floats
    lexical: Floats
    ceiling: float


def squad_pool(
    name: str, files: Sequence[Path], *, limit: int, paragraphs: int, trained: Set[str] = frozenset()
) -> Pool:
    """At most ``limit`` questions, none of them ``trained`` on, over a random sample of the paragraphs of ``files``."""
    joined = join_readings([read_squad(file) for file in files])
    rng = random.Random(0)
    kept = sorted(rng.sample(range(len(joined.paragraphs)), min(paragraphs, len(joined.paragraphs))))
    place = {number: i for i, number in enumerate(kept)}
    questions = [
        (q.text, place[q.paragraph]) for q in joined.questions if q.paragraph in place and q.text not in trained
    ]
    if not questions:
        raise typer.BadParameter(f"the model was trained on every question of {name}: leave out --trained")
    texts = tuple(joined.paragraphs[number] for number in kept)
    return Pool(name, texts, tuple(rng.sample(questions, min(limit, len(questions)))))


def pairs_pool(name: str, file: Path, *, limit: int) -> Pool:
    """English sentences as questions over their Chinese translations."""
    pairs = read_pairs(file)
    texts = tuple(dict.fromkeys(pair.zh for pair in pairs))
    place = {text: i for i, text in enumerate(texts)}
    questions = [(pair.en, place[pair.zh]) for pair in pairs]
    rng = random.Random(0)
    return Pool(name, texts, tuple(rng.sample(questions, min(limit, len(questions)))))


def trained_questions(mined: Sequence[Path]) -> frozenset[str]:
    """The questions that ``python -m rag.training mine`` chose to train on."""
    texts: set[str] = set()
    for file in mined:
        found = json.loads(file.read_text(encoding="utf-8"))
        joined = join_readings([read_squad(Path(part)) for part in found["files"]])
        texts.update(joined.questions[number].text for number in found["questions"])
    return frozenset(texts)


@contextmanager
def opened(pool: Pool, embedder: Embedder, work: Path) -> Iterator[Index]:
    folder = work / pool.name
    build(folder, pool_documents(pool_sources(pool.texts)), embedder)
    with Index.open(folder) as index:
        yield index


def gather(pool: Pool, index: Index, embedder: Embedder) -> list[Case]:
    """Each question with all that either leg proposes for it."""
    number = {source: i for i, source in enumerate(pool_sources(pool.texts).values())}
    text_of = np.array([number[passage.source] for passage in index.passages(range(index.size))])
    questions = [question for question, _ in pool.questions]
    vectors = embedder.encode_queries(questions)
    near, matching = index.dense(vectors, NEAREST), index.lexical(questions, MATCHING)
    cases = []
    for (question, gold), vector, dense, lexical in zip(pool.questions, vectors, near, matching, strict=True):
        words = {candidate.row: candidate.score for candidate in lexical}
        rows = sorted({candidate.row for candidate in dense} | words.keys())
        own, best = index.cosines(vector, rows)
        scores = np.array([words.get(row, 0.0) for row in rows])
        cases.append(Case(gold, text_of[rows], own, best, scores, index.ceiling(question)))
    return cases


def fused(case: Case, weights: Weights) -> Floats:
    """What ``rag.retriever.fuse`` gives, with other weights."""
    dense = (1 - weights.sentence) * case.own + weights.sentence * case.best
    top = max(case.lexical.max(initial=0.0), weights.full * case.ceiling)
    return weights.dense * dense + (1 - weights.dense) * case.lexical / (top or 1.0)


def reciprocal(case: Case, sentence: float) -> Floats:
    """Reciprocal rank fusion of both legs, for comparison."""
    total = np.zeros(len(case.texts))
    dense = (1 - sentence) * case.own + sentence * case.best
    for leg in (dense, np.where(case.lexical > 0, case.lexical, -np.inf)):
        ranks = np.argsort(np.argsort(-leg, kind="stable"), kind="stable")
        total += np.where(np.isfinite(leg), 1 / (RECIPROCAL + 1 + ranks), 0.0)
    return total


def rank(case: Case, scores: Floats) -> float:
    """The rank of the gold text, from 1; infinite if it is not proposed. A text in parts counts at its best one."""
    ordered = case.texts[np.argsort(-scores, kind="stable")]
    _, first = np.unique(ordered, return_index=True)
    texts = ordered[np.sort(first)]
    place = np.flatnonzero(texts == case.gold)
    return float(place[0]) + 1 if len(place) else np.inf


def mrr(ranks: Sequence[float]) -> float:
    return float(np.mean([1 / r if r <= DEPTH else 0.0 for r in ranks]))


def recall(ranks: Sequence[float], k: int) -> float:
    return float(np.mean([r <= k for r in ranks]))


def line(name: str, ranks: Sequence[float]) -> str:
    return f"  {name:<44} {recall(ranks, 1):.3f} {recall(ranks, DEPTH):.3f} {mrr(ranks):.4f}"


def report(pool: Pool, cases: Sequence[Case]) -> dict[Weights, float]:
    """Print what each way of ranking gives; MRR@10 of each combination."""
    typer.echo(f"{pool.name}: {len(cases)} questions over {len(pool.texts)} texts (recall@1, recall@10, MRR@10)")
    typer.echo(line("words alone", [rank(case, case.lexical) for case in cases]))
    for sentence in SENTENCE:
        alone = Weights(sentence, 1.0, 0.0)
        typer.echo(line(f"vectors alone, sentence {sentence}", [rank(case, fused(case, alone)) for case in cases]))
    typer.echo(line("reciprocal rank", [rank(case, reciprocal(case, SENTENCE_WEIGHT)) for case in cases]))
    now = Weights(SENTENCE_WEIGHT, DENSE_WEIGHT, FULL_MATCH)
    typer.echo(line(f"as set: {now.sentence} {now.dense} {now.full}", [rank(case, fused(case, now)) for case in cases]))
    grid = [Weights(*values) for values in product(SENTENCE, DENSE, FULL)]
    found = {weights: mrr([rank(case, fused(case, weights)) for case in cases]) for weights in grid}
    for weights in sorted(found, key=lambda w: -found[w])[:5]:
        best = [rank(case, fused(case, weights)) for case in cases]
        typer.echo(line(f"sentence {weights.sentence} dense {weights.dense} full {weights.full}", best))
    return found


def summarise(found: Sequence[dict[Weights, float]]) -> None:
    """Print the combinations that are best over all sets: by how much they lose to the best of each set."""
    losses = {w: [max(each.values()) - each[w] for each in found] for w in found[0]}
    typer.echo("all sets: mean and greatest loss of MRR@10 against the best of each set")
    for w in sorted(losses, key=lambda w: float(np.mean(losses[w])))[:12]:
        typer.echo(
            f"  sentence {w.sentence} dense {w.dense} full {w.full}: {np.mean(losses[w]):.4f} {max(losses[w]):.4f}"
        )


def main(
    squad: Annotated[list[str], typer.Option(help="NAME=FILE[,FILE…]: questions over the paragraphs of SQuAD JSON.")],
    pairs: Annotated[list[str] | None, typer.Option(help="NAME=FILE: Chinese-English TSV.")] = None,
    trained: Annotated[
        list[Path] | None, typer.Option(help="What `mine` wrote; its questions are left out, as the model knows them.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Questions of a set, at most.")] = 1000,
    paragraphs: Annotated[int, typer.Option(help="Paragraphs of a set, at most.")] = 3000,
    model: Annotated[str | None, typer.Option(help="Default: the bundled model.")] = None,
    work: Annotated[Path | None, typer.Option(help="Keep the indexes here for another run with this model.")] = None,
) -> None:
    """Measure how to mix passage vectors, sentence vectors and words."""
    known = trained_questions(trained or [])
    pools = [_squad(argument, limit, paragraphs, known) for argument in squad]
    pools += [pairs_pool(name, Path(file), limit=limit) for name, _, file in (p.partition("=") for p in pairs or [])]
    embedder = load_embedder(model)
    found = []
    with TemporaryDirectory() as temporary:
        for pool in pools:
            with opened(pool, embedder, work or Path(temporary)) as index:
                found.append(report(pool, gather(pool, index, embedder)))
    summarise(found)


def _squad(argument: str, limit: int, paragraphs: int, trained: Set[str]) -> Pool:
    name, _, files = argument.partition("=")
    return squad_pool(
        name, [Path(file) for file in files.split(",")], limit=limit, paragraphs=paragraphs, trained=trained
    )


if __name__ == "__main__":
    typer.run(main)
