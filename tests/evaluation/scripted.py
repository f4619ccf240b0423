"""A chatbot that says what it is told to, so that every score can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

from rag.corpus import passages
from rag.types import Answer, Article, Candidate, Citation, Document, Hit, Leg, Paragraph, Passage, Scores, Status


@dataclass(frozen=True)
class Line:
    """What the bot finds (passage ids, best first) and says: a quote with its marked part, out of which passage."""

    found: tuple[str, ...] = ()
    passage: str | None = None
    quote: str = ""
    marked: str = ""
    confidence: float = 0.0
    #: Further candidates, as (passage id, quote, confidence).
    others: tuple[tuple[str, str, float], ...] = ()


@dataclass
class ScriptedBot:
    """``pages`` are texts by source, one paragraph a line; ``script`` goes by question."""

    pages: Mapping[str, str]
    script: Mapping[str, Line]
    threshold: float = 0.5
    tentative_threshold: float = 0.35
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
        self,
        questions: Sequence[str],
        hits: Sequence[Sequence[Hit]],
        *,
        min_confidence: float | None = None,
        candidates: bool = False,
    ) -> list[Answer]:
        assert candidates, "evaluation asks for what a tentative answer would show"
        self.given = [[hit.passage.passage_id for hit in found] for found in hits]
        return [self._answer(q, found, min_confidence or 0.0) for q, found in zip(questions, hits, strict=True)]

    def _answer(self, question: str, hits: Sequence[Hit], threshold: float) -> Answer:
        line = self.script[question]
        if line.passage is None:
            return Answer(question, None, "zh", line.confidence, (), tuple(hits), "i", "m", 1)
        first = Candidate(self._citation(1, line.passage, line.quote, line.marked), line.confidence)
        others = [
            Candidate(self._citation(n, name, quote), sure) for n, (name, quote, sure) in enumerate(line.others, 2)
        ]
        cited = (first.citation,) if line.confidence >= threshold else ()
        status: Status = "answered" if cited else "none"
        candidates = (first, *others)
        return Answer(question, None, "zh", line.confidence, cited, tuple(hits), "i", "m", 1, (), status, candidates)

    def _citation(self, n: int, passage_id: str, quote: str, part: str = "") -> Citation:
        passage = self._passages()[passage_id]
        start = passage.start + passage.text.index(quote)
        marked = quote.index(part)
        return Citation(
            n, quote, marked, marked + len(part), passage.source, "", 1, passage.paragraph, None,
            start, start + len(quote), 1.0, False, passage.passage_id,
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
