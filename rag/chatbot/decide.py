"""From a reading to what an answer quotes: its findings, its candidates as possibilities, or nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.errors import QuoteError
from rag.index import Index
from rag.reader import MOST_CANDIDATES, Finding, Reading, ScoredFinding, cite
from rag.types import Candidate, Citation, Status

#: The highest confidence: nothing is certain, so that a threshold of 1 lets no answer through.
CERTAIN = 0.9999

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """From which confidence on there is an answer or a tentative one, and whether candidates are wanted in any case."""

    threshold: float
    tentative: float
    candidates: bool

    def is_tentative(self, candidates: Sequence[ScoredFinding | Candidate]) -> bool:
        """Whether the best one is worth showing. A user's threshold below the tentative one leaves no room for it."""
        best = shown_confidence(candidates[0].confidence) if candidates else 0.0
        return self.tentative < self.threshold and best >= self.tentative


@dataclass(frozen=True, slots=True)
class Decision:
    """What an answer quotes."""

    status: Status
    citations: tuple[Citation, ...] = ()
    candidates: tuple[Candidate, ...] = ()


def decide(index: Index, reading: Reading, limits: Limits) -> Decision:
    """What is quoted of a reading, through ``cite``: its findings, else its candidates, else nothing."""
    if shown_confidence(reading.confidence) >= limits.threshold:
        citations = _findings(index, reading)
        candidates = tuple(_candidates(index, reading)) if limits.candidates else ()
        # An answer that cannot be quoted is no possibility either: the index does not hold what it says.
        return Decision("answered" if citations else "none", citations, candidates)
    if not limits.candidates and not limits.is_tentative(reading.candidates):
        return Decision("none")
    candidates = tuple(_candidates(index, reading))
    if limits.is_tentative(candidates):
        return Decision("tentative", candidates=candidates)
    return Decision("none", candidates=candidates if limits.candidates else ())


def shown_confidence(confidence: float) -> float:
    """A confidence as it is shown, which is what thresholds are compared with: what is shown as 0.5 reaches 0.5."""
    return min(round(confidence, 4), CERTAIN)


def _findings(index: Index, reading: Reading) -> tuple[Citation, ...]:
    """All findings cited, or none: an answer with a part missing would be another answer."""
    try:
        return tuple(_citation(index, finding, n) for n, finding in enumerate(reading.findings, 1))
    except QuoteError as error:
        _log.error("answer withheld: %s", error)
        return ()


def _candidates(index: Index, reading: Reading) -> Iterator[Candidate]:
    """The candidates that can be quoted, numbered from 1."""
    n = 1
    for candidate in reading.candidates[:MOST_CANDIDATES]:
        try:
            citation = _citation(index, candidate.finding, n)
        except QuoteError as error:
            _log.error("candidate left out: %s", error)
        else:
            yield Candidate(citation, shown_confidence(candidate.confidence))
            n += 1


def _citation(index: Index, finding: Finding, n: int) -> Citation:
    source = finding.passage.source
    return cite(
        index.document(source),
        finding.passage,
        finding.sentence,
        finding.marked,
        n=n,
        score=round(finding.score, 4),
        stale=index.is_stale(source),
    )
