"""What an index engine has to offer. ``rag.index.local`` is the default engine, and the reference for others.

Engines propose, Wenbao scores. An engine stores documents with their passages and vectors, proposes passages for a
question, and hands over their vectors as codes. ``rag.index.scoring`` turns proposals into a ranking: cosines and ties
are the same on every engine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from rag.index.settings import Settings
from rag.types import Article, Document, Filter, Passage, Progress, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.embedding import FloatArray
    from rag.index.codes import Codes
    from rag.lexical import Term

#: Passages of one state. A row is the rank of a passage by passage id, so that the lower row wins a tie.
Rows: TypeAlias = "NDArray[np.int64]"


class Candidate(NamedTuple):
    """A passage and its score. A tuple, because a search makes hundreds of them."""

    row: int
    score: float


class Proposal(NamedTuple):
    """Passages that may be among the best for a question.

    ``bound`` is the highest score that any other passage can have. It is ``None`` where the engine has nothing more to
    propose: there is no other passage, or it only searches approximately.
    """

    rows: Rows
    bound: float | None


class PassageCodes(NamedTuple):
    """The vectors of passages as codes, and those of their sentences, one passage after the other."""

    passages: Codes  # (n_passages, dimension)
    sentences: Codes  # (sum of counts, dimension)
    counts: Rows  # sentences of each passage


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document without its text."""

    source: str
    sha256: str
    articles: int
    passages: int


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A stored document without its text. ``path`` is relative to its folder, spelled as on the disk.

    A document that is not ``live`` was staged by a writer and not committed yet. ``done`` says that all its passages
    and vectors are written.
    """

    id: int
    live: bool
    recipe: str
    folder: int
    path: str
    source: str | None
    sha256: str
    done: bool


@dataclass(frozen=True, slots=True)
class DamagedDocument:
    """A stored document that is not what was written. ``what`` is damaged: its text, its passages or its vectors."""

    id: int
    what: str

    @property
    def has_text(self) -> bool:
        """Whether its text is sound, so that its passages and vectors can be made again."""
        return self.what != "text"


class Vectors(Protocol):
    """The vectors of all passages and sentences."""

    @property
    def size(self) -> int:
        """The number of passages."""

    @property
    def dimension(self) -> int: ...

    def near(
        self, turned: FloatArray, k: int, weight: float, *, among: Rows | None, exact: bool, depth: int
    ) -> list[Proposal]:
        """For each question, passages that may be among the ``k`` best; only from ``among``, if given.

        ``turned`` are unit rows on the axes of the codes (``Coder.turn``). ``weight`` is the share of the best sentence
        in a score. The proposal is complete if ``among`` is given or ``exact`` is set: ``bound`` then holds for every
        passage that is not in it. Each further ``depth`` looks for about four times as many passages.
        """

    def codes(self, rows: Rows) -> PassageCodes:
        """The codes of passages, in the order of ``rows``."""

    def reading_order(self, rows: Rows) -> Rows:
        """The positions in ``rows`` in the order in which ``codes`` reads them fastest."""


class State(Vectors, Protocol):
    """One published state of an index. It never changes while it is open. Safe to share between threads."""

    @property
    def settings(self) -> Settings: ...

    @property
    def recall(self) -> float:
        """The share of the ten best passages by vectors that the engine proposed when that was last measured."""

    def is_outdated(self) -> bool:
        """Whether a newer state was published, or another index was built in the same place."""

    def close(self) -> None: ...

    def allowed(self, where: Filter) -> Rows:
        """The rows that a valid filter lets through, in ascending order."""

    def matching(self, questions: Sequence[str], k: int, *, among: Rows | None) -> list[list[Candidate]]:
        """The ``k`` best passages by BM25 for each question, best first, ties to the lower row."""

    def ceiling(self, question: str) -> float:
        """The highest BM25 score that a passage could have for this question."""

    def terms(self, text: str) -> list[Term]:
        """The words that a question is searched by, with their inverse document frequencies."""

    def named(self, question: str) -> str:
        """The question with names in pinyin replaced by the characters that the passages have for them."""

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of ``rows``, in that order."""

    def sentences(self, row: int) -> tuple[list[Span], Codes]:
        """The sentences of a passage as ranges of its text, in order, and as many codes."""

    def article_rows(self, source: str, article_number: int) -> dict[str, int]:
        """The rows of an article's passages by passage id, in reading order."""

    def document(self, source: str) -> Document | None: ...

    def documents(self) -> list[DocumentInfo]:
        """All documents, sorted by source."""

    def articles(self, source: str | None) -> tuple[Article, ...]:
        """The articles of one source or of all, in order."""

    def newest(self, most: int) -> tuple[Article, ...]:
        """The newest articles first, then those without a date by source, then captions."""

    def date(self, source: str, article_number: int) -> str | None:
        """The day on which an article was published, in ISO form."""

    def file(self, source: str) -> Path | None:
        """Where the file of a source was when it was indexed."""

    def sha256(self, source: str) -> str:
        """The hash of the file's bytes when it was indexed."""


class Writer(Protocol):
    """The one writer of an index. What it stages is invisible to readers until ``commit``.

    Staged work is kept when a run is stopped, and the next run goes on from there.
    """

    @property
    def settings(self) -> Settings | None:
        """The settings of the live state when the writer was opened; ``None`` if there was none."""

    @property
    def added(self) -> Path:
        """The folder under which documents are kept that were not read from files. It is never on the disk."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, whatever ends it."""

    def kept_if_stopped(self) -> AbstractContextManager[None]:
        """A transaction that keeps what was done so far when Ctrl-C ends it."""

    # Folders and documents

    def folders(self) -> dict[int, Path]:
        """The indexed folders, as absolute paths."""

    def add_folder(self, folder: Path) -> int: ...

    def documents(self, *, live: bool) -> list[DocumentRow]:
        """The live documents, or the staged ones, by folder and path."""

    def read(self, document: int, source: str) -> Document: ...

    def text_lengths(self, documents: Iterable[int]) -> int:
        """How many characters the documents have together."""

    def stage(self, recipe: str, folder: int, path: str, document: Document) -> DocumentRow:
        """Store a document beside the live ones, not yet split into passages."""

    def drop_documents(self, documents: Sequence[int]) -> list[int]:
        """Drop documents with everything that only they used. Returns the numbers of their passages."""

    def drop_staged(self, keep: Iterable[int]) -> None:
        """Drop the staged documents of an earlier run, except ``keep``."""

    # Passages and vectors

    def begin_split(self, document: int, source: str, articles: Sequence[Article]) -> None:
        """Give a staged document its source and articles. Passages it had before are dropped."""

    def finish_split(self, document: int) -> None:
        """Record that all passages of a document are written."""

    def written_passages(self, document: int) -> int:
        """How many passages of a document are written."""

    def drop_passages(self, documents: Sequence[int]) -> list[int]:
        """Drop the passages of documents and the vectors that only they used. Returns the passages' numbers."""

    def write_passage(
        self, document: int, passage: Passage, vector: int, sentences: Sequence[tuple[Span, int]]
    ) -> None:
        """Write a passage and its sentences with the numbers of their vectors."""

    def find_vector(self, key: bytes) -> int | None:
        """The number of the vector of a text, by ``Settings.key``."""

    def add_vector(self, key: bytes, codes: bytes) -> int: ...

    # Publishing

    def outdated_parts(self, settings: Settings) -> list[str]:
        """What has to be built again at the next commit: parts with missing files, or made by another tokenizer."""

    def commit(
        self, documents: Sequence[int], settings: Settings, rebuild: Collection[str], progress: Progress
    ) -> None:
        """Publish ``documents`` as the next state, and drop all others. Readers see the old state or the new one.

        ``rebuild`` names parts to build again even if nothing in them changed.
        """

    def remove_leftovers(self) -> None:
        """Remove what earlier writers left behind, and what the live state no longer needs."""

    def clear_away(self) -> None:
        """Remove what a failed run has written, as far as possible: it would keep a full disk full."""

    @property
    def size(self) -> int:
        """The number of passages in the live state."""

    @property
    def recall(self) -> float | None:
        """``State.recall``, or ``None`` where every search is exact."""

    def fingerprint(self) -> str:
        """A hash of everything that can be cited from the live documents."""

    # Repair

    def mend_rows(self) -> list[str]:
        """Mend what belongs to no single document. Returns one line for each thing mended."""

    def bad_vectors(self) -> list[int]:
        """The vectors that are not what was written."""

    def damaged_documents(self, bad_vectors: Collection[int]) -> list[DamagedDocument]:
        """The documents that are not what was written, or that use bad vectors."""

    def forget_keys(self, vectors: Collection[int]) -> None:
        """Make ``find_vector`` no longer find these vectors, so that their texts are embedded again."""

    def drop_unused(self, vectors: Collection[int]) -> int:
        """Drop those of ``vectors`` that no passage and no sentence uses. Returns how many were dropped."""

    def wrong_parts(self) -> dict[str, str]:
        """The parts that do not hold what the documents say, each with a line that says what is wrong."""


class Engine(Protocol):
    """An index in one place."""

    @property
    def added(self) -> Path:
        """See ``Writer.added``."""

    def open(self) -> State:
        """The state that is live now.

        ``IndexMissingError`` if nothing was built, ``IndexFormatError`` if it cannot be read as it is.
        """

    def write(self, *, rebuild: bool, create: bool) -> AbstractContextManager[Writer]:
        """Become the one writer. ``IndexBusyError`` if there is another.

        ``create`` makes an index that does not exist. ``rebuild`` replaces one that cannot be read.
        """

    def repair(self) -> AbstractContextManager[Writer]:
        """Become the one writer of an index that may be damaged."""

    def source_folders(self, *, salvage: bool) -> list[Path]:
        """The folders that the index was made of. ``salvage`` reads damaged and older indexes as far as possible."""
