"""The writer of a local index: what it stages and publishes in the SQLite file."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from rag.index.engine import DamagedDocument, DocumentRow
from rag.index.local import checksums, parts, records
from rag.index.local.ann import AnnRecord
from rag.index.local.build_parts import drop_parts, publish, read_segments, segment_parts
from rag.index.local.compare import differences
from rag.index.local.schema import compact
from rag.index.local.sqlite_errors import writing
from rag.index.settings import Settings
from rag.types import Article, Document, Passage, Progress, Span


def added_folder(index: Path) -> Path:
    return (index / "added").resolve()


class LocalWriter:
    """Implements ``rag.index.engine.Writer``, which documents the public methods."""

    def __init__(self, index: Path, connection: sqlite3.Connection) -> None:
        """``sqlite3.DatabaseError`` if the settings make no sense."""
        self._index, self._connection = index, connection
        self.settings = records.read_settings(connection)
        self.added = added_folder(index)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    @contextmanager
    def kept_if_stopped(self) -> Iterator[None]:
        with self.transaction():
            try:
                yield
            except KeyboardInterrupt:
                self._connection.execute("COMMIT")
                raise

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """All or nothing, within a transaction."""
        self._connection.execute("SAVEPOINT whole")
        with ExitStack() as undo:
            undo.callback(self._connection.execute, "ROLLBACK TO whole")
            yield
            undo.pop_all()
        self._connection.execute("RELEASE whole")

    def folders(self) -> dict[int, Path]:
        return records.folder_paths(self._index, self._connection)

    def add_folder(self, folder: Path) -> int:
        # A folder beside the index is stored relative to it, so that both can be moved together.
        home = self._index.resolve()
        is_near = folder.is_relative_to(home.parent)
        path = Path(os.path.relpath(folder, home)).as_posix() if is_near else str(folder)
        added = self._connection.execute("INSERT INTO folders (path) VALUES (?) RETURNING id", (path,)).fetchone()
        return int(added[0])

    def documents(self, *, live: bool) -> list[DocumentRow]:
        return document_rows(self._connection, live=live)

    def read(self, document: int, source: str) -> Document:
        return records.read_stored_document(self._connection, document, source)

    def text_lengths(self, documents: Iterable[int]) -> int:
        query = "SELECT length(text) FROM documents WHERE id = ?"
        return sum(self._connection.execute(query, (document,)).fetchone()[0] for document in documents)

    def stage(self, recipe: str, folder: int, path: str, document: Document) -> DocumentRow:
        with self._savepoint():
            return self._stage(recipe, folder, path, document)

    def _stage(self, recipe: str, folder: int, path: str, document: Document) -> DocumentRow:
        query = "SELECT id FROM documents WHERE live = 0 AND folder = ? AND path = ?"
        for (number,) in self._connection.execute(query, (folder, path)).fetchall():
            self.drop_documents([number])
        added = self._connection.execute(
            "INSERT INTO documents (recipe, folder, path, sha256, encoding, text, more) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "RETURNING id",
            (recipe, folder, path, *records.document_columns(document)),
        ).fetchone()
        number = int(added[0])
        digest = checksums.read_digest(self._connection, number)
        self._connection.execute("UPDATE documents SET digest = ? WHERE id = ?", (digest, number))
        return DocumentRow(number, False, recipe, folder, path, None, document.sha256, False)

    def drop_documents(self, documents: Sequence[int]) -> list[int]:
        passages = self.drop_passages(documents)
        self._connection.executemany("DELETE FROM documents WHERE id = ?", [(document,) for document in documents])
        return passages

    def drop_staged(self, keep: Iterable[int]) -> None:
        staged = {row.id for row in self.documents(live=False)}
        self.drop_documents(sorted(staged - set(keep)))

    def begin_split(self, document: int, source: str, articles: Sequence[Article]) -> None:
        self.drop_passages([document])
        self._connection.execute("DELETE FROM articles WHERE document = ?", (document,))
        self._connection.execute("UPDATE documents SET source = ?, content = NULL WHERE id = ?", (source, document))
        self._connection.executemany(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(document, *records.article_columns(article)) for article in articles],
        )

    def finish_split(self, document: int) -> None:
        content = self._content_hash(document)
        self._connection.execute("UPDATE documents SET content = ? WHERE id = ?", (content, document))
        digest = checksums.split_digest(self._connection, document)
        self._connection.execute("UPDATE documents SET split_digest = ? WHERE id = ?", (digest, document))

    def _content_hash(self, document: int) -> str:
        """A hash of what can be cited from a document."""
        total = hashlib.sha256()
        for query in (
            "SELECT source, sha256, text, more FROM documents WHERE id = ?",
            "SELECT passage_id, article, start, end, text, more FROM passages WHERE document = ? ORDER BY passage_id",
        ):
            for values in self._connection.execute(query, (document,)):
                total.update(json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        return total.hexdigest()[:32]

    def written_passages(self, document: int) -> int:
        query = "SELECT count(*) FROM passages WHERE document = ?"
        return int(self._connection.execute(query, (document,)).fetchone()[0])

    def drop_passages(self, documents: Sequence[int]) -> list[int]:
        if not documents:
            return []
        query = "SELECT id, vector FROM passages WHERE document IN (SELECT value FROM json_each(?))"
        rows = self._connection.execute(query, (json.dumps(list(documents)),)).fetchall()
        passages, used = [number for number, _ in rows], {vector for _, vector in rows}
        query = "SELECT vector FROM sentences WHERE passage IN (SELECT value FROM json_each(?))"
        used.update(vector for (vector,) in self._connection.execute(query, (json.dumps(passages),)))
        self._connection.executemany("DELETE FROM passages WHERE id = ?", [(number,) for number in passages])
        self.drop_unused(used)
        return passages

    def write_passage(
        self, document: int, passage: Passage, vector: int, sentences: Sequence[tuple[Span, int]]
    ) -> None:
        added = self._connection.execute(
            "INSERT INTO passages (document, sentences, vector, passage_id, article, article_number, paragraph, text, "
            "start, end, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (document, len(sentences), vector, *records.passage_columns(passage)),
        ).lastrowid
        rows = [(added, span.start, span.end, number) for span, number in sentences]
        self._connection.executemany("INSERT INTO sentences VALUES (?, ?, ?, ?)", rows)

    def find_vector(self, key: bytes) -> int | None:
        row = self._connection.execute("SELECT id FROM vectors WHERE key = ?", (key,)).fetchone()
        return int(row[0]) if row else None

    def add_vector(self, key: bytes, codes: bytes) -> int:
        query = "INSERT INTO vectors (key, vector, digest) VALUES (?, ?, ?)"
        return int(self._connection.execute(query, (key, codes, checksums.vector_digest(key, codes))).lastrowid or 0)

    def drop_unused(self, vectors: Collection[int]) -> int:
        return self._connection.executemany(
            "DELETE FROM vectors WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM passages WHERE vector = ?1) "
            "AND NOT EXISTS (SELECT 1 FROM sentences WHERE vector = ?1)",
            [(vector,) for vector in sorted(vectors)],
        ).rowcount

    def outdated_parts(self, settings: Settings) -> list[str]:
        same_tokens = self.settings is None or self.settings.tokens == settings.tokens
        outdated = [] if same_tokens else segment_parts(self._connection)
        return [*parts.broken(self._index, self._connection), *outdated]

    def commit(
        self, documents: Sequence[int], settings: Settings, rebuild: Collection[str], progress: Progress
    ) -> None:
        # Staged work can be done again after a power cut; what is published must survive one.
        self._connection.execute("PRAGMA synchronous = FULL")
        with writing(self._index), self.transaction():
            drop_parts(self._connection, rebuild)
            gone = self._make_live(documents)
            publish(self._index, self._connection, settings, gone, progress)
        self.remove_leftovers()
        if gone:
            compact(self._connection)

    def _make_live(self, keep: Iterable[int]) -> list[int]:
        """Make ``keep`` the live documents and drop all others. Returns the passages that were live and are gone."""
        kept = set(keep)
        gone = self.drop_documents([row.id for row in self.documents(live=True) if row.id not in kept])
        self.drop_staged(kept)
        self._connection.execute("UPDATE documents SET live = 1 WHERE live = 0")
        self._connection.execute("DELETE FROM folders WHERE id NOT IN (SELECT folder FROM documents)")
        return gone

    def remove_leftovers(self) -> None:
        with writing(self._index):
            parts.remove_others(self._index, self._connection)

    def clear_away(self) -> None:
        with suppress(sqlite3.Error, OSError):  # the failure that led here is the one to report
            parts.remove_others(self._index, self._connection)

    @property
    def size(self) -> int:
        return sum(segment.count for segment in read_segments(self._connection))

    @property
    def recall(self) -> float | None:
        ann = AnnRecord.read(self._connection)
        return ann.recall if ann else None

    def fingerprint(self) -> str:
        return records.fingerprint(self._connection)

    def mend_rows(self) -> list[str]:
        with self.transaction():
            was_unsorted = checksums.mended_by_sorting(self._connection)
            mended = ["an index inside its SQLite file was damaged"] if was_unsorted else []
            return [*mended, *checksums.drop_orphans(self._connection)]

    def bad_vectors(self) -> list[int]:
        return checksums.bad_vectors(self._connection, self.settings.dimension) if self.settings else []

    def damaged_documents(self, bad_vectors: Collection[int]) -> list[DamagedDocument]:
        return checksums.damaged_documents(self._connection, bad_vectors)

    def forget_keys(self, vectors: Collection[int]) -> None:
        query = "UPDATE vectors SET key = randomblob(16) WHERE id = ?"
        self._connection.executemany(query, [(vector,) for vector in vectors])

    def wrong_parts(self) -> dict[str, str]:
        assert self.settings is not None
        wrong = dict(parts.problems(self._index, self._connection))
        return wrong | dict(differences(self._index, self._connection, self.settings.generation, wrong))


def document_rows(connection: sqlite3.Connection, *, live: bool) -> list[DocumentRow]:
    query = (
        "SELECT id, live, recipe, folder, path, source, sha256, content IS NOT NULL FROM documents "
        "WHERE live = ? ORDER BY folder, path"
    )
    return [
        DocumentRow(number, bool(is_live), recipe, folder, path, source, sha256, bool(done))
        for number, is_live, recipe, folder, path, source, sha256, done in connection.execute(query, (live,))
    ]
