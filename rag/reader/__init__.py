"""From hits to quotes: evidence sentences, the part that answers, and one confidence."""

from rag.reader.citation import check, cite
from rag.reader.protocol import Finding, Reader, Reading, ScoredFinding, SentenceStore
from rag.reader.span_model import bundled_reader
from rag.reader.span_reader import MOST_CANDIDATES, SpanReader
from rag.reader.store import IndexSentences

__all__ = [
    "MOST_CANDIDATES",
    "Finding",
    "IndexSentences",
    "Reader",
    "Reading",
    "ScoredFinding",
    "SentenceStore",
    "SpanReader",
    "bundled_reader",
    "check",
    "cite",
]
