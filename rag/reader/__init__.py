"""From hits to quotes: evidence sentences, the part that answers, and one confidence."""

from rag.reader.citation import check, cite
from rag.reader.pointers import bundled_reader
from rag.reader.protocol import Finding, Reader, Reading, SentenceStore
from rag.reader.sentence_reader import SentenceReader
from rag.reader.store import IndexSentences

__all__ = [
    "Finding",
    "IndexSentences",
    "Reader",
    "Reading",
    "SentenceReader",
    "SentenceStore",
    "bundled_reader",
    "check",
    "cite",
]
