"""A chatbot that says what it is told to, so that every score can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

from rag.corpus import passages
from rag.types import Answer, Article, Citation, Document, Hit, Leg, Paragraph, Passage, Scores


@dataclass(frozen=True)
class Line:
    """What the bot finds (passage ids, best first) and says: a quote with its marked part, out of which passage."""

    found: tuple[str, ...] = ()
    passage: str | None = None
    quote: str = ""
    marked: str = ""
    confidence: float = 0.0


@dataclass
class ScriptedBot:
    """``pages`` are texts by source, one paragraph a line; ``script`` goes by question."""

    pages: Mapping[str, str]
    script: Mapping[str, Line]
    threshold: float = 0.5
    given: list[list[str]] = field(default_factory=list)

    def __enter__(self) -> ScriptedBot:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def info(self) -> SimpleNamespace:
        return SimpleNamespace(model="scripted@1", fingerprint="abc", passages=len(self._passages()))

    def document(self, source: str) -> Document:
        return Document(source, self.pages[source], "utf-8", "")

    def articles(self, source: str | None = None) -> tuple[Article, ...]:
        return tuple(self._article(name) for name in self.pages if source in (None, name))

    def retrieve(self, questions: Sequence[str], k: int = 10, leg: Leg = "fused") -> list[list[Hit]]:
        return [[self._hit(found) for found in self.script[question].found[:k]] for question in questions]

    def read(
        self, questions: Sequence[str], hits: Sequence[Sequence[Hit]], *, min_confidence: float | None = None
    ) -> list[Answer]:
        self.given = [[hit.passage.passage_id for hit in found] for found in hits]
        return [self._answer(q, found, min_confidence or 0.0) for q, found in zip(questions, hits, strict=True)]

    def _answer(self, question: str, hits: Sequence[Hit], threshold: float) -> Answer:
        line = self.script[question]
        cited = () if line.passage is None or line.confidence < threshold else (self._citation(line),)
        return Answer(question, None, "zh", line.confidence, cited, tuple(hits), "i", "m", 1)

    def _citation(self, line: Line) -> Citation:
        passage = self._passages()[line.passage or ""]
        start = passage.start + passage.text.index(line.quote)
        marked = line.quote.index(line.marked)
        return Citation(
            1, line.quote, marked, marked + len(line.marked), passage.source, "", 1, passage.paragraph, None,
            start, start + len(line.quote), line.confidence, False, passage.passage_id,
        )  # fmt: skip

    def _hit(self, passage_id: str) -> Hit:
        return Hit(self._passages()[passage_id], Scores(None, None, 1.0))

    def _passages(self) -> dict[str, Passage]:
        return {p.passage_id: p for a in self.articles() for p in passages(a, self.pages[a.source])}

    def _article(self, source: str) -> Article:
        text, at, paragraphs = self.pages[source], 0, []
        for number, line in enumerate(text.split("\n"), start=1):
            paragraphs.append(Paragraph(number, line, at, at + len(line)))
            at += len(line) + 1
        return Article(source, 1, "", "article", None, 0, len(text), tuple(paragraphs))
