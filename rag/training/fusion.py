"""``python -m rag.training.fusion``: how much a sentence, a vector and a word count for.

For each training set an index over its paragraphs is made. The questions are those of the pages that are held back.
Each leg's candidates are scored once, and every combination of ``SENTENCE_WEIGHT``, ``DENSE_WEIGHT`` and
``FULL_MATCH`` ranks them. The figures say what to set those constants to.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
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
from rag.index import SENTENCE_WEIGHT, Index, build
from rag.retriever import DENSE_WEIGHT, FULL_MATCH, MATCHING, NEAREST
from rag.training.pools import Page, Pool, PoolQuestion, read_pages, set_names

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
class Case:
    """A question and its candidates: ``texts`` are their numbers, the other arrays hold a score for each."""

    gold: int
    texts: NDArray[np.int64]
    own: Floats
    best: Floats
    lexical: Floats
    ceiling: float


def make_pool(name: str, pages: Sequence[Page], paragraphs: int) -> Pool:
    """About ``paragraphs`` paragraphs and the questions of those held back, which are taken before all others."""
    order = list(range(len(pages)))
    random.Random(0).shuffle(order)
    order.sort(key=lambda number: not pages[number].held)
    chosen, count = [], 0
    for number in order:
        if count >= paragraphs:
            break
        chosen.append(number)
        count += pages[number].paragraphs
    kept = [pages[number] for number in sorted(chosen)]
    articles = tuple(article for page in kept for article in page.articles)
    return Pool(
        name,
        articles,
        tuple(
            question
            for page in kept
            if page.held
            for question in page.questions
            if question.source and not question.context
        ),
    )


def groups(pool: Pool, limit: int) -> dict[str, list[PoolQuestion]]:
    """At most ``limit`` questions within a language, and as many across languages."""
    rng, found = random.Random(0), {}
    for regime, across in (("within", False), ("across", True)):
        asked = [question for question in pool.questions if question.across is across]
        if asked:
            found[f"{pool.name} {regime}"] = rng.sample(asked, min(limit, len(asked)))
    return found


@contextmanager
def opened(pool: Pool, embedder: Embedder, work: Path) -> Iterator[Index]:
    """The index of a pool, in the folder of its name."""
    folder = work / pool.name
    build(folder, pool.documents(), embedder)
    with Index.open(folder) as index:
        yield index


def gather(asked: Sequence[PoolQuestion], index: Index, embedder: Embedder) -> list[Case]:
    """Each question with all that either leg proposes for it."""
    numbers: dict[tuple[str, int], int] = {}
    text_of = np.array(
        [
            numbers.setdefault((passage.source, passage.paragraph), len(numbers))
            for passage in index.passages(range(index.size))
        ]
    )
    questions = [question.text for question in asked]
    vectors = embedder.encode_queries(questions)
    near, matching = index.dense(vectors, NEAREST), index.lexical(questions, MATCHING)
    cases = []
    for question, vector, dense, lexical in zip(asked, vectors, near, matching, strict=True):
        words = {candidate.row: candidate.score for candidate in lexical}
        rows = sorted({candidate.row for candidate in dense} | words.keys())
        own, best = index.cosines(vector, rows)
        scores = np.array([words.get(row, 0.0) for row in rows])
        gold = numbers[question.source, question.paragraph]
        cases.append(Case(gold, text_of[rows], own, best, scores, index.ceiling(question.text)))
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


def report(name: str, cases: Sequence[Case]) -> dict[Weights, float]:
    """Print what each way of ranking gives; MRR@10 of each combination."""
    typer.echo(f"{name}: {len(cases)} questions (recall@1, recall@10, MRR@10)")
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
    data: Annotated[Path, typer.Option(help="Folder with qa/ and news/.")],
    limit: Annotated[int, typer.Option(help="Questions of a set within a language, and across, at most.")] = 1000,
    paragraphs: Annotated[int, typer.Option(help="Paragraphs of a set, at most.")] = 3000,
    model: Annotated[str | None, typer.Option(help="Default: the bundled model.")] = None,
    work: Annotated[Path | None, typer.Option(help="Keep the indexes here for another run with this model.")] = None,
) -> None:
    """Measure how to mix passage vectors, sentence vectors and words."""
    embedder = load_embedder(model)
    results = []
    with TemporaryDirectory() as temporary:
        for name in set_names():
            pool = make_pool(name, read_pages(data, name), paragraphs)
            with opened(pool, embedder, work or Path(temporary)) as index:
                for group, questions in groups(pool, limit).items():
                    results.append(report(group, gather(questions, index, embedder)))
    summarise(results)


app = typer.Typer(add_completion=False)
app.command()(main)

if __name__ == "__main__":
    app()
