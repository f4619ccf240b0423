"""The nouns of Wenbao: frozen, slotted, and importing nothing from the rest of the package.

Every ``start``/``end`` pair is a half-open range of code points.
Unless said otherwise it points into the text of a source file as it was decoded.

The JSON Schema of our output is made from these types. A text in ``Annotated`` is the description of the field there,
and so are the docstrings of ``Scores``, ``Hit``, ``Citation``, ``Candidate`` and ``Answer``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final, Literal, NamedTuple

ANSWER_VERSION: Final = 1
SEPARATOR = "；"

Kind = Literal["article", "caption"]
Leg = Literal["dense", "lexical", "fused"]
#: ``"answered"``: sure enough for the promised precision; ``"tentative"``: worth showing as a possibility;
#: ``"none"``: nothing is.
Status = Literal["answered", "tentative", "none"]
QuestionKind = Literal["fact", "article", "contents", "small_talk"]
#: What takes long: an index is read, embedded, written, sorted and tuned; an evaluation asks and times questions.
Stage = Literal["read", "embed", "write", "sort", "tune", "ask", "time"]
#: Called as ``progress(stage, done, total)``.
Progress = Callable[[Stage, int, int], None]


class Bounds(NamedTuple):
    """The least and the greatest number that a field may hold, for the JSON Schema."""

    ge: int
    le: int | None = None


CodePoint = Annotated[int, Bounds(0)]
Probability = Annotated[float, Bounds(0, 1)]


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
    ``encoding`` says which: ``utf-8``, ``markdown/utf-8``, ``pdf``, ``csv/gb18030``. ``notes`` say what in the
    file was not understood, one line each; they are reported when it is read, and an index does not store them.
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

    passage_id: Annotated[str, "stable: source#article.paragraph, with /part for long paragraphs"]
    source: str
    article: Annotated[str, "headline"]
    article_number: int
    paragraph: int
    text: str
    start: Annotated[CodePoint, "first code point in the source"]
    end: Annotated[CodePoint, "one past the last code point in the source"]

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
    """Higher is better; null where that leg did not find the passage."""

    dense: Annotated[float | None, "cosine"]
    lexical: Annotated[float | None, "BM25"]
    fused: Annotated[float, "both together"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and how well it matched the question."""

    passage: Passage
    scores: Scores

    def to_dict(self) -> dict[str, Any]:
        """The fields of the passage, and the scores beside them."""
        passage = asdict(self.passage)
        return {**passage, "scores": asdict(self.scores)}


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and where it stands."""

    # Only ``rag.reader.citation.cite`` makes these, and it checks the quote against the source.

    n: Annotated[int, "number of the citation, from 1"]
    quote: Annotated[str, "the sentence, as in the source but for white space"]
    answer_start: Annotated[CodePoint, "first code point of the answer in the quote"]
    answer_end: Annotated[CodePoint, "one past its last code point in the quote"]
    source: Annotated[str, "file the quote stands in"]
    article: Annotated[str, "headline"]
    article_number: int
    paragraph: int
    page: Annotated[int | None, "page of the file, where it has pages"]
    start: Annotated[CodePoint, "first code point of the quote in the source"]
    end: Annotated[CodePoint, "one past its last code point in the source"]
    score: float
    stale: Annotated[bool, "whether the file has changed since it was indexed"]
    passage_id: str

    @property
    def marked(self) -> str:
        """The part of the quote that answers."""
        return self.quote[self.answer_start : self.answer_end]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: the fields of a citation, and the chance that it does."""

    citation: Citation
    confidence: Annotated[Probability, "chance that the sentence holds the answer"]

    def to_dict(self) -> dict[str, Any]:
        """The fields of the citation, and the confidence beside them."""
        return {**asdict(self.citation), "confidence": self.confidence}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or an abstention: then ``answer`` is null and there are no citations.

    A tentative answer is an abstention with ``candidates``: sentences that may answer, best first, at most three.
    """

    question: Annotated[str, "as it was asked"]
    interpreted_as: Annotated[
        str | None,
        "the question that was answered, if it is not the one asked: after an earlier one, or with names in characters",
    ]
    lang: Annotated[str, "language of the question"]
    confidence: Annotated[Probability, "chance that the first quoted sentence holds the answer"]
    citations: tuple[Citation, ...]
    passages: Annotated[tuple[Hit, ...], "the nearest passages, best first"]
    index: Annotated[str, "content hash of the index"]
    model: Annotated[str, "name and revision of the embedding model"]
    took_ms: Annotated[int, Bounds(0)]
    not_found: Annotated[tuple[str, ...], "parts of the question that the citations do not answer"] = ()
    status: Annotated[Status, "answered: sure enough; tentative: perhaps one of the candidates; none: no answer"] = (
        "none"
    )
    candidates: Annotated[
        tuple[Candidate, ...],
        "sentences that may answer, best first; with answers that are not tentative only if asked for",
    ] = ()
    kind: Annotated[
        QuestionKind, "article: its summary; contents: headlines, newest first; small_talk: nothing to cite"
    ] = "fact"

    def __post_init__(self) -> None:
        """Raises ``ValueError`` if the status does not fit what is cited."""
        if (self.status == "answered") != bool(self.citations) or (self.status == "tentative" and not self.candidates):
            cited = f"{len(self.citations)} citations and {len(self.candidates)} candidates"
            raise ValueError(f"an answer with {cited} cannot be {self.status!r}")

    @property
    def version(self) -> Annotated[Literal[1], "version of this format"]:
        return ANSWER_VERSION

    @property
    def abstained(self) -> Annotated[bool, "true unless answered"]:
        return self.status != "answered"

    @property
    def quoted(self) -> tuple[Citation, ...]:
        """What is quoted to a reader: the answer's citations, or those of a tentative answer's candidates."""
        if self.status == "tentative":
            return tuple(candidate.citation for candidate in self.candidates)
        return self.citations

    @property
    def answer(self) -> Annotated[str | None, "the marked parts of the quotes, joined by ；"]:
        """No word is ever added to the marked parts."""
        return SEPARATOR.join(c.marked for c in self.citations) if self.citations else None

    def to_dict(self) -> dict[str, Any]:
        """The JSON of every output."""
        return {
            "version": self.version,
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
