"""Ask an index: retrieve, read, check, cite; or say that the answer is not there."""

from __future__ import annotations

import logging
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.chatbot.conversation import converse
from rag.chatbot.examples import make_examples
from rag.chatbot.headlines import headline
from rag.chatbot.recognise import Kinds
from rag.chatbot.several import read_parts
from rag.embedding import load_embedder
from rag.errors import IndexMissingError, InputError, QuoteError, RagError
from rag.index import Index, update
from rag.questions import Judged
from rag.reader import (
    MOST_CANDIDATES,
    Finding,
    IndexSentences,
    Reader,
    Reading,
    ScoredFinding,
    SpanReader,
    bundled_reader,
    cite,
)
from rag.reader.span_reader import fitted_tentative_threshold, fitted_threshold
from rag.reader.whole import ArticleReader
from rag.retriever import Retriever
from rag.text import language, sentences
from rag.types import (
    Answer,
    Article,
    Candidate,
    Citation,
    Document,
    Filter,
    Hit,
    Leg,
    Passage,
    Progress,
    QuestionKind,
    Span,
    Status,
)

MAX_QUESTION = 1000
#: Passages retrieved for a question; the reader reads them all.
HITS = 10
#: Articles listed for who asks what there is.
LISTED = 8
#: The highest confidence: nothing is certain, so that a threshold of 1 lets no answer through.
CERTAIN = 0.9999

_log = logging.getLogger(__name__)
_NOTHING = Reading((), 0.0)


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """How much an index holds; ``fingerprint`` names its content, ``model`` what it was embedded with."""

    sources: int
    articles: int
    passages: int
    model: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """From which confidence on there is an answer or a tentative one, and whether candidates are wanted in any case."""

    threshold: float
    tentative: float
    candidates: bool

    def is_tentative(self, candidates: Sequence[ScoredFinding | Candidate]) -> bool:
        """Whether the best one is worth showing. A user's threshold below the tentative one leaves no room for it."""
        best = _shown(candidates[0].confidence) if candidates else 0.0
        return self.tentative < self.threshold and best >= self.tentative


@dataclass(frozen=True, slots=True)
class _Given:
    """What an answer quotes."""

    status: Status
    citations: tuple[Citation, ...] = ()
    candidates: tuple[Candidate, ...] = ()


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
        answers = self._answers(questions, hits, answered, self._wanted(min_confidence, candidates), began)
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
        wanted = self._wanted(min_confidence, candidates)
        return self._answers([question], hits, [("article", reading)], wanted, started)[0]

    def _answers(
        self,
        questions: Sequence[str],
        hits: Sequence[Sequence[Hit]],
        answered: Sequence[tuple[QuestionKind, Reading]],
        wanted: _Wanted,
        began: float,
    ) -> list[Answer]:
        given = [self._given(reading, wanted) for _, reading in answered]
        took = round(1000 * (time.perf_counter() - began) / max(1, len(questions)))
        return [
            Answer(
                question=question,
                interpreted_as=None,
                lang=language(question),
                confidence=_shown(reading.confidence),
                citations=quotes.citations,
                passages=() if kind == "small_talk" else tuple(passages),
                index=self._index.fingerprint,
                model=self._index.model,
                took_ms=took,
                not_found=reading.not_found if quotes.citations else (),
                status=quotes.status,
                candidates=quotes.candidates,
                kind=kind,
            )
            for question, passages, (kind, reading), quotes in zip(questions, hits, answered, given, strict=True)
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

    def _wanted(self, min_confidence: float | None, candidates: bool) -> _Wanted:
        threshold = self.threshold if min_confidence is None else min_confidence
        return _Wanted(threshold, self.tentative_threshold, candidates)

    def _given(self, reading: Reading, wanted: _Wanted) -> _Given:
        """What is quoted of a reading: its findings, else its candidates, else nothing."""
        if _shown(reading.confidence) >= wanted.threshold:
            citations = self._cite(reading)
            candidates = tuple(self._candidates(reading)) if wanted.candidates else ()
            # An answer that cannot be quoted is no possibility either: the index does not hold what it says.
            return _Given("answered" if citations else "none", citations, candidates)
        if not wanted.candidates and not wanted.is_tentative(reading.candidates):
            return _Given("none")
        candidates = tuple(self._candidates(reading))
        if wanted.is_tentative(candidates):
            return _Given("tentative", candidates=candidates)
        return _Given("none", candidates=candidates if wanted.candidates else ())

    def _candidates(self, reading: Reading) -> Iterator[Candidate]:
        """The candidates that can be quoted, numbered from 1."""
        n = 1
        for candidate in reading.candidates[:MOST_CANDIDATES]:
            try:
                citation = self._citation(candidate.finding, n)
            except QuoteError as error:
                _log.error("candidate left out: %s", error)
            else:
                yield Candidate(citation, _shown(candidate.confidence))
                n += 1

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


def _shown(confidence: float) -> float:
    """A confidence as it is shown, which is what thresholds are compared with: .5 is not withheld for its 7th digit."""
    return min(round(confidence, 4), CERTAIN)


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
