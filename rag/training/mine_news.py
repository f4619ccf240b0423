"""Hard negatives for the reader: what the product's own retrieval puts first for the questions of the news pages."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.embedding import Embedder
from rag.index import Index, build
from rag.retriever import Retriever
from rag.training.pools import NEWS, read_pages
from rag.training.sources import news_file
from rag.training.windows import news_pages

#: Passages kept for a question.
KEPT = 10


def mine_news(data: Path, embedder: Embedder, out: Path) -> None:
    """Write, for every question, the numbers of the passages retrieved among those of all pages, best first."""
    pages = news_pages(news_file(data), held=False)
    passages = [passage for page in pages for passage in page.passages]
    numbers = {(passage.title, passage.text): number for number, passage in enumerate(passages)}
    questions = sorted({question.text for page in pages for question in page.questions})
    articles = [article for page in read_pages(data, NEWS) if not page.held for article in page.articles]
    with TemporaryDirectory() as work:
        build(Path(work) / "index", ((document, (article,)) for document, article in articles), embedder)
        with Index.open(Path(work) / "index") as index:
            hits = Retriever(index, embedder).retrieve(questions, KEPT)
    near = {
        question: [numbers[key] for hit in ranked if (key := (hit.passage.article, hit.passage.text)) in numbers]
        for question, ranked in zip(questions, hits, strict=True)
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(near, ensure_ascii=False), encoding="utf-8")
