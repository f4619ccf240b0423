"""Find where the gold evidence of questions stands, so that hits and citations are compared by place, not by words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rag.errors import EvaluationError
from rag.evaluation.answers import CMRC, CMRC_OCR, SQUAD, SQUAD_OCR, Definition, places_of_answer
from rag.evaluation.normal import SquashedText
from rag.evaluation.questions import Question
from rag.types import Citation, Document, Hit, Span

_HAN_OR_KANA = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]{2,}")


@dataclass(frozen=True, slots=True)
class Gold:
    """The places of a question's evidence by source, and the definition of EM and F1 for its answers.

    ``grades`` says how relevant each source is, where a set judges whole documents (BEIR).
    """

    places: Mapping[str, Sequence[Span]]
    definition: Definition
    grades: Mapping[str, int] = field(default_factory=dict)

    def overlaps(self, quoted: Hit | Citation) -> bool:
        """Whether a hit or a citation covers at least one character of the evidence."""
        piece = quoted.passage if isinstance(quoted, Hit) else quoted
        span = Span(piece.start, piece.end)
        return any(span.overlaps(place) for place in self.places.get(piece.source, ()))

    def grade(self, hit: Hit) -> int:
        """How relevant a hit is; 0 is not at all."""
        return self.grades.get(hit.passage.source, 1) if self.overlaps(hit) else 0

    @property
    def ideal(self) -> Sequence[int]:
        """The grades of everything relevant; where a set has no grades, the evidence counts as one thing of grade 1."""
        return tuple(self.grades.values()) or (1,)

    def names(self, source: str) -> bool:
        return source in self.places


class Finder:
    """Finds the evidence of our JSONL in the documents of an index; each document is squashed once."""

    def __init__(self, sources: Iterable[str], document: Callable[[str], Document]) -> None:
        self._sources = sorted(sources)
        self._document = document
        self._squashed: dict[str, SquashedText] = {}

    def gold(self, question: Question) -> Gold:
        """Raises ``EvaluationError`` if the question names a source that is not in the index."""
        definition = CMRC_OCR if _is_chinese_or_japanese(question.evidence, question.answers) else SQUAD_OCR
        return Gold(self._places(question) if question.answerable else {}, definition)

    def _places(self, question: Question) -> dict[str, list[Span]]:
        """Where the evidence stands, or else the answers: in the source that is named, or in all sources."""
        sources = [self._resolve(question)] if question.source else self._sources
        if question.evidence:
            places = {source: self._text(source).locate(question.evidence) for source in sources}
            if any(places.values()):
                return places
        texts = {source: self._text(source) for source in sources}
        return {source: [s for a in question.answers for s in places_of_answer(texts[source], a)] for source in sources}

    def _resolve(self, question: Question) -> str:
        """The source as the index names it: it puts the folder's name in front where two folders would clash."""
        name = question.source
        matching = [s for s in self._sources if s == name] or [s for s in self._sources if s.endswith(f"/{name}")]
        if len(matching) != 1:
            several = "stands for several files: name one"
            problem = several if matching else "is not in the index: index its folder first"
            raise EvaluationError(f"question {question.id}: its source {name} {problem}")
        return matching[0]

    def _text(self, source: str) -> SquashedText:
        if source not in self._squashed:
            self._squashed[source] = SquashedText.of(self._document(source).text)
        return self._squashed[source]


def paragraph_gold(question: Question, source: str) -> Gold:
    """The gold of a SQuAD question whose paragraph was indexed as the document ``source``."""
    context = question.context or ""
    definition = CMRC if _is_chinese_or_japanese(context, question.answers) else SQUAD
    return Gold({source: [Span(0, len(context))]} if question.answerable else {}, definition)


def judged_gold(question: Question, documents: Mapping[str, str], pool: Mapping[str, str]) -> Gold:
    """The gold of a BEIR query; equal documents were indexed once and count as the best of them.

    One without text was not indexed: it counts among what is relevant, as for trec_eval, and is never found.
    """
    grades: dict[str, int] = {}
    places: dict[str, list[Span]] = {}
    for name, grade in question.relevant or ():
        text = documents[name]
        source = pool.get(text, f"{name} (without text)")
        grades[source] = max(grades.get(source, 0), grade)
        places[source] = [Span(0, len(text))]
    return Gold(places, SQUAD, grades)


def _is_chinese_or_japanese(context: str | None, answers: Sequence[str]) -> bool:
    """Whether the answers stand in Chinese or Japanese text; an answer alone may be a bare number."""
    text = context or "".join(answers)
    return len(_HAN_OR_KANA.findall(text)) > len(_LATIN_WORD.findall(text))
