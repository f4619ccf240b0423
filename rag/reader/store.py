"""An index as the reader wants to see it: by passage instead of by row."""

from __future__ import annotations

from collections.abc import Sequence

from rag.embedding import FloatArray
from rag.index import Index
from rag.lexical import Term
from rag.types import Passage, Span


class IndexSentences:
    """The ``SentenceStore`` of an index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def sentences(self, passage: Passage) -> Sequence[tuple[Span, FloatArray]]:
        rows = self._index.article_rows(passage.source, passage.article_number)
        return self._index.sentences(rows[passage.passage_id])

    def article(self, passage: Passage) -> Sequence[Passage]:
        rows = self._index.article_rows(passage.source, passage.article_number)
        return self._index.passages(list(rows.values()))

    def terms(self, text: str) -> Sequence[Term]:
        return self._index.terms(text)
