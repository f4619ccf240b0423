"""Ask an index: understand, retrieve, read, decide, cite; or say that the answer is not there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.chatbot.clean import clean_question
from rag.chatbot.decide import Limits, decide, shown_confidence
from rag.chatbot.examples import make_examples
from rag.chatbot.read import QuestionReader, Retrieved, first_of_article
from rag.chatbot.understand import KindOfQuestion, Understood, understand
from rag.embedding import load_embedder
from rag.errors import IndexMissingError, InputError, RagError
from rag.index import Index, update
from rag.reader import IndexSentences, Reader, SpanReader, bundled_reader
from rag.reader.span_reader import fitted_tentative_threshold, fitted_threshold
from rag.reader.whole import ArticleReader
from rag.retriever import Retriever
from rag.text import language
from rag.types import Answer, Article, Document, Filter, Hit, Leg, Passage, Progress

#: Passages retrieved for a question and shown with its answer; the reader reads the first of them.
HITS = 10
#: Passages retrieved for a question that may follow a turn; of these, the passages of that turn's article come first.
DEEP = 50


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """How much an index holds; ``fingerprint`` names its content, ``model`` what it was embedded with."""

    sources: int
    articles: int
    passages: int
    model: str
    fingerprint: str


class Chatbot:
    """Answers from one index. Safe to share between threads; a context manager that closes the index.

    It answers from ``threshold`` on. Below that, what reaches ``tentative_threshold`` is shown as a possibility.
    """

    def __init__(
        self,
        index: Index,
        retriever: Retriever,
        reader: Reader,
        *,
        threshold: float,
        tentative_threshold: float,
        articles: ArticleReader,
        kinds: KindOfQuestion,
    ) -> None:
        self._index = index
        self._retriever = retriever
        self._questions = QuestionReader(index, reader, articles)
        self._kinds = kinds
        self.threshold = threshold
        self.tentative_threshold = tentative_threshold
        self._examples: dict[str, tuple[str, ...]] = {}

    @classmethod
    def open(
        cls, index: str | Path = "index", *, model: str | None = None, min_confidence: float | None = None
    ) -> Chatbot:
        """Open the index in a folder. ``model`` must be what it was built with; the bundled one by default.

        Raises ``IndexFolderError`` and ``ModelError``, which say what to do.
        """
        opened = Index.open(Path(index))
        try:
            retriever = Retriever(opened, load_embedder(model))
        except RagError:
            opened.close()
            raise
        sentences, embedder = IndexSentences(opened), retriever.embedder
        reader, articles = SpanReader(sentences, embedder, bundled_reader()), ArticleReader(sentences, embedder)
        threshold = fitted_threshold() if min_confidence is None else min_confidence
        return cls(
            opened,
            retriever,
            reader,
            threshold=threshold,
            tentative_threshold=fitted_tentative_threshold(),
            articles=articles,
            kinds=KindOfQuestion(embedder),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._index.close()

    def is_outdated(self) -> bool:
        """Whether the index has a newer state than the one that answers; ``open`` again finds that."""
        return self._index.is_outdated()

    def ask(
        self,
        question: str,
        *,
        min_confidence: float | None = None,
        history: Sequence[Answer] = (),
        candidates: bool = False,
    ) -> Answer:
        """Answer one question; ``Answer.abstained`` says that the corpus does not tell. Raises ``InputError``.

        ``history`` are the answers of the conversation so far, oldest first. A question is also read as one that
        follows the last of them, and the surer reading wins: ``Answer.interpreted_as`` is then the question that was
        really asked.

        ``Answer.candidates`` are those of a tentative answer; with ``candidates`` every answer has what there is.
        """
        started = time.perf_counter()
        asked = self._understand([question], history)
        return self._answers(asked, self._retrieve(asked), self._limits(min_confidence, candidates), started)[0]

    def ask_all(
        self, questions: Sequence[str], *, min_confidence: float | None = None, candidates: bool = False
    ) -> list[Answer]:
        """Answer questions in order. Raises ``InputError`` if one of them cannot be used."""
        started = time.perf_counter()
        asked = self._understand(questions)
        return self._answers(asked, self._retrieve(asked), self._limits(min_confidence, candidates), started)

    def read(
        self,
        questions: Sequence[str],
        hits: Sequence[Sequence[Hit]],
        *,
        min_confidence: float | None = None,
        candidates: bool = False,
    ) -> list[Answer]:
        """Answer from given hits, ``hits[i]`` for ``questions[i]``; ``took_ms`` is the share of each question."""
        started = time.perf_counter()
        asked = self._understand(questions)
        return self._answers(asked, list(map(Retrieved, hits)), self._limits(min_confidence, candidates), started)

    def _understand(self, questions: Sequence[str], history: Sequence[Answer] = ()) -> list[Understood]:
        typed = [clean_question(question) for question in questions]
        texts = [self._index.named(question) for question in typed]
        kinds = self._kinds.classify(texts)
        return [understand(*row, history) for row in zip(typed, texts, kinds, strict=True)]

    def _retrieve(self, questions: Sequence[Understood]) -> list[Retrieved]:
        """``HITS`` passages each; for a question that may follow a turn, also those of that turn's article first."""
        queries: list[str] = []
        for question in questions:
            queries += question.queries
        depth = DEEP if any(question.follow_up for question in questions) else HITS
        hits = iter(self._retriever.retrieve(queries, k=depth))
        retrieved = []
        for question in questions:
            if not question.queries:
                retrieved.append(Retrieved(()))
                continue
            alone, of_parts = next(hits)[:HITS], [next(hits)[:HITS] for _ in question.part_queries]
            following: list[Hit] = []
            if question.follow_up and question.previous:
                following = first_of_article(next(hits), question.previous)[:HITS]
            retrieved.append(Retrieved(alone, of_parts, following))
        return retrieved

    def _answers(
        self, questions: Sequence[Understood], retrieved: Sequence[Retrieved], limits: Limits, started: float
    ) -> list[Answer]:
        outcomes = self._questions.read(questions, retrieved, self.threshold)
        decisions = [decide(self._index, outcome.reading, limits) for outcome in outcomes]
        took = round(1000 * (time.perf_counter() - started) / max(1, len(questions)))
        return [
            Answer(
                question=asked.question,
                interpreted_as=outcome.text if outcome.text != asked.question else None,
                lang=language(asked.question),
                confidence=shown_confidence(outcome.reading.confidence),
                citations=decision.citations,
                passages=tuple(outcome.hits),
                index=self._index.fingerprint,
                model=self._index.model,
                took_ms=took,
                not_found=outcome.reading.not_found if decision.citations else (),
                status=decision.status,
                candidates=decision.candidates,
                kind=outcome.kind,
            )
            for asked, outcome, decision in zip(questions, outcomes, decisions, strict=True)
        ]

    def search(self, question: str, k: int = HITS, leg: Leg = "fused", *, where: Filter | None = None) -> list[Hit]:
        """The ``k`` best passages with their scores, of those that ``where`` lets through. Raises ``InputError``."""
        if k < 1:
            raise InputError(f"-k is {k}: ask for at least 1 passage")
        return self.retrieve([question], k, leg, where=where)[0]

    def retrieve(
        self, questions: Sequence[str], k: int = HITS, leg: Leg = "fused", *, where: Filter | None = None
    ) -> list[list[Hit]]:
        """``search`` for many questions."""
        texts = [self._index.named(clean_question(question)) for question in questions]
        return self._retriever.retrieve(texts, k=k, leg=leg, where=where)

    def document(self, source: str) -> Document:
        """A document as it was indexed. Raises ``InputError`` for a source that the index does not have."""
        return self._index.document(source)

    def require_sources(self, sources: Sequence[str]) -> None:
        """``InputError`` for a name or pattern of a filter that no source has; it names the nearest."""
        self._index.require_sources(sources)

    def page_and_date(self, passage: Passage) -> tuple[int | None, str | None]:
        """The page it begins on and the day its article was published, where the document carries them."""
        page = self._index.document(passage.source).page_at(passage.start)
        return page, self._index.date(passage.source, passage.article_number)

    def articles(self, source: str | None = None) -> tuple[Article, ...]:
        """All articles, or those of one source."""
        return self._index.articles(source)

    def examples(self, lang: str = "zh", n: int = 4) -> tuple[str, ...]:
        """Questions made from the corpus that this bot answers rightly; fewer than ``n`` if it finds no more."""
        if lang not in self._examples:
            self._examples[lang] = make_examples(self, lang)
        return self._examples[lang][:n]

    @property
    def retriever(self) -> Retriever:
        """What finds the passages; evaluation asks it for more of them than an answer needs."""
        return self._retriever

    @property
    def is_empty(self) -> bool:
        """Whether the index has no passage."""
        return self._index.size == 0

    def info(self) -> IndexInfo:
        """How much the index holds."""
        documents = self._index.documents()
        return IndexInfo(
            sources=len(documents),
            articles=sum(document.articles for document in documents),
            passages=self._index.size,
            model=self._index.model,
            fingerprint=self._index.fingerprint,
        )

    def _limits(self, min_confidence: float | None, candidates: bool) -> Limits:
        threshold = self.threshold if min_confidence is None else min_confidence
        return Limits(threshold, self.tentative_threshold, candidates)


def open_or_build(
    index: str | Path = "index",
    folders: Sequence[str | Path] = ("seeds",),
    *,
    model: str | None = None,
    min_confidence: float | None = None,
    progress: Progress | None = None,
) -> Chatbot:
    """Open an index; where there is none yet, build it over ``folders`` first, if they are there."""
    try:
        return Chatbot.open(index, model=model, min_confidence=min_confidence)
    except IndexMissingError:
        if not all(Path(folder).is_dir() for folder in folders):
            raise
        update(Path(index), [Path(folder) for folder in folders], load_embedder(model), progress=progress)
        return Chatbot.open(index, model=model, min_confidence=min_confidence)
