"""Files and folders to documents."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from rag.corpus.decode import decode
from rag.corpus.markdown import read_markdown
from rag.corpus.pdf import read_pdf
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

Reader = Callable[[bytes], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Format:
    """How the files of a suffix are read: ``read`` gives the text and how the bytes were read."""

    read: Reader
    max_bytes: int = MAX_BYTES


_TEXT, _MARKDOWN, _HTML = Format(decode), Format(read_markdown), Format(read_html)
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
    text, encoding = how.read(data)
    document = Document(source=source, text=text, encoding=encoding, sha256=hashlib.sha256(data).hexdigest())
    _check(document)
    return document


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
    if not path.is_file():
        raise ReadError("it is not a regular file")
    size = path.stat().st_size
    if size > most:
        raise ReadError(f"it is {size // 10**6} MB, the limit is {most // 10**6} MB: split it into smaller files")
    return path.read_bytes()
