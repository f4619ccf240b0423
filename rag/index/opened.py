"""An index as its readers see it: one state, whatever a writer does meanwhile."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from rag.errors import IndexFormatError, InputError
from rag.index import parts, records, schema, store
from rag.index.dense import Candidate, DenseIndex, Flat
from rag.index.records import DocumentInfo
from rag.index.settings import Settings, read_settings
from rag.index.writer import wrong_model
from rag.lexical import TOKENS_VERSION, LexicalIndex, Term
from rag.types import Article, Document, Passage, Span

if TYPE_CHECKING:
    from rag.embedding import FloatArray
    from rag.index.dense import Floats

_T = TypeVar("_T")
# A writer that switches twice while an index is being opened takes the files away; a new look finds new ones.
_TRIES = 5


class Index:
    """Safe to share between threads. Not to be carried over a fork: open it in the child."""

    def __init__(
        self,
        folder: Path,
        connection: sqlite3.Connection,
        settings: Settings,
        dense: DenseIndex,
        lexical: LexicalIndex,
    ) -> None:
        self._folder, self._connection, self._settings = folder, connection, settings
        self._dense, self._lexical = dense, lexical
        self._lock = Lock()

    @classmethod
    def open(cls, index: Path | str) -> Index:
        """Open the state that is live now.

        ``IndexMissingError`` if nothing was built, ``IndexFormatError`` if it cannot be read as it is.
        """
        folder = Path(index)
        for _ in range(_TRIES):
            connection = schema.connect_to_read(folder)
            try:
                return cls._opened(folder, connection)
            except FileNotFoundError as error:
                connection.close()
                missing = error
            except sqlite3.DatabaseError as error:
                connection.close()
                raise schema.damaged(folder, str(error)) from error
            except BaseException:
                connection.close()
                raise
        raise schema.damaged(folder, f"{missing} is missing", mend="--repair")

    @classmethod
    def _opened(cls, folder: Path, connection: sqlite3.Connection) -> Index:
        settings = read_settings(connection)
        if settings is None:
            raise schema.unfinished(folder)
        if settings.tokens != TOKENS_VERSION:
            raise IndexFormatError(f"the index in {folder} was built with another tokenizer: run `rag index`")
        parts.check_sizes(folder, connection, settings.generation)
        dense, lexical = _open_parts(folder, connection, settings)
        return cls(folder, connection, settings, dense, lexical)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the state go; the other methods are not to be called any more."""
        with self._lock:
            self._connection.close()

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def model(self) -> str:
        return self._settings.model

    @property
    def dimension(self) -> int:
        return self._settings.dimension

    @property
    def fingerprint(self) -> str:
        """A hash of everything that can be cited from this state."""
        return self._settings.fingerprint

    @property
    def size(self) -> int:
        """The number of passages; rows go from 0 to it, in the order of passage ids."""
        return self._dense.size

    def require_model(self, name: str) -> None:
        """``IndexModelError`` unless the index was built with the model ``name``."""
        if name != self.model:
            raise wrong_model(self._folder, self.model, name)

    def dense(self, queries: FloatArray, k: int) -> list[list[Candidate]]:
        """The ``k`` nearest passages for each unit row, best first; exact, ties to the lower row."""
        import numpy as np

        if queries.ndim != 2 or queries.shape[1] != self.dimension or not bool(np.isfinite(queries).all()):
            raise ValueError(f"queries must be finite rows of {self.dimension} numbers, not of shape {queries.shape}")
        return self._dense.search(np.ascontiguousarray(queries, np.float32), k)

    def similarities(self, query: FloatArray, rows: Sequence[int]) -> list[float]:
        """The dense score of each of ``rows`` for one unit vector, as ``dense`` gives it."""
        import numpy as np

        return [float(score) for score in self._dense.scores(query, np.asarray(rows, np.int64))]

    def cosines(self, query: FloatArray, rows: Sequence[int]) -> tuple[Floats, Floats]:
        """What a dense score is mixed of: each passage's own cosine, and that of the best sentence in it."""
        import numpy as np

        return self._dense.cosines(query, np.asarray(rows, np.int64))

    def lexical(self, questions: Sequence[str], k: int) -> list[list[Candidate]]:
        """The ``k`` best passages by BM25 for each question, best first, ties to the lower row."""
        return [[Candidate(m.row, m.score) for m in self._lexical.search(question, k)] for question in questions]

    def ceiling(self, question: str) -> float:
        """The BM25 score of a passage that could not match the question better; more for translated words."""
        return self._lexical.ceiling(question)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of ``rows``, in that order."""
        return self._read(lambda connection: records.read_passages(connection, rows))

    def sentences(self, row: int) -> list[tuple[Span, FloatArray]]:
        """The sentences of a passage, each a range of ``passage.text`` with its unit vector (dimension,)."""
        spans = self._read(lambda connection: records.read_sentences(connection, row))
        return list(zip(spans, self._dense.sentence_vectors(row), strict=True))

    def article_rows(self, source: str, article_number: int) -> dict[str, int]:
        """The rows of an article's passages by passage id, in reading order."""
        return dict(self._read(lambda connection: records.read_rows(connection, source, article_number)))

    def terms(self, text: str) -> list[Term]:
        """What a question looks for word by word, with inverse document frequencies."""
        return self._lexical.terms(text)

    @property
    def unseen_weight(self) -> float:
        """The inverse document frequency of a term that no passage has."""
        return self._lexical.unseen_weight

    def document(self, source: str) -> Document:
        """The document as it was indexed. ``InputError`` if there is none of that name."""
        found = self._read(lambda connection: records.read_document(connection, source))
        if found is None:
            raise InputError(f"the index has no source {source!r}: name one of its sources")
        return found

    def documents(self) -> list[DocumentInfo]:
        """All documents without their text, by source."""
        return self._read(records.list_documents)

    def articles(self, source: str | None = None) -> tuple[Article, ...]:
        """The articles of a source, or of all of them, in order."""
        return self._read(lambda connection: tuple(records.read_articles(connection, source)))

    def path(self, source: str) -> Path:
        """Where the file of ``source`` was when it was indexed. ``InputError`` if there is none of that name."""
        found = self._read(lambda connection: store.file_of(self._folder, connection, source))
        if found is None:
            raise InputError(f"the index has no source {source!r}: name one of its sources")
        return found

    def is_stale(self, source: str) -> bool:
        """Whether the file is there with other bytes than those that were indexed; a file that is gone is not."""
        file, document = self.path(source), self.document(source)
        try:
            with file.open("rb") as handle:
                return hashlib.file_digest(handle, "sha256").hexdigest() != document.sha256
        except OSError:
            return False

    def _read(self, query: Callable[[sqlite3.Connection], _T]) -> _T:
        with self._lock:
            try:
                return query(self._connection)
            except sqlite3.DatabaseError as error:
                raise schema.damaged(self._folder, str(error)) from error


def _open_parts(folder: Path, connection: sqlite3.Connection, settings: Settings) -> tuple[DenseIndex, LexicalIndex]:
    """``IndexFormatError`` if a part cannot be opened or does not have a row for each passage."""
    import numpy as np

    name = parts.names(settings.generation)
    query = "SELECT sentences FROM passages WHERE row IS NOT NULL ORDER BY row"
    counts = np.fromiter((row[0] for row in connection.execute(query)), np.int64)
    try:
        passages, sentences = Flat(folder / name[parts.VECTORS]), Flat(folder / name[parts.SENTENCES])
        lexical = LexicalIndex(folder / name[parts.LEXICAL])
    except (RuntimeError, ValueError) as error:
        raise schema.damaged(folder, "a part cannot be read", mend="--repair") from error
    shapes = (passages.rows.shape, sentences.rows.shape, lexical.size)
    if shapes != ((len(counts), settings.dimension), (counts.sum(), settings.dimension), len(counts)):
        raise schema.damaged(folder, "its parts do not agree", mend="--repair")
    return DenseIndex(passages, sentences, counts), lexical
