"""Hard negatives: the passages that the product's own hybrid retrieval puts first for a question they do not answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.embedding import Embedder
from rag.evaluation.pool import pool_documents, pool_sources
from rag.index import Index, build
from rag.retriever import Retriever
from rag.training.lessons import Question, Source
from rag.training.sources import QUESTIONS, read_sources
from rag.types import Hit

#: Passages looked at for a question, and kept for a passage.
DEPTH, KEPT = 10, 8
#: Questions asked of a passage.
ASKED = 2


def mine(data: Path, embedder: Embedder, most: int, out: Path) -> None:
    """Write, for the passages of the first ``most`` paragraphs of each set, the numbers of those mistaken for them."""
    sources = read_sources(data, held=False)
    near = {name: near_passages(sources[name], embedder, most) for name in QUESTIONS}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(near), encoding="utf-8")


def near_passages(source: Source, embedder: Embedder, most: int) -> dict[int, list[int]]:
    """Passages near to each passage that has questions, those of its own paragraph and with the answer left out."""
    paragraphs = sorted({passage.paragraph for passage in source.passages})[:most]
    searched = [n for n, passage in enumerate(source.passages) if passage.paragraph <= paragraphs[-1]]
    names = pool_sources(source.passages[n].text for n in searched)
    numbers = {names[source.passages[n].text]: n for n in searched}
    asked = [question for n in searched for question in source.questions.get(n, [])[:ASKED]]
    near: dict[int, list[int]] = {}
    with TemporaryDirectory() as work:
        build(Path(work) / "index", pool_documents(names), embedder)
        with Index.open(Path(work) / "index") as index:
            hits = Retriever(index, embedder).retrieve([question.text for question in asked], DEPTH)
    for question, ranked in zip(asked, hits, strict=True):
        kept = near.setdefault(question.passage, [])
        kept += [n for n in _mistaken(source, question, ranked, numbers) if n not in kept]
    return {passage: others[:KEPT] for passage, others in near.items()}


def _mistaken(source: Source, question: Question, ranked: Sequence[Hit], numbers: Mapping[str, int]) -> list[int]:
    own = source.passages[question.passage].paragraph
    retrieved = [numbers[hit.passage.source] for hit in ranked]
    return [
        n for n in retrieved if source.passages[n].paragraph != own and question.answer not in source.passages[n].text
    ]
