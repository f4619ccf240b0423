"""The nouns of Wenbao: frozen, slotted, and importing nothing from the rest of the package.

Every ``start``/``end`` pair is a half-open range of code points.
Unless said otherwise it points into the text of a source file as it was decoded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

ANSWER_VERSION = 1
SEPARATOR = "；"

Kind = Literal["article", "caption"]
Leg = Literal["dense", "lexical", "fused"]
#: ``"answered"``: sure enough for the promised precision; ``"tentative"``: worth showing as a possibility;
#: ``"none"``: nothing is.
Status = Literal["answered", "tentative", "none"]
QuestionKind = Literal["fact", "article", "contents", "small_talk"]
#: Called as ``progress(stage, done, total)``; stages are short English words such as ``"embed"``.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points; what it points into is said where it is used."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read; ``sha256`` is of its bytes.

    ``text`` is a text file's own, decoded and otherwise untouched, or what was extracted from another format.
    ``encoding`` says which: ``utf-8``, ``markdown/utf-8``, ``pdf``, ``csv/gb18030``. ``notes`` are what of it was not
    understood, one line each; they are told when it is read, and an index does not keep them.
    """

    source: str
    text: str
    encoding: str
    sha256: str
    notes: tuple[str, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page, counted from 1, on which a code point stands; ``None`` for a text without pages.

        A form feed ends each page.

        >>> book = Document("a.pdf", "one\\f two\\f", "pdf", "")
        >>> book.page_at(2), book.page_at(5), Document("a.txt", "one", "utf-8", "").page_at(2)
        (1, 2, None)
        """
        return self.text.count("\f", 0, offset) + 1 if "\f" in self.text else None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article; ``text`` differs from its slice of the document in white space alone."""

    number: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a document. Numbers count from 1; ``byline`` is a span of the document.

    ``date`` is the day it was published, in ISO form, where the document carries one; ``url`` is where it stands on
    the web.
    """

    source: str
    number: int
    title: str
    kind: Kind
    byline: Span | None
    start: int
    end: int
    paragraphs: tuple[Paragraph, ...]
    date: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """What is retrieved: a paragraph, or a part of a long one.

    ``text`` differs from its slice of the document in white space alone.
    """

    passage_id: str
    source: str
    article: str
    article_number: int
    paragraph: int
    text: str
    start: int
    end: int

    @property
    def embedded_text(self) -> str:
        """What the embedder sees; what is quoted is ``text`` alone."""
        return f"{self.article}\n{self.text}" if self.article else self.text


@dataclass(frozen=True, slots=True)
class Filter:
    """Which passages count. What is left empty lets everything through; the fields that are given must all agree.

    ``sources`` are names, or patterns such as ``2024/*``; ``articles`` are words of headlines, one of which must occur.
    ``since`` and ``until`` are days in ISO form, both included; an article without a date is on no day.
    """

    sources: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """Higher is better. ``dense`` is a cosine, ``lexical`` a BM25 score; ``None`` means that leg did not find it."""

    dense: float | None
    lexical: float | None
    fused: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and how well it matched the question."""

    passage: Passage
    scores: Scores

    def to_dict(self) -> dict[str, Any]:
        passage = asdict(self.passage)
        return {**passage, "scores": asdict(self.scores)}


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and where it stands.

    ``start``/``end`` point into the source; ``answer_start``/``answer_end`` point into ``quote``.
    Only ``rag.reader.citation.cite`` makes these, and it checks the quote against the source.
    """

    n: int
    quote: str
    answer_start: int
    answer_end: int
    source: str
    article: str
    article_number: int
    paragraph: int
    page: int | None
    start: int
    end: int
    score: float
    stale: bool
    passage_id: str

    @property
    def marked(self) -> str:
        """The part of the quote that answers."""
        return self.quote[self.answer_start : self.answer_end]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, and the chance that it does."""

    citation: Citation
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """The fields of the citation, and the confidence beside them."""
        return {**asdict(self.citation), "confidence": self.confidence}


@dataclass(frozen=True, slots=True)
class Answer:
    """The one answer object of UI, API, CLI and batch; abstaining is a value, not an error."""

    question: str
    interpreted_as: str | None
    lang: str
    confidence: float
    citations: tuple[Citation, ...]
    passages: tuple[Hit, ...]
    index: str
    model: str
    took_ms: int
    #: Parts of a question of several that the citations do not answer.
    not_found: tuple[str, ...] = ()
    #: Only an ``"answered"`` one has citations.
    status: Status = "none"
    #: Best first, at most three: of a ``"tentative"`` answer; of the others only where they were asked for.
    candidates: tuple[Candidate, ...] = ()

    def __post_init__(self) -> None:
        """Raises ``ValueError`` if the status does not fit what is cited."""
        if (self.status == "answered") != bool(self.citations) or (self.status == "tentative" and not self.candidates):
            cited = f"{len(self.citations)} citations and {len(self.candidates)} candidates"
            raise ValueError(f"an answer with {cited} cannot be {self.status!r}")

    #: What was asked for: small talk has no citations, ``contents`` cites headlines.
    kind: QuestionKind = "fact"

    @property
    def abstained(self) -> bool:
        return self.status != "answered"

    @property
    def quoted(self) -> tuple[Citation, ...]:
        """What is quoted to a reader: the answer's citations, or those of a tentative answer's candidates."""
        if self.status == "tentative":
            return tuple(candidate.citation for candidate in self.candidates)
        return self.citations

    @property
    def answer(self) -> str | None:
        """The marked spans in order, joined by ``；``: no other word is ever added."""
        return SEPARATOR.join(c.marked for c in self.citations) if self.citations else None

    def to_dict(self) -> dict[str, Any]:
        """Answer, version 1, extended by ``status`` and ``candidates``: the JSON of every output."""
        return {
            "version": ANSWER_VERSION,
            "question": self.question,
            "interpreted_as": self.interpreted_as,
            "lang": self.lang,
            "status": self.status,
            "answer": self.answer,
            "abstained": self.abstained,
            "confidence": self.confidence,
            "citations": [asdict(c) for c in self.citations],
            "passages": [h.to_dict() for h in self.passages],
            "index": self.index,
            "model": self.model,
            "took_ms": self.took_ms,
            "not_found": list(self.not_found),
            "candidates": [candidate.to_dict() for candidate in self.candidates],
            "kind": self.kind,
        }
