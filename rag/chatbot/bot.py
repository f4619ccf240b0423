"""Ask an index: retrieve, read, check, cite; or say that the answer is not there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.chatbot.clean import clean_question
from rag.chatbot.conversation import converse
from rag.chatbot.decide import CERTAIN, Limits, decide, shown_confidence
from rag.chatbot.examples import make_examples
from rag.chatbot.headlines import headline
from rag.chatbot.multi_part import read_parts
from rag.chatbot.recognise import Kinds
from rag.embedding import load_embedder
from rag.errors import IndexMissingError, InputError, RagError
from rag.index import Index, update
from rag.questions import Judged
from rag.reader import (
    Finding,
    IndexSentences,
    Reader,
    Reading,
    ScoredFinding,
    SpanReader,
    bundled_reader,
)
from rag.reader.span_reader import fitted_tentative_threshold, fitted_threshold
from rag.reader.whole import ArticleReader
from rag.retriever import Retriever
from rag.text import language, sentences
from rag.types import (
    Answer,
    Article,
    Citation,
    Document,
    Filter,
    Hit,
    Leg,
    Passage,
    Progress,
    QuestionKind,
    Span,
)

#: Passages retrieved for a question and shown with its answer; the reader reads the first of them.
HITS = 10
#: Articles listed for who asks what there is.
LISTED = 8
_NOTHING = Reading((), 0.0)


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
        kinds: Kinds,
    ) -> None:
        self._index = index
        self._retriever = retriever
        self._reader = reader
        self._articles = articles
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
            kinds=Kinds(embedder),
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

        ``history`` are the answers of the conversation so far, oldest first. What a follow-up question leaves out is
        taken from them: ``Answer.interpreted_as`` is then the question that was really asked.

        ``Answer.candidates`` are those of a tentative answer; with ``candidates`` every answer has what there is.
        """
        text = clean_question(question)
        return converse(self, text, history, hits=HITS, min_confidence=min_confidence, candidates=candidates)

    def ask_all(
        self, questions: Sequence[str], *, min_confidence: float | None = None, candidates: bool = False
    ) -> list[Answer]:
        """Answer questions in order. Raises ``InputError`` if one of them cannot be used."""
        started = time.perf_counter()
        texts = [clean_question(question) for question in questions]
        hits = self.retrieve(texts, HITS)
        return self.read(texts, hits, min_confidence=min_confidence, candidates=candidates, started=started)

    def read(
        self,
        questions: Sequence[str],
        hits: Sequence[Sequence[Hit]],
        *,
        min_confidence: float | None = None,
        contexts: Sequence[str] | None = None,
        candidates: bool = False,
        started: float | None = None,
    ) -> list[Answer]:
        """Answer from given hits, ``hits[i]`` for ``questions[i]``; ``took_ms`` is the share of each question.

        ``contexts[i]`` is the question and answer before, in two lines, for a question that follows one; else empty.
        """
        began = time.perf_counter() if started is None else started
        named = [self._index.named(question) for question in questions]
        kinds = self.kinds(named)
        read = [at for at, judged in enumerate(kinds) if judged.kind == "fact" or judged.names_article]
        some = [named[at] for at in read], [hits[at] for at in read]
        before = None if contexts is None else [contexts[at] for at in read]
        readings = dict(zip(read, read_parts(self._reader, *some, self.threshold, before), strict=True))
        answered = [
            self._of_kind(judged, named[at], hits[at], readings.get(at, _NOTHING)) for at, judged in enumerate(kinds)
        ]
        answers = self._answers(questions, hits, answered, self._limits(min_confidence, candidates), began)
        return [
            replace(answer, interpreted_as=name if name != answer.question else None)
            for answer, name in zip(answers, named, strict=True)
        ]

    def kinds(self, questions: Sequence[str]) -> list[Judged]:
        """What each question is for."""
        return self._kinds.of(questions)

    def _of_kind(
        self, judged: Judged, question: str, hits: Sequence[Hit], reading: Reading
    ) -> tuple[QuestionKind, Reading]:
        """The reading that answers a question of a kind; ``reading`` is what answers it if it is one about a fact."""
        if judged.kind == "small_talk":
            return "small_talk", _NOTHING
        if judged.kind == "article" and judged.names_article:
            summary = _surer(self._articles.read(question, hits), reading)
            unsure = summary.confidence < min(self.threshold, reading.confidence)
            return ("fact", reading) if unsure else ("article", summary)
        if judged.kind == "fact":
            return "fact", reading
        newest = self._index.newest(LISTED)
        if judged.kind == "article" and len(newest) == 1:
            return "article", self._articles.summarise(question, self._first_passage(newest[0]), CERTAIN)
        # Which article is meant is not said: what there is helps to say it.
        return "contents", Reading(tuple(map(self._headline, newest)), CERTAIN if newest else 0.0)

    def _headline(self, article: Article) -> Finding:
        """The headline of an article, or its first sentence if the source has no such line."""
        line = headline(article, self._index.document(article.source))
        if line is not None:
            whole = Span(0, len(line.text))
            return Finding(line, whole, whole, 0.0)
        passage = self._first_passage(article)
        first = sentences(passage.text)[0]
        return Finding(passage, first, first, 0.0)

    def _first_passage(self, of: Article | Citation) -> Passage:
        """The first passage of an article, or of the one that is cited."""
        number = of.number if isinstance(of, Article) else of.article_number
        rows = self._index.article_rows(of.source, number)
        return self._index.passages([next(iter(rows.values()))])[0]

    def summarise(
        self,
        question: str,
        cited: Citation,
        *,
        confidence: float,
        min_confidence: float | None = None,
        candidates: bool = False,
    ) -> Answer:
        """What is in the article of a citation; ``confidence`` is the chance that it is the one meant."""
        started = time.perf_counter()
        reading = self._articles.summarise(question, self._first_passage(cited), confidence)
        hits = self._retriever.retrieve([question], k=HITS)
        limits = self._limits(min_confidence, candidates)
        return self._answers([question], hits, [("article", reading)], limits, started)[0]

    def _answers(
        self,
        questions: Sequence[str],
        hits: Sequence[Sequence[Hit]],
        answered: Sequence[tuple[QuestionKind, Reading]],
        limits: Limits,
        began: float,
    ) -> list[Answer]:
        decisions = [decide(self._index, reading, limits) for _, reading in answered]
        took = round(1000 * (time.perf_counter() - began) / max(1, len(questions)))
        return [
            Answer(
                question=question,
                interpreted_as=None,
                lang=language(question),
                confidence=shown_confidence(reading.confidence),
                citations=decision.citations,
                passages=() if kind == "small_talk" else tuple(passages),
                index=self._index.fingerprint,
                model=self._index.model,
                took_ms=took,
                not_found=reading.not_found if decision.citations else (),
                status=decision.status,
                candidates=decision.candidates,
                kind=kind,
            )
            for question, passages, (kind, reading), decision in zip(questions, hits, answered, decisions, strict=True)
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
        return IndexInfo(
            sources=len(self._index.documents()),
            articles=len(self._index.articles()),
            passages=self._index.size,
            model=self._index.model,
            fingerprint=self._index.fingerprint,
        )

    def _limits(self, min_confidence: float | None, candidates: bool) -> Limits:
        threshold = self.threshold if min_confidence is None else min_confidence
        return Limits(threshold, self.tentative_threshold, candidates)


def _surer(summary: Reading, reading: Reading) -> Reading:
    """The summary of an article, as sure as the sentence read in it: where that is right, so is the article."""
    if not summary.findings or not reading.findings:
        return summary
    one, other = summary.findings[0].passage, reading.findings[0].passage
    if (one.source, one.article_number) != (other.source, other.article_number):
        return summary
    surer = max(summary.confidence, reading.confidence)
    candidates = tuple(ScoredFinding(candidate.finding, surer) for candidate in summary.candidates)
    return replace(summary, confidence=surer, candidates=candidates)


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
