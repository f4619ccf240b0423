"""Files and folders to documents."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePath

from rag.corpus.decode import decode
from rag.corpus.html_field import begins_page, is_page
from rag.corpus.markdown import read_markdown
from rag.corpus.pdf import read_pdf
from rag.corpus.read import Read
from rag.corpus.records import has_records, split
from rag.corpus.tables import read_csv, read_jsonl
from rag.corpus.web import read_html
from rag.corpus.word import read_docx
from rag.errors import InputError, ReadError
from rag.types import Document

MAX_BYTES = 20_000_000
#: Most of a PDF or Word file is pictures.
MAX_BYTES_WITH_PICTURES = 100_000_000
MAX_TEXT = 20_000_000
MAX_LINE = 2_000_000

Reader = Callable[[bytes], "tuple[str, str] | Read"]


@dataclass(frozen=True, slots=True)
class Format:
    """How the files of a suffix are read: ``read`` gives the text, how the bytes were read, and notes if it has any."""

    read: Reader
    max_bytes: int = MAX_BYTES


def _read_text(data: bytes) -> tuple[str, str] | Read:
    """A web page saved as text is read as what it is."""
    text, encoding = decode(data)
    return read_html(data) if is_page(text) else (text, encoding)


def _read_markdown(data: bytes) -> tuple[str, str] | Read:
    return read_html(data) if begins_page(decode(data)[0]) else read_markdown(data)


_TEXT, _MARKDOWN, _HTML = Format(_read_text), Format(_read_markdown), Format(read_html)
FORMATS: Mapping[str, Format] = {
    ".txt": _TEXT,
    ".text": _TEXT,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".pdf": Format(read_pdf, MAX_BYTES_WITH_PICTURES),
    ".docx": Format(read_docx, MAX_BYTES_WITH_PICTURES),
    ".csv": Format(read_csv),
    ".tsv": Format(read_csv),
    ".jsonl": Format(read_jsonl),
    ".ndjson": Format(read_jsonl),
}
SUFFIXES = tuple(FORMATS)
_SAVE_AS = {
    **dict.fromkeys((".doc", ".wps", ".rtf", ".odt", ".pages"), ".docx"),
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".et"), ".csv"),
    **dict.fromkeys((".mht", ".mhtml", ".shtml", ".epub"), ".html"),
    ".json": ".jsonl, one article a line",
}
_NO_FILE = "it is not a regular file"
#: Where a word may be broken, and other marks without width: they would stand between the characters of a word.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def find_files(folder: Path) -> list[Path]:
    """All files under ``folder`` in a stable order, hidden ones left out; whether they can be read shows later.

    A folder in it that cannot be listed stands for what it holds, and so does a link to a folder: links may go round,
    and lead to what is indexed already.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise InputError(f"{folder} {what}: name a folder of articles")
    found: list[Path] = []

    def closed(error: OSError) -> None:
        found.append(Path(error.filename))

    for parent, folders, names in os.walk(folder, onerror=closed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [path for path in (Path(parent) / name for name in folders) if path.is_symlink()]
        found += [Path(parent) / name for name in names if not name.startswith(".")]
    return sorted(found)


def read_document(path: Path, source: str, *, shown: str | None = None) -> Document:
    """Read one file. Raises ``ReadError`` with one line that says the reason and names the file: ``shown``, if given.

    Sources of two folders may have the same name before an index tells them apart.
    """
    name = source if shown is None else shown
    try:
        if path.is_symlink() and path.is_dir():
            raise ReadError("it is a link to a folder, which is not followed: index that folder by its own name")
        found = _format(path)
        return make_document(_bytes(path, found.max_bytes), source, found)
    except OSError as error:
        raise ReadError(f"{name}: cannot be read ({error.strerror or error}); left out") from error
    except ReadError as error:
        raise ReadError(f"{name}: {error}; left out") from error


def make_document(data: bytes, source: str, how: Format | None = None) -> Document:
    """A document from the bytes of a file: what its name says, or else plain text. ``ReadError`` with the reason."""
    how = how or FORMATS.get(PurePath(source).suffix.lower(), _TEXT)
    if len(data) > how.max_bytes:
        raise ReadError(f"it is larger than {how.max_bytes // 10**6} MB: split it into smaller files")
    try:
        text, encoding, notes = Read(*how.read(data))
    except ReadError:
        raise
    except Exception as error:
        # Any reader, and any library that one uses, may fail on bytes that nobody thought of.
        raise ReadError(f"reading it failed ({_named(error)}): open and save it anew, or leave it out") from error
    text = _UNSEEN.sub("", text)
    document = Document(source, text, encoding, hashlib.sha256(data).hexdigest(), notes=notes)
    _check(document)
    return document


def _named(error: Exception) -> str:
    """An error on one line.

    >>> _named(ValueError("bad  value")), _named(MemoryError())
    ('ValueError: bad value', 'MemoryError')
    """
    said = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _check(document: Document) -> None:
    text = document.text
    if not text.strip() or (has_records(document) and not any(part.text or part.title for part in split(text))):
        raise ReadError("it is empty")
    if len(text) > MAX_TEXT:
        raise ReadError(f"it has more than {MAX_TEXT:,} characters: split it into smaller files")
    if max(map(len, text.splitlines())) > MAX_LINE:
        raise ReadError(f"it has a line of more than {MAX_LINE:,} characters: break it into paragraphs")
    if half := _HALF_CHARACTER.search(text):
        raise ReadError(f"it has half a character (\\u{ord(half[0]):04x}): write it whole, or leave it out")


def _format(path: Path) -> Format:
    suffix = path.suffix.lower()
    if suffix in FORMATS:
        return FORMATS[suffix]
    if suffix in _SAVE_AS:
        raise ReadError(f"{suffix} files are not read: save it as {_SAVE_AS[suffix]}")
    raise ReadError("only .txt, .md, .html, .pdf, .docx, .csv, .tsv and .jsonl files are read")


def _bytes(path: Path, most: int) -> bytes:
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise ReadError(f"it is {size // 10**6} MB, the limit is {most // 10**6} MB: split it into smaller files")
        return file.read(most + 1)


def open_regular(path: Path) -> BufferedReader:
    """Open a file to read its bytes; a device or a pipe could be read for ever, or never answer.

    Raises ``ReadError`` for what is no regular file, and ``OSError``.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    try:
        # Without O_NONBLOCK, opening a pipe waits for somebody who writes to it. Windows has neither.
        number = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise ReadError(_NO_FILE) from error
    except BlockingIOError:
        # Another program has a lease on the file, as file servers do: it gives it back after a moment.
        if not path.is_file():
            raise
        number = os.open(path, flags)
    file = os.fdopen(number, "rb") if stat.S_ISREG(os.fstat(number).st_mode) else None
    if file is None:
        os.close(number)
        raise ReadError(_NO_FILE)
    return file
