"""Ask an index: retrieve, read, check, cite; or say that the answer is not there."""

from __future__ import annotations

import logging
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.chatbot.conversation import converse
from rag.chatbot.examples import make_examples
from rag.chatbot.several import read_parts
from rag.embedding import load_embedder
from rag.errors import IndexMissingError, InputError, QuoteError, RagError
from rag.index import Index, update
from rag.reader import Finding, IndexSentences, Reader, Reading, SentenceReader, bundled_reader, cite
from rag.reader.sentence_reader import fitted_threshold
from rag.reader.summary import ArticleQuestion, article_question
from rag.reader.whole import ArticleReader, best_by_article
from rag.retriever import Retriever
from rag.text import language
from rag.types import Answer, Article, Citation, Document, Filter, Hit, Leg, Passage, Progress

MAX_QUESTION = 1000
#: Passages retrieved for a question; the reader reads them all.
HITS = 10
#: The highest confidence: nothing is certain, so that a threshold of 1 lets no answer through.
CERTAIN = 0.9999

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """How much an index holds; ``fingerprint`` names its content, ``model`` what it was embedded with."""

    sources: int
    articles: int
    passages: int
    model: str
    fingerprint: str


def clean_question(text: str) -> str:
    """The question as it is asked, without anything that cannot be seen. Raises ``InputError``.

    >>> clean_question(" 谁\\x00主持了\\u200b会议?\\n")
    '谁 主持了会议?'
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    # Marks of direction and zero-width joiners stand inside words; other control characters between them.
    shown = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = " ".join("".join(c if c.isprintable() else " " for c in shown).split())
    if len(text) > MAX_QUESTION:
        raise InputError(f"the question has {len(text):,} characters, at most {MAX_QUESTION:,} are read: shorten it")
    if not any(c.isalnum() for c in text):
        raise InputError("the question has no words: type a question")
    return text


class Chatbot:
    """Answers from one index. Safe to share between threads; a context manager that closes the index."""

    def __init__(
        self,
        index: Index,
        retriever: Retriever,
        reader: Reader,
        *,
        threshold: float,
        articles: ArticleReader,
    ) -> None:
        self._index = index
        self._retriever = retriever
        self._reader = reader
        self._articles = articles
        self.threshold = threshold
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
        reader, articles = SentenceReader(sentences, embedder, bundled_reader()), ArticleReader(sentences, embedder)
        threshold = fitted_threshold() if min_confidence is None else min_confidence
        return cls(opened, retriever, reader, threshold=threshold, articles=articles)

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

    def ask(self, question: str, *, min_confidence: float | None = None, history: Sequence[Answer] = ()) -> Answer:
        """Answer one question; ``Answer.abstained`` says that the corpus does not tell. Raises ``InputError``.

        ``history`` are the answers of the conversation so far, oldest first. What a follow-up question leaves out is
        taken from them: ``Answer.interpreted_as`` is then the question that was really asked.
        """
        text = clean_question(question)
        return converse(self, text, history, hits=HITS, min_confidence=min_confidence)

    def ask_all(self, questions: Sequence[str], *, min_confidence: float | None = None) -> list[Answer]:
        """Answer questions in order. Raises ``InputError`` if one of them cannot be used."""
        started = time.perf_counter()
        texts = [clean_question(question) for question in questions]
        hits = self._retriever.retrieve(texts, k=HITS)
        return self.read(texts, hits, min_confidence=min_confidence, started=started)

    def read(
        self,
        questions: Sequence[str],
        hits: Sequence[Sequence[Hit]],
        *,
        min_confidence: float | None = None,
        started: float | None = None,
    ) -> list[Answer]:
        """Answer from given hits, ``hits[i]`` for ``questions[i]``; ``took_ms`` is the share of each question."""
        began = time.perf_counter() if started is None else started
        hits = [_headlines(question, each) for question, each in zip(questions, hits, strict=True)]
        readings = read_parts(self._reader, questions, hits, self.threshold)
        told = [self._whole(*each) for each in zip(questions, hits, readings, strict=True)]
        return self._answers(questions, hits, told, min_confidence, began)

    def tell(
        self,
        question: str,
        asked: ArticleQuestion,
        cited: Citation,
        *,
        surety: float,
        min_confidence: float | None = None,
    ) -> Answer:
        """What is in the article of a citation; ``surety`` is the chance that it is the one meant."""
        started = time.perf_counter()
        rows = self._index.article_rows(cited.source, cited.article_number)
        passage = self._index.passages([next(iter(rows.values()))])[0]
        reading = self._articles.tell(question, asked, passage, surety)
        hits = self._retriever.retrieve([question], k=HITS)
        return self._answers([question], hits, [reading], min_confidence, started)[0]

    def _answers(
        self,
        questions: Sequence[str],
        hits: Sequence[Sequence[Hit]],
        readings: Sequence[Reading],
        min_confidence: float | None,
        began: float,
    ) -> list[Answer]:
        threshold = self.threshold if min_confidence is None else min_confidence
        # Compared as it is shown: a confidence of .5 is never withheld for its seventh digit.
        confidences = [min(round(reading.confidence, 4), CERTAIN) for reading in readings]
        cited = [
            self._cite(reading) if confidence >= threshold else ()
            for reading, confidence in zip(readings, confidences, strict=True)
        ]
        took = round(1000 * (time.perf_counter() - began) / max(1, len(questions)))
        return [
            Answer(
                question=question,
                interpreted_as=None,
                lang=language(question),
                confidence=confidence,
                citations=citations,
                passages=tuple(found),
                index=self._index.fingerprint,
                model=self._index.model,
                took_ms=took,
                not_found=reading.not_found if citations else (),
            )
            for question, found, reading, confidence, citations in zip(
                questions, hits, readings, confidences, cited, strict=True
            )
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
        texts = [clean_question(question) for question in questions]
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

    def _whole(self, question: str, hits: Sequence[Hit], reading: Reading) -> Reading:
        """For a question about a whole article its summary; the reader's own reading if no such article is found."""
        asked = article_question(question)
        if asked is None:
            return reading
        told = _surer(self._articles.read(question, asked, hits), reading)
        return reading if asked.topic and told.confidence < min(self.threshold, reading.confidence) else told

    def _cite(self, reading: Reading) -> tuple[Citation, ...]:
        """All findings cited, or none: an answer with a part missing would be another answer."""
        try:
            return tuple(self._citation(finding, n) for n, finding in enumerate(reading.findings, 1))
        except QuoteError as error:
            _log.error("answer withheld: %s", error)
            return ()

    def _citation(self, finding: Finding, n: int) -> Citation:
        source = finding.passage.source
        return cite(
            self._index.document(source),
            finding.passage,
            finding.sentence,
            finding.marked,
            n=n,
            score=round(finding.score, 4),
            stale=self._index.is_stale(source),
        )


def _headlines(question: str, hits: Sequence[Hit]) -> Sequence[Hit]:
    """One passage an article, for a question about an article that does not say which: its headlines are the choice."""
    asked = article_question(question)
    if asked is None or asked.topic:
        return hits
    return list(best_by_article(hits).values())


def _surer(told: Reading, reading: Reading) -> Reading:
    """What is told of an article, as sure as the sentence read in it: where that is right, so is the article."""
    if not told.findings or not reading.findings:
        return told
    one, other = told.findings[0].passage, reading.findings[0].passage
    if (one.source, one.article_number) != (other.source, other.article_number):
        return told
    return replace(told, confidence=max(told.confidence, reading.confidence))


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
