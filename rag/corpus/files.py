"""Find the files in a folder and read each one as a document."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePath

from rag.corpus.decode import HALF_CHARACTER, decode
from rag.corpus.formats.docx import read_docx
from rag.corpus.formats.file_text import FileText
from rag.corpus.formats.html import read_html
from rag.corpus.formats.html.fragments import begins_page, is_page
from rag.corpus.formats.markdown import read_markdown
from rag.corpus.formats.pdf import read_pdf
from rag.corpus.formats.tables import read_csv, read_jsonl
from rag.corpus.rows import has_rows, split_rows
from rag.errors import InputError, ReadError
from rag.types import Document

MAX_BYTES = 20_000_000
#: Most of a PDF or Word file is pictures.
MAX_BYTES_WITH_PICTURES = 100_000_000
MAX_TEXT = 20_000_000
MAX_LINE = 2_000_000

Reader = Callable[[bytes], "tuple[str, str] | FileText"]


@dataclass(frozen=True, slots=True)
class Format:
    """How files with a certain suffix are read.

    ``read`` returns the text and the encoding or format, with notes if there are any.
    """

    read: Reader
    max_bytes: int = MAX_BYTES


def _read_text(data: bytes) -> tuple[str, str] | FileText:
    text, encoding = decode(data)
    # Some web pages are saved with the suffix .txt.
    return read_html(data) if is_page(text) else (text, encoding)


def _read_markdown(data: bytes) -> tuple[str, str] | FileText:
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
#: Soft hyphens and other characters without width. Left in, they would separate the characters of a word.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")


def find_files(folder: Path) -> list[Path]:
    """All files under ``folder``, sorted; hidden files are skipped. Whether a file can be read is not checked here.

    A subfolder that cannot be listed is returned in place of its files. So is a link to a folder, which is not
    followed: links may form a circle, or lead to files that are indexed already.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise InputError(f"{folder} {what}: name a folder of articles")
    paths: list[Path] = []

    def add_unlistable(error: OSError) -> None:
        paths.append(Path(error.filename))

    for parent, subfolders, names in os.walk(folder, onerror=add_unlistable):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        paths += [path for path in (Path(parent) / name for name in subfolders) if path.is_symlink()]
        paths += [Path(parent) / name for name in names if not name.startswith(".")]
    return sorted(paths)


def read_document(path: Path, source: str, *, shown: str | None = None) -> Document:
    """Read one file. Raises ``ReadError`` with one line that names the file and the reason.

    The line calls the file ``shown`` if that is given, otherwise ``source``: files of two folders may have the same
    ``source`` until an index renames one of them.
    """
    name = source if shown is None else shown
    try:
        if path.is_symlink() and path.is_dir():
            raise ReadError("it is a link to a folder, which is not followed: index that folder by its own name")
        file_format = _format(path)
        return make_document(_bytes(path, file_format.max_bytes), source, file_format)
    except OSError as error:
        raise ReadError(f"{name}: cannot be read ({error.strerror or error}); left out") from error
    except ReadError as error:
        raise ReadError(f"{name}: {error}; left out") from error


def make_document(data: bytes, source: str, file_format: Format | None = None) -> Document:
    """A document from the bytes of a file. Raises ``ReadError`` with the reason.

    Without ``file_format``, the suffix of ``source`` decides; a file with an unknown suffix is read as plain text.
    """
    file_format = file_format or FORMATS.get(PurePath(source).suffix.lower(), _TEXT)
    if len(data) > file_format.max_bytes:
        raise ReadError(f"it is larger than {file_format.max_bytes // 10**6} MB: split it into smaller files")
    try:
        text, encoding, notes = FileText(*file_format.read(data))
    except ReadError:
        raise
    except Exception as error:
        # Any reader, and any library that it uses, may fail on unexpected bytes.
        raise ReadError(f"reading it failed ({_one_line(error)}): open and save it anew, or leave it out") from error
    text = _INVISIBLE.sub("", text)
    document = Document(source, text, encoding, hashlib.sha256(data).hexdigest(), notes=notes)
    _check(document)
    return document


def _one_line(error: Exception) -> str:
    """The type and the message of an error on one line.

    >>> _one_line(ValueError("bad  value")), _one_line(MemoryError())
    ('ValueError: bad value', 'MemoryError')
    """
    message = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _check(document: Document) -> None:
    text = document.text
    if not text.strip() or (has_rows(document) and not any(row.text or row.title for row in split_rows(text))):
        raise ReadError("it is empty")
    if len(text) > MAX_TEXT:
        raise ReadError(f"it has more than {MAX_TEXT:,} characters: split it into smaller files")
    if max(map(len, text.splitlines())) > MAX_LINE:
        raise ReadError(f"it has a line of more than {MAX_LINE:,} characters: break it into paragraphs")
    if half := HALF_CHARACTER.search(text):
        raise ReadError(f"it has half a character (\\u{ord(half[0]):04x}): write it whole, or leave it out")


def _format(path: Path) -> Format:
    suffix = path.suffix.lower()
    if suffix in FORMATS:
        return FORMATS[suffix]
    if suffix in _SAVE_AS:
        raise ReadError(f"{suffix} files are not read: save it as {_SAVE_AS[suffix]}")
    raise ReadError("only .txt, .md, .html, .pdf, .docx, .csv, .tsv and .jsonl files are read")


def _bytes(path: Path, limit: int) -> bytes:
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            raise ReadError(f"it is {size // 10**6} MB, the limit is {limit // 10**6} MB: split it into smaller files")
        return file.read(limit + 1)


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file to read its bytes. Raises ``ReadError`` for anything else, and ``OSError``.

    Reading a device may never end, and a pipe may never answer.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    try:
        # Without O_NONBLOCK, opening a pipe waits for somebody who writes to it. Windows has neither.
        descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise ReadError(_NO_FILE) from error
    except BlockingIOError:
        # Another program, such as a file server, has a lease on the file and gives it back after a moment.
        if not path.is_file():
            raise
        descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ReadError(_NO_FILE)
    return os.fdopen(descriptor, "rb")
