"""An index as its readers see it: one state, whatever a writer does meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self, TypeAlias, TypeVar

from rag.errors import IndexFormatError, InputError
from rag.index.command import command
from rag.index.filters import check_sources, numbers_of
from rag.index.job import wrong_model
from rag.index.local import parts, records, schema, store
from rag.index.local.ann import AnnIndex, AnnRecord
from rag.index.local.build_parts import open_segments
from rag.index.local.dense import Candidate, DenseIndex
from rag.index.local.records import DocumentInfo
from rag.index.local.segment import load_numbers
from rag.index.local.sqlite_errors import reading
from rag.index.settings import Settings, read_settings
from rag.index.stale import FileDigests
from rag.lexical import TOKENS_VERSION, LexicalIndex, Term
from rag.types import Article, Document, Filter, Passage, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.embedding import FloatArray
    from rag.index.local.dense import Floats
    from rag.index.local.segment import Ints

#: Passages of an index, by row.
Rows: TypeAlias = "NDArray[np.int64]"

_T = TypeVar("_T")
# A writer that switches twice while an index is being opened takes the files away; a new look finds new ones.
_TRIES = 5


class Index:
    """Safe to share between threads. Not to be carried over a fork: open it in the child."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, settings: Settings, opened: _Parts) -> None:
        self._folder, self._connection, self._settings = folder, connection, settings
        self._dense, self._lexical, self._place_of, self._row_of = opened
        self._lock = Lock()
        self._digests = FileDigests()

    @classmethod
    def open(cls, index: Path | str) -> Index:
        """Open the state that is live now.

        ``IndexMissingError`` if nothing was built, ``IndexFormatError`` if it cannot be read as it is.
        """
        folder = Path(index)
        for _ in range(_TRIES):
            with ExitStack() as unless_opened:
                connection = schema.connect_to_read(folder)
                unless_opened.callback(connection.close)
                try:
                    with reading(folder):
                        opened = cls._opened(folder, connection)
                except IndexFormatError as error:
                    # A writer may just be taking away what it has replaced.
                    if not cls._has_moved(folder, connection):
                        raise
                    trouble = error
                    continue
                unless_opened.pop_all()
                return opened
        raise trouble

    @staticmethod
    def _has_moved(folder: Path, connection: sqlite3.Connection) -> bool:
        """Whether the live state is no longer the one that a connection sees."""
        with closing(schema.connect_to_read(folder)) as newer:
            return read_settings(newer) != read_settings(connection)

    @classmethod
    def _opened(cls, folder: Path, connection: sqlite3.Connection) -> Index:
        settings = read_settings(connection)
        if settings is None:
            raise schema.unfinished(folder)
        if settings.tokens != TOKENS_VERSION:
            wanted = command(folder, "index")
            raise IndexFormatError(f"the index in {folder} was built with another tokenizer: run {wanted}")
        parts.check(folder, connection)
        return cls(folder, connection, settings, _open_parts(folder, connection, settings))

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

    def is_outdated(self) -> bool:
        """Whether the folder has another state than the one opened here, also of an index built in its place.

        Opening again finds that one. Two indexes of as many states differ in the hash of what they hold.
        """
        with closing(schema.connect_to_read(self._folder)) as connection:
            settings = read_settings(connection)
            return settings is not None and settings != self._settings

    @property
    def recall(self) -> float:
        """The share of the ten best passages by vectors that a search finds, as measured when it was built."""
        ann = self._read(AnnRecord.read)
        return ann.recall if ann else 1.0

    def require_model(self, name: str) -> None:
        """``IndexModelError`` unless the index was built with the model ``name``."""
        if name != self.model:
            raise wrong_model(self._folder, self.model, name)

    def allowed(self, where: Filter) -> Rows:
        """The rows that a filter lets through. ``InputError`` for a filter that makes no sense."""
        import numpy as np

        numbers = np.fromiter(self._read(lambda connection: list(numbers_of(connection, where))), np.int64)
        return np.sort(self._rows(numbers))

    def dense(
        self, queries: FloatArray, k: int, *, among: Rows | None = None, exact: bool = False
    ) -> list[list[Candidate]]:
        """The ``k`` nearest passages for each unit row, best first, ties to the lower row; only of ``among``, if given.

        In a very large index some of them may be missed (``recall``), unless ``among`` is given or ``exact`` is asked.
        """
        import numpy as np

        if queries.ndim != 2 or queries.shape[1] != self.dimension or not bool(np.isfinite(queries).all()):
            raise ValueError(f"queries must be finite rows of {self.dimension} numbers, not of shape {queries.shape}")
        places = None if among is None else np.sort(self._place_of[among])
        with reading(self._folder):
            return self._dense.search(np.ascontiguousarray(queries, np.float32), k, among=places, exact=exact)

    def similarities(self, queries: FloatArray, rows: Sequence[Sequence[int]]) -> list[list[float]]:
        """For each unit row of ``queries`` the dense scores of its ``rows``, as ``dense`` gives them."""
        return [scores.tolist() for scores in self._dense.scores(queries, [self._places(own) for own in rows])]

    def cosines(self, query: FloatArray, rows: Sequence[int]) -> tuple[Floats, Floats]:
        """What a dense score is mixed of: each passage's own cosine, and that of the best sentence in it."""
        return self._dense.cosines(query, self._places(rows))

    def lexical(self, questions: Sequence[str], k: int, *, among: Rows | None = None) -> list[list[Candidate]]:
        """The ``k`` best passages by BM25 for each question, best first, ties to the lower row."""
        allowed = None if among is None else self._dense.numbers[self._places(among)]
        with reading(self._folder):
            return [self._matches(question, k, allowed) for question in questions]

    def _matches(self, question: str, k: int, allowed: Ints | None) -> list[Candidate]:
        import numpy as np

        numbers, scores = self._lexical.matches(question, k, allowed)
        rows = self._rows(numbers)
        order = np.lexsort((rows, -scores))[:k]
        return list(map(Candidate, rows[order].tolist(), scores[order].tolist()))

    def _places(self, rows: Sequence[int] | Ints) -> Ints:
        import numpy as np

        return self._place_of[np.asarray(rows, np.int64)].astype(np.int64)

    def _numbers(self, rows: Sequence[int] | Ints) -> list[int]:
        """What the SQLite file calls the passages of ``rows``."""
        return [int(number) for number in self._dense.numbers[self._places(rows)]]

    def _rows(self, numbers: Ints) -> Ints:
        import numpy as np

        places = np.searchsorted(self._dense.numbers, numbers)
        if not np.array_equal(self._dense.numbers.take(places, mode="clip"), numbers):
            raise schema.damaged(self._folder, "a part names passages that are not there", mend="--repair")
        return self._row_of[places]

    def ceiling(self, question: str) -> float:
        """The BM25 score of a passage that could not match the question better; more for translated words."""
        with reading(self._folder):
            return self._lexical.ceiling(question)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of ``rows``, in that order."""
        numbers = self._numbers(rows)
        return self._read(lambda connection: records.read_passages(connection, numbers))

    def sentences(self, row: int) -> list[tuple[Span, FloatArray]]:
        """The sentences of a passage, each a range of ``passage.text`` with its unit vector (dimension,)."""
        (number,), (place,) = self._numbers([row]), self._places([row])
        spans = self._read(lambda connection: records.read_sentences(connection, number))
        with reading(self._folder):
            return list(zip(spans, self._dense.sentence_vectors(int(place)), strict=True))

    def article_rows(self, source: str, article_number: int) -> dict[str, int]:
        """The rows of an article's passages by passage id, in reading order."""
        import numpy as np

        found = self._read(lambda connection: records.read_numbers(connection, source, article_number))
        rows = self._rows(np.array([number for _, number in found], np.int64))
        return {passage_id: int(row) for (passage_id, _), row in zip(found, rows, strict=True)}

    def terms(self, text: str) -> list[Term]:
        """What a question looks for word by word, with inverse document frequencies."""
        with reading(self._folder):
            return self._lexical.terms(text)

    def named(self, question: str) -> str:
        """An English question with the names in pinyin put into the characters that the passages have for them."""
        with reading(self._folder):
            return self._lexical.named(question)

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

    def newest(self, most: int) -> tuple[Article, ...]:
        """Articles, the newest first; those without a date after them by source, captions last."""
        return self._read(lambda connection: tuple(records.read_newest(connection, most)))

    def date(self, source: str, article_number: int) -> str | None:
        """The day of publication of an article, in ISO form, where its document carries one."""
        return self._read(lambda connection: records.read_date(connection, source, article_number))

    def require_sources(self, sources: Sequence[str]) -> None:
        """``InputError`` for a name or pattern of a filter that no source has; it names the nearest."""
        if sources:
            check_sources([info.source for info in self.documents()], sources)

    def path(self, source: str) -> Path:
        """Where the file of ``source`` was when it was indexed. ``InputError`` if there is none of that name."""
        found = self._read(lambda connection: store.file_of(self._folder, connection, source))
        if found is None:
            raise InputError(f"the index has no source {source!r}: name one of its sources")
        return found

    def is_stale(self, source: str) -> bool:
        """Whether the file is there with other bytes than those that were indexed; a file that is gone is not.

        A file is read once, and again only after it was changed.
        """
        file = self.path(source)
        indexed = self._read(lambda connection: records.read_sha256(connection, source))
        return self._digests.differs(file, indexed)

    def _read(self, query: Callable[[sqlite3.Connection], _T]) -> _T:
        with self._lock, reading(self._folder):
            return query(self._connection)


class _Parts(NamedTuple):
    """``place_of`` gives the place of each row among the passages of all segments, ``row_of`` the row of each place."""

    dense: DenseIndex
    lexical: LexicalIndex
    place_of: Ints
    row_of: Ints


def _open_parts(folder: Path, connection: sqlite3.Connection, settings: Settings) -> _Parts:
    """``IndexFormatError`` if the parts do not agree; one that cannot be opened raises what ``reading`` takes."""
    import numpy as np

    segments = open_segments(folder, connection)
    place_of = load_numbers(folder / parts.order_name(settings.generation))
    lexical = LexicalIndex(*(segment.lexical for segment in segments))
    record = AnnRecord.read(connection)
    ann = (AnnIndex.open(folder / record.name), record) if record else None
    if not sum(segment.size for segment in segments) == lexical.size == len(place_of):
        raise schema.damaged(folder, "its parts do not agree", mend="--repair")
    row_of = np.zeros(len(place_of), np.int64)
    row_of[place_of] = np.arange(len(place_of))
    if not np.array_equal(place_of[row_of], np.arange(len(place_of))):
        raise schema.damaged(folder, "its order of passages names one twice", mend="--repair")
    return _Parts(DenseIndex(segments, row_of, settings.dimension, ann), lexical, place_of, row_of)
