"""One state of a local index: a snapshot of the SQLite file, and the parts that were built from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from rag.index.engine import Candidate, DocumentInfo, PassageCodes, Proposal
from rag.index.filters import admits
from rag.index.local import parts, records, schema
from rag.index.local.ann import AnnIndex, AnnRecord
from rag.index.local.build_parts import open_segments
from rag.index.local.dense import DenseIndex
from rag.index.local.segment import load_numbers
from rag.index.local.sqlite_errors import reading
from rag.index.settings import Settings
from rag.lexical import LexicalIndex, Term
from rag.types import Article, Document, Filter, Passage, Span

if TYPE_CHECKING:
    from rag.embedding import FloatArray
    from rag.index.codes import Codes
    from rag.index.engine import Rows
    from rag.index.local.segment import Ints

_T = TypeVar("_T")


class LocalState:
    """Implements ``rag.index.engine.State``, which documents the public methods.

    It must not be carried over a fork: open another one in the child.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, settings: Settings) -> None:
        """``IndexFormatError`` if the parts do not agree. Other errors are for ``reading`` to name."""
        import numpy as np

        self.settings = settings
        self._folder, self._connection, self._lock = folder, connection, Lock()
        segments = open_segments(folder, connection)
        place_of = load_numbers(folder / parts.order_name(settings.generation))
        self._lexical = LexicalIndex(*(segment.lexical for segment in segments))
        record = AnnRecord.read(connection)
        ann = (AnnIndex.open(folder / record.name), record) if record else None
        if not sum(segment.size for segment in segments) == self._lexical.size == len(place_of):
            raise schema.damaged(folder, "its parts do not agree", mend="--repair")
        self._dense = DenseIndex(segments, place_of, settings.dimension, ann)
        if not np.array_equal(np.sort(place_of), np.arange(len(place_of))):
            raise schema.damaged(folder, "its order of passages names one twice", mend="--repair")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def is_outdated(self) -> bool:
        # Two indexes that had equally many states differ in the hash of what they hold.
        with closing(schema.connect_to_read(self._folder)) as connection:
            settings = records.read_settings(connection)
            return settings is not None and settings != self.settings

    @property
    def size(self) -> int:
        return self._dense.size

    @property
    def dimension(self) -> int:
        return self._dense.dimension

    @property
    def recall(self) -> float:
        ann = self._query(AnnRecord.read)
        return ann.recall if ann else 1.0

    def near(
        self, turned: FloatArray, k: int, weight: float, *, among: Rows | None, exact: bool, depth: int
    ) -> list[Proposal]:
        with reading(self._folder):
            return self._dense.near(turned, k, weight, among=among, exact=exact, depth=depth)

    def codes(self, rows: Rows) -> PassageCodes:
        with reading(self._folder):
            return self._dense.codes(rows)

    def reading_order(self, rows: Rows) -> Rows:
        return self._dense.reading_order(rows)

    def allowed(self, where: Filter) -> Rows:
        import numpy as np

        test = admits(where)
        numbers = self._query(lambda connection: list(records.read_allowed(connection, test)))
        return np.sort(self._rows(np.array(numbers, np.int64)))

    def matching(self, questions: Sequence[str], k: int, *, among: Rows | None) -> list[list[Candidate]]:
        numbers = None if among is None else self._dense.numbers(among)
        with reading(self._folder):
            return [self._matching(question, k, numbers) for question in questions]

    def _matching(self, question: str, k: int, among: Ints | None) -> list[Candidate]:
        import numpy as np

        numbers, scores = self._lexical.matches(question, k, among)
        rows = self._rows(numbers)
        order = np.lexsort((rows, -scores))[:k]
        return list(map(Candidate, rows[order].tolist(), scores[order].tolist()))

    def ceiling(self, question: str) -> float:
        with reading(self._folder):
            return self._lexical.ceiling(question)

    def terms(self, text: str) -> list[Term]:
        with reading(self._folder):
            return self._lexical.terms(text)

    def named(self, question: str) -> str:
        with reading(self._folder):
            return self._lexical.named(question)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        numbers = self._numbers(rows)
        return self._query(lambda connection: records.read_passages(connection, numbers))

    def sentences(self, row: int) -> tuple[list[Span], Codes]:
        import numpy as np

        (number,) = self._numbers([row])
        spans = self._query(lambda connection: records.read_sentences(connection, number))
        with reading(self._folder):
            codes = self._dense.codes(np.array([row], np.int64)).sentences
            if len(codes) != len(spans):
                raise ValueError("a passage has other sentences than vectors")
        return spans, codes

    def article_rows(self, source: str, article_number: int) -> dict[str, int]:
        import numpy as np

        pairs = self._query(lambda connection: records.read_numbers(connection, source, article_number))
        rows = self._rows(np.array([number for _, number in pairs], np.int64))
        return {passage_id: int(row) for (passage_id, _), row in zip(pairs, rows, strict=True)}

    def document(self, source: str) -> Document | None:
        return self._query(lambda connection: records.read_document(connection, source))

    def documents(self) -> list[DocumentInfo]:
        return self._query(records.list_documents)

    def articles(self, source: str | None) -> tuple[Article, ...]:
        return self._query(lambda connection: tuple(records.read_articles(connection, source)))

    def newest(self, most: int) -> tuple[Article, ...]:
        return self._query(lambda connection: tuple(records.read_newest(connection, most)))

    def date(self, source: str, article_number: int) -> str | None:
        return self._query(lambda connection: records.read_date(connection, source, article_number))

    def file(self, source: str) -> Path | None:
        return self._query(lambda connection: records.read_file(self._folder, connection, source))

    def sha256(self, source: str) -> str:
        return self._query(lambda connection: records.read_sha256(connection, source))

    def _query(self, query: Callable[[sqlite3.Connection], _T]) -> _T:
        with self._lock, reading(self._folder):
            return query(self._connection)

    def _numbers(self, rows: Sequence[int]) -> list[int]:
        import numpy as np

        return [int(number) for number in self._dense.numbers(np.asarray(rows, np.int64))]

    def _rows(self, numbers: Ints) -> Rows:
        try:
            return self._dense.rows(numbers)
        except KeyError as error:
            reason = "a part names passages that are not there"
            raise schema.damaged(self._folder, reason, mend="--repair") from error
