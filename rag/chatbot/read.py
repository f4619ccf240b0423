"""From retrieved passages to the reading that answers each question, by its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.chatbot.decide import CERTAIN
from rag.chatbot.headlines import headline
from rag.chatbot.multi_part import Asked, read_parts
from rag.chatbot.understand import Turn, Understood
from rag.index import Index
from rag.reader import Finding, Reader, Reading, ScoredFinding
from rag.reader.whole import ArticleReader
from rag.text import sentences
from rag.types import Article, Hit, Passage, QuestionKind, Span

#: Articles listed for a question that asks what there is.
LISTED = 8
_NOTHING = Reading((), 0.0)


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages for a question, best first, those for each of its parts, and those for it after the previous turn.

    ``of_parts`` is empty for a question of one part, ``following`` for one that follows no turn.
    """

    hits: Sequence[Hit]
    of_parts: Sequence[Sequence[Hit]] = ()
    following: Sequence[Hit] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A reading, the passages it was read from, and the question as it was finally understood."""

    kind: QuestionKind
    reading: Reading
    hits: Sequence[Hit]
    text: str


class QuestionReader:
    """Reads facts, articles and lists of articles. Safe to share between threads if its readers are."""

    def __init__(self, index: Index, reader: Reader, articles: ArticleReader) -> None:
        self._index, self._reader, self._articles = index, reader, articles

    def read(self, questions: Sequence[Understood], retrieved: Sequence[Retrieved], threshold: float) -> list[Outcome]:
        """One outcome for each question; ``threshold`` is the confidence at which a part of a question is answered."""
        facts = self._facts(questions, retrieved, threshold)
        return [
            self._of_kind(question, passages, fact, threshold)
            for question, passages, fact in zip(questions, retrieved, facts, strict=True)
        ]

    def _facts(
        self, questions: Sequence[Understood], retrieved: Sequence[Retrieved], threshold: float
    ) -> list[Outcome]:
        """Questions for facts and for a named article are read; the others have an empty outcome.

        A question that may follow a turn is read as typed and after that turn, and the surer reading wins.
        """
        asked: list[Asked] = []
        for question, passages in zip(questions, retrieved, strict=True):
            if question.is_read:
                of_parts = passages.of_parts or [passages.hits] * len(question.parts)
                parts = list(zip(question.parts, of_parts, strict=True))
                asked.append(Asked(question.text, passages.hits, parts=parts))
            if question.follow_up and question.previous:
                hits = as_likely_as_the_best(passages.following, question.previous)
                parts = [(part, hits) for part in question.parts]
                asked.append(Asked(question.text, hits, question.previous.context, parts))
        readings = iter(read_parts(self._reader, asked, threshold))
        outcomes = []
        for question, passages in zip(questions, retrieved, strict=True):
            outcome = Outcome("fact", next(readings) if question.is_read else _NOTHING, passages.hits, question.text)
            if question.follow_up:
                after = Outcome("fact", next(readings), passages.following, question.follow_up)
                outcome = _surer(outcome, after)
            outcomes.append(outcome)
        return outcomes

    def _of_kind(self, question: Understood, passages: Retrieved, fact: Outcome, threshold: float) -> Outcome:
        kind = question.kind
        if kind.kind == "fact":
            return fact
        if kind.kind == "small_talk":
            return Outcome("small_talk", _NOTHING, (), question.text)
        if kind.kind == "article" and kind.names_article:
            summary = _as_sure_as(self._articles.read(question.text, passages.hits), fact.reading)
            is_unsure = summary.confidence < min(threshold, fact.reading.confidence)
            return fact if is_unsure else replace(fact, kind="article", reading=summary)
        if kind.kind == "article" and question.previous is not None:
            previous = question.previous
            start = self._first_passage(previous.cited.source, previous.cited.article_number)
            if start is not None:  # the article may have left the index since
                # It is the article that is meant as surely as it answered the question before.
                return self._summary(question, start, previous.confidence, passages)
        newest = self._index.newest(LISTED)
        start = self._first_passage(newest[0].source, newest[0].number) if len(newest) == 1 else None
        if kind.kind == "article" and start is not None:
            return self._summary(question, start, CERTAIN, passages)
        # Nothing says which article is meant; a list of articles helps the user to say it.
        headlines = tuple(finding for article in newest if (finding := self._headline(article)) is not None)
        listed = Reading(headlines, CERTAIN if headlines else 0.0)
        return Outcome("contents", listed, passages.hits, question.text)

    def _summary(self, question: Understood, start: Passage, confidence: float, passages: Retrieved) -> Outcome:
        reading = self._articles.summarise(question.text, start, confidence)
        return Outcome("article", reading, passages.hits, question.text)

    def _headline(self, article: Article) -> Finding | None:
        """The headline of an article, or its first sentence if the source has no such line."""
        line = headline(article, self._index.document(article.source))
        if line is not None:
            whole = Span(0, len(line.text))
            return Finding(line, whole, whole, 0.0)
        passage = self._first_passage(article.source, article.number)
        if passage is None:
            return None
        first = sentences(passage.text)[0]
        return Finding(passage, first, first, 0.0)

    def _first_passage(self, source: str, number: int) -> Passage | None:
        """The first passage of an article, or None if the index does not have the article."""
        rows = self._index.article_rows(source, number)
        return self._index.passages([next(iter(rows.values()))])[0] if rows else None


def first_of_article(hits: Sequence[Hit], turn: Turn) -> list[Hit]:
    """The hits of the article that a turn cites, then all others."""
    return sorted(hits, key=lambda hit: not _is_of_article(hit, turn))


def as_likely_as_the_best(hits: Sequence[Hit], turn: Turn) -> list[Hit]:
    """The hits with the best fused score for those of the article that a turn cites.

    A follow-up question is mostly about that article, whatever its words are like.
    """
    best = max((hit.scores.fused for hit in hits), default=0.0)
    return [replace(hit, scores=replace(hit.scores, fused=best)) if _is_of_article(hit, turn) else hit for hit in hits]


def _is_of_article(hit: Hit, turn: Turn) -> bool:
    return (hit.passage.source, hit.passage.article_number) == (turn.cited.source, turn.cited.article_number)


def _surer(typed: Outcome, after: Outcome) -> Outcome:
    """The outcome as typed, unless the one after the previous turn is surer and has another sentence."""
    is_surer = after.reading.confidence > typed.reading.confidence
    return after if is_surer and _place(after.reading) != _place(typed.reading) else typed


def _place(reading: Reading) -> tuple[str, Span] | None:
    best = next(iter(reading.findings), None)
    return (best.passage.passage_id, best.sentence) if best else None


def _as_sure_as(summary: Reading, reading: Reading) -> Reading:
    """The summary of an article, as sure as the sentence read in it: where that is right, so is the article."""
    if not summary.findings or not reading.findings:
        return summary
    one, other = summary.findings[0].passage, reading.findings[0].passage
    if (one.source, one.article_number) != (other.source, other.article_number):
        return summary
    surer = max(summary.confidence, reading.confidence)
    candidates = tuple(ScoredFinding(candidate.finding, surer) for candidate in summary.candidates)
    return replace(summary, confidence=surer, candidates=candidates)
