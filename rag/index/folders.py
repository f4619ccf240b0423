"""The folders that an update reads, and the new and changed files in them."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.corpus import find_files, open_regular, read_document
from rag.errors import InputError, ReadError
from rag.index.command import command
from rag.index.engine import DocumentRow
from rag.index.job import Job

_AT_ONCE = 64
# Control characters would break lists of sources. Surrogates stand for bytes that are not UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left out, or a folder that could not be read. ``reason`` is one line that names it."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Folder:
    """An indexed folder with its number and its files. Messages call it ``given``, as the user did."""

    number: int
    root: Path
    given: Path
    files: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The folders to read. The update replaces all documents of the folders numbered ``replaced``."""

    folders: Sequence[Folder]
    replaced: frozenset[int]


def choose_folders(job: Job, given: Mapping[Path, Path]) -> Chosen:
    """Give each folder a number. ``given`` maps resolved paths to the folders as the user named them.

    A folder that contains indexed folders replaces them. A folder inside an indexed folder is refused.
    """
    index = job.index
    known = {path: number for number, path in job.writer.folders().items()}
    for root in given:
        for other in known:
            if _holds(other, root):
                wanted = command(index, "index", str(other))
                raise InputError(f"{root} lies in {other}, which is indexed as a whole: run {wanted}")
    outer = [root for root in given if not any(_holds(other, root) for other in given)]
    home = index.resolve()
    folders = [
        Folder(known.get(root) or job.writer.add_folder(root), root, given[root], _files(home, root)) for root in outer
    ]
    inside = {number for path, number in known.items() if any(path.is_relative_to(root) for root in outer)}
    return Chosen(folders, frozenset(inside))


def _holds(outer: Path, inner: Path) -> bool:
    return outer != inner and inner.is_relative_to(outer)


def _files(home: Path, root: Path) -> list[Path]:
    """The files in ``root``, without those of the index itself, which may be inside the folder it is made from."""
    return [file for file in find_files(root) if root.is_relative_to(home) or not file.is_relative_to(home)]


@dataclass(slots=True)
class Contents:
    """The contents of folders: documents, live or staged; files left out; notes on what was not understood."""

    rows: list[DocumentRow] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_folders(job: Job, folders: Sequence[Folder], *, follow_links: bool = False) -> Contents:
    """Read what is new in ``folders``. Progress counts the files of all of them together.

    Documents of a folder that cannot be read stay. ``follow_links`` also reads links to files outside the folder.
    """
    closed = [_closed_folders(folder) for folder in folders]
    total = sum(len(folder.files) - len(shut) for folder, shut in zip(folders, closed, strict=True))
    contents = Contents()
    done = 0

    def read(files: int) -> None:
        nonlocal done
        done += files
        job.progress("read", done, total)

    for folder, shut in zip(folders, closed, strict=True):
        contents.skipped += (Skipped(path, reason) for path, reason in shut.items())
        _read_folder(job, folder, shut, contents, read, follow_links=follow_links)
        contents.rows += _rows_below(job, shut)
    return contents


def _closed_folders(folder: Folder) -> dict[Path, str]:
    """The folders in it that cannot be read, each with a line that says why."""
    reasons = {file: _why_closed(file) for file in folder.files}
    return {
        file: f"{folder.given / file.relative_to(folder.root)}: cannot be read ({why}); what was indexed of it is kept"
        for file, why in reasons.items()
        if why
    }


def _why_closed(path: Path) -> str | None:
    try:
        if path.is_dir():
            os.scandir(path).close()
    except OSError as error:
        return error.strerror or str(error)
    return None


def _rows_below(job: Job, folders: Collection[Path]) -> list[DocumentRow]:
    """The live documents whose files are, or were, in one of ``folders``."""
    if not folders:
        return []
    home = job.writer.folders()
    closed = tuple(f"{folder.as_posix()}/" for folder in folders)
    return [row for row in job.live() if f"{home[row.folder].as_posix()}/{row.path}/".startswith(closed)]


def _read_folder(
    job: Job,
    folder: Folder,
    closed: Collection[Path],
    contents: Contents,
    progress: Callable[[int], None],
    *,
    follow_links: bool,
) -> None:
    """Read the files whose bytes are new, except ``closed`` ones. ``progress`` gets the number of files just done."""
    known = _known(job, folder.number)
    seen: set[str] = set()
    files = [file for file in folder.files if file not in closed]
    for start in range(0, len(files), _AT_ONCE):
        batch = files[start : start + _AT_ONCE]
        with job.writer.kept_if_stopped():
            for file in batch:
                try:
                    path = _path_in(folder, file, seen)
                    if not follow_links:
                        _refuse_link(folder, file, path)
                    contents.rows.append(_same(file, known.get(path, [])) or _stage(job, folder, file, path, contents))
                except ReadError as error:
                    contents.skipped.append(Skipped(file, str(error)))
        progress(len(batch))


def _refuse_link(folder: Folder, file: Path, path: str) -> None:
    """``ReadError`` for a link out of the folder: it may lead to a file that those who ask should not see."""
    if file.is_symlink() and not file.is_dir():
        target = Path(os.path.realpath(file))
        if not target.is_relative_to(folder.root):
            name = _UNPRINTABLE.sub("?", str(target))
            raise ReadError(
                f"{folder.given / path}: it is a link to a file outside the folder ({name}): copy that file, or run "
                "with --follow-links; left out"
            )


def _known(job: Job, number: int) -> dict[str, list[DocumentRow]]:
    """The documents of a folder that were made by the current recipe, by path; live ones first."""
    known: dict[str, list[DocumentRow]] = {}
    for live in (True, False):
        for row in job.writer.documents(live=live):
            if row.folder == number and row.recipe == job.new.recipe:
                known.setdefault(row.path, []).append(row)
    return known


def _path_in(folder: Folder, file: Path, seen: set[str]) -> str:
    """The path as the disk spells it. ``ReadError`` if it cannot be used as the name of a source."""
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


def _same(file: Path, known: Sequence[DocumentRow]) -> DocumentRow | None:
    """The document that was made from a file with the same bytes."""
    sha256 = _sha256(file) if known else None
    return next((row for row in known if row.sha256 == sha256), None)


def _stage(job: Job, folder: Folder, file: Path, path: str, contents: Contents) -> DocumentRow:
    shown = str(folder.given / path)
    document = read_document(file, path, shown=shown)
    contents.notes += (f"{shown}: {note}" for note in document.notes)
    return job.writer.stage(job.new.recipe, folder.number, path, document)


def _sha256(file: Path) -> str | None:
    """``None`` for what cannot be opened or is not a file: reading it will report why."""
    try:
        with open_regular(file) as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except (OSError, ReadError):
        return None
