"""An index as its readers see it: one state, whatever a writer does meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rag.errors import InputError
from rag.index import scoring
from rag.index.codes import Coder
from rag.index.engine import Candidate, DocumentInfo, Engine, State
from rag.index.filters import check_filter, check_sources
from rag.index.job import wrong_model
from rag.index.local import LocalEngine
from rag.index.stale import FileDigests
from rag.lexical import Term
from rag.types import Article, Document, Filter, Passage, Span

if TYPE_CHECKING:
    from rag.embedding import FloatArray
    from rag.index.engine import Rows
    from rag.index.scoring import Floats


class Index:
    """Safe to share between threads. It must not be carried over a fork: open it in the child."""

    def __init__(self, folder: Path, state: State) -> None:
        self._folder, self._state = folder, state
        self._digests = FileDigests()

    @classmethod
    def open(cls, index: Path | str) -> Index:
        """Open the state that is live now.

        ``IndexMissingError`` if nothing was built, ``IndexFormatError`` if it cannot be read as it is.
        """
        folder = Path(index)
        engine: Engine = LocalEngine(folder)
        return cls(folder, engine.open())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the state. No other method may be called afterwards."""
        self._state.close()

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def model(self) -> str:
        return self._state.settings.model

    @property
    def dimension(self) -> int:
        return self._state.settings.dimension

    @property
    def fingerprint(self) -> str:
        """A hash of everything that can be cited from this state."""
        return self._state.settings.fingerprint

    @property
    def size(self) -> int:
        """The number of passages. Rows go from 0 to ``size - 1``, in the order of passage ids."""
        return self._state.size

    def is_outdated(self) -> bool:
        """Whether there is a newer state, or another index was built in the same folder. Opening again finds it."""
        return self._state.is_outdated()

    @property
    def recall(self) -> float:
        """The share of the ten best passages by vectors that a search finds, as measured when it was built."""
        return self._state.recall

    def require_model(self, name: str) -> None:
        """``IndexModelError`` unless the index was built with the model ``name``."""
        if name != self.model:
            raise wrong_model(self._folder, self.model, name)

    def allowed(self, where: Filter) -> Rows:
        """The rows that a filter lets through. ``InputError`` for a filter that makes no sense."""
        check_filter(where)
        return self._state.allowed(where)

    def dense(
        self, queries: FloatArray, k: int, *, among: Rows | None = None, exact: bool = False
    ) -> list[list[Candidate]]:
        """The ``k`` best passages by vectors for each unit row of ``queries``, best first, ties to the lower row.

        Only passages from ``among`` count, if given. In a very large index a search may miss some of the best
        (``recall``), unless ``among`` is given or ``exact`` is set.
        """
        import numpy as np

        if queries.ndim != 2 or queries.shape[1] != self.dimension or not bool(np.isfinite(queries).all()):
            raise ValueError(f"queries must be finite rows of {self.dimension} numbers, not of shape {queries.shape}")
        return scoring.search(self._state, np.ascontiguousarray(queries, np.float32), k, among=among, exact=exact)

    def similarities(self, queries: FloatArray, rows: Sequence[Sequence[int]]) -> list[list[float]]:
        """For each unit row of ``queries``, the dense scores of its ``rows``, as ``dense`` gives them."""
        import numpy as np

        arrays = [np.asarray(some, np.int64) for some in rows]
        return [scores.tolist() for scores in scoring.scores(self._state, queries, arrays)]

    def cosines(self, query: FloatArray, rows: Sequence[int]) -> tuple[Floats, Floats]:
        """The two parts of a dense score: each passage's own cosine, and that of its best sentence."""
        import numpy as np

        return scoring.cosines(self._state, query, np.asarray(rows, np.int64))

    def lexical(self, questions: Sequence[str], k: int, *, among: Rows | None = None) -> list[list[Candidate]]:
        """The ``k`` best passages by BM25 for each question, best first, ties to the lower row."""
        return self._state.matching(questions, k, among=among)

    def ceiling(self, question: str) -> float:
        """The highest BM25 score that a passage could have for this question; more if words are translated."""
        return self._state.ceiling(question)

    def terms(self, text: str) -> list[Term]:
        """The words that a question is searched by, with their inverse document frequencies."""
        return self._state.terms(text)

    def named(self, question: str) -> str:
        """An English question with names in pinyin replaced by the characters that the passages have for them."""
        return self._state.named(question)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of ``rows``, in that order."""
        return self._state.passages(rows)

    def sentences(self, row: int) -> list[tuple[Span, FloatArray]]:
        """The sentences of a passage, each a range of ``passage.text`` with its unit vector (dimension,)."""
        spans, codes = self._state.sentences(row)
        return list(zip(spans, Coder(self.dimension).decode(codes), strict=True))

    def article_rows(self, source: str, article_number: int) -> dict[str, int]:
        """The rows of an article's passages by passage id, in reading order."""
        return self._state.article_rows(source, article_number)

    def document(self, source: str) -> Document:
        """The document as it was indexed. ``InputError`` if there is none of that name."""
        document = self._state.document(source)
        if document is None:
            raise _unknown(source)
        return document

    def documents(self) -> list[DocumentInfo]:
        """All documents without their text, by source."""
        return self._state.documents()

    def articles(self, source: str | None = None) -> tuple[Article, ...]:
        """The articles of a source, or of all of them, in order."""
        return self._state.articles(source)

    def newest(self, most: int) -> tuple[Article, ...]:
        """Articles, the newest first; then those without a date by source, captions last."""
        return self._state.newest(most)

    def date(self, source: str, article_number: int) -> str | None:
        """The day on which an article was published, in ISO form, where its document says it."""
        return self._state.date(source, article_number)

    def require_sources(self, sources: Sequence[str]) -> None:
        """``InputError`` for a name or pattern in a filter that fits no source; it names the nearest one."""
        if sources:
            check_sources([info.source for info in self.documents()], sources)

    def path(self, source: str) -> Path:
        """Where the file of ``source`` was when it was indexed. ``InputError`` if there is none of that name."""
        file = self._state.file(source)
        if file is None:
            raise _unknown(source)
        return file

    def is_stale(self, source: str) -> bool:
        """Whether the file of ``source`` has changed since it was indexed. A file that is gone has not changed.

        A file is read once, and again only after it was changed.
        """
        file = self.path(source)
        return self._digests.differs(file, self._state.sha256(source))


def _unknown(source: str) -> InputError:
    return InputError(f"the index has no source {source!r}: name one of its sources")
