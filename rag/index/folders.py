"""Which folders an update is about, and what is new in them."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.corpus import find_files, open_regular, read_document
from rag.errors import InputError, ReadError
from rag.index.command import command
from rag.index.job import Job
from rag.index.local import store
from rag.index.local.store import Row, kept_if_stopped

_AT_ONCE = 64
# Control characters would break every list of sources; surrogates stand for bytes that are no UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left out, or a folder that could not be looked into; ``reason`` is one line that names it."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Folder:
    """An indexed folder under its number, and the files in it. ``given`` is what messages call it."""

    number: int
    root: Path
    given: Path
    files: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The folders to read. The documents of ``replaced`` ones are found anew, or are gone."""

    folders: Sequence[Folder]
    replaced: frozenset[int]


def choose_folders(index: Path, connection: sqlite3.Connection, given: Mapping[Path, Path]) -> Chosen:
    """Number the folders, which are ``given`` as a user named them, by their resolved paths.

    One that holds an indexed folder takes it over; one inside an indexed folder is refused.
    """
    known = {path: number for number, path in store.folder_paths(index, connection).items()}
    for root in given:
        for other in known:
            if _holds(other, root):
                wanted = command(index, "index", str(other))
                raise InputError(f"{root} lies in {other}, which is indexed as a whole: run {wanted}")
    outer = [root for root in given if not any(_holds(other, root) for other in given)]
    home = index.resolve()
    folders = [
        Folder(known.get(root) or store.add_folder(index, connection, root), root, given[root], _files(home, root))
        for root in outer
    ]
    inside = {number for path, number in known.items() if any(path.is_relative_to(root) for root in outer)}
    return Chosen(folders, frozenset(inside))


def _holds(outer: Path, inner: Path) -> bool:
    return outer != inner and inner.is_relative_to(outer)


def _files(home: Path, root: Path) -> list[Path]:
    """The files in ``root``, without those of the index itself, which may lie inside the folder it is made from."""
    return [file for file in find_files(root) if root.is_relative_to(home) or not file.is_relative_to(home)]


@dataclass(slots=True)
class Found:
    """What is in folders: documents, live or staged; what is left out; what of those read was not understood."""

    rows: list[Row] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_folders(job: Job, folders: Sequence[Folder], *, follow_links: bool = False) -> Found:
    """What is in ``folders``, whose files are counted through all of them.

    What was indexed of a folder that cannot be looked into stays. ``follow_links`` reads links to files elsewhere, too.
    """
    closed = [_closed_folders(folder) for folder in folders]
    total = sum(len(folder.files) - len(shut) for folder, shut in zip(folders, closed, strict=True))
    found = Found()
    done = 0

    def read(files: int) -> None:
        nonlocal done
        done += files
        job.progress("read", done, total)

    for folder, shut in zip(folders, closed, strict=True):
        found.skipped += (Skipped(path, reason) for path, reason in shut.items())
        _read_folder(job, folder, shut, found, read, follow_links=follow_links)
        found.rows += _rows_below(job, shut)
    return found


def _closed_folders(folder: Folder) -> dict[Path, str]:
    """The folders in it that could not be looked into, each with a line that says why."""
    found = {file: _why_closed(file) for file in folder.files}
    return {
        file: f"{folder.given / file.relative_to(folder.root)}: cannot be read ({why}); what was indexed of it is kept"
        for file, why in found.items()
        if why
    }


def _why_closed(path: Path) -> str | None:
    try:
        if path.is_dir():
            os.scandir(path).close()
    except OSError as error:
        return error.strerror or str(error)
    return None


def _rows_below(job: Job, folders: Collection[Path]) -> list[Row]:
    """The live documents whose files are, or were, in one of ``folders``, or are what is named so."""
    if not folders:
        return []
    home = store.folder_paths(job.index, job.connection)
    closed = tuple(f"{folder.as_posix()}/" for folder in folders)
    return [row for row in job.live() if f"{home[row.folder].as_posix()}/{row.path}/".startswith(closed)]


def _read_folder(
    job: Job,
    folder: Folder,
    closed: Collection[Path],
    found: Found,
    progress: Callable[[int], None],
    *,
    follow_links: bool,
) -> None:
    """Only files whose bytes are new are read, and none that are closed; ``progress`` is told of each few."""
    known = _known(job, folder.number)
    seen: set[str] = set()
    files = [file for file in folder.files if file not in closed]
    for start in range(0, len(files), _AT_ONCE):
        some = files[start : start + _AT_ONCE]
        with kept_if_stopped(job.connection):
            for file in some:
                try:
                    path = _path_in(folder, file, seen)
                    if not follow_links:
                        _refuse_link(folder, file, path)
                    found.rows.append(_same(file, known.get(path, [])) or _stage(job, folder, file, path, found))
                except ReadError as error:
                    found.skipped.append(Skipped(file, str(error)))
        progress(len(some))


def _refuse_link(folder: Folder, file: Path, path: str) -> None:
    """A link may lead to any file of this computer, and what it says may not be meant for those who ask."""
    if file.is_symlink() and not file.is_dir():
        target = Path(os.path.realpath(file))
        if not target.is_relative_to(folder.root):
            name = _UNPRINTABLE.sub("?", str(target))
            raise ReadError(
                f"{folder.given / path}: it is a link to a file outside the folder ({name}): copy that file, or run "
                "with --follow-links; left out"
            )


def _known(job: Job, number: int) -> dict[str, list[Row]]:
    """What is there of a folder and was made by this recipe, by path: live rows first."""
    known: dict[str, list[Row]] = {}
    for live in (True, False):
        for row in store.document_rows(job.connection, live=live):
            if row.folder == number and row.recipe == job.new.recipe:
                known.setdefault(row.path, []).append(row)
    return known


def _path_in(folder: Folder, file: Path, seen: set[str]) -> str:
    """The path as the disk spells it. ``ReadError`` if it cannot name a source."""
    path = file.relative_to(folder.root).as_posix()
    name = unicodedata.normalize("NFC", path)
    if _UNPRINTABLE.search(name):
        raise ReadError(
            f"{folder.given / ascii(path)}: its name has characters that cannot be shown: rename it; left out"
        )
    if name in seen:
        raise ReadError(
            f"{folder.given / name}: another file has the same name in another Unicode form: rename it; left out"
        )
    seen.add(name)
    return path


def _same(file: Path, known: Sequence[Row]) -> Row | None:
    """The document that was made of these very bytes."""
    sha256 = _sha256(file) if known else None
    return next((row for row in known if row.sha256 == sha256), None)


def _stage(job: Job, folder: Folder, file: Path, path: str, found: Found) -> Row:
    shown = str(folder.given / path)
    document = read_document(file, path, shown=shown)
    found.notes += (f"{shown}: {note}" for note in document.notes)
    return store.stage_document(job.connection, job.new.recipe, folder.number, path, document)


def _sha256(file: Path) -> str | None:
    """``None`` for what cannot be opened or is no file: reading it will say why."""
    try:
        with open_regular(file) as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except (OSError, ReadError):
        return None
