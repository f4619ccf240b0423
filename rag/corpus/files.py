"""Files and folders to documents."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from rag.corpus.decode import decode
from rag.errors import InputError, ReadError
from rag.types import Document

SUFFIXES = (".txt", ".text", ".md", ".markdown")
MAX_BYTES = 20_000_000
MAX_LINE = 2_000_000


def find_files(folder: Path) -> list[Path]:
    """All files under ``folder`` in a stable order, hidden ones left out; whether they can be read shows later."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise InputError(f"{folder} {what}: name a folder of articles")
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(parent) / name for name in names if not name.startswith(".")]
    return sorted(found)


def read_document(path: Path, source: str) -> Document:
    """Read one file. Raises ``ReadError`` with one line that names the file and the reason."""
    try:
        return make_document(_bytes(path), source)
    except OSError as error:
        raise ReadError(f"{source}: cannot be read ({error.strerror or error}); left out") from error
    except ReadError as error:
        raise ReadError(f"{source}: {error}; left out") from error


def make_document(data: bytes, source: str) -> Document:
    """A document from the bytes of a text file. Raises ``ReadError`` with the reason."""
    if len(data) > MAX_BYTES:
        raise ReadError(f"it is larger than {MAX_BYTES // 10**6} MB: split it into smaller files")
    text, encoding = decode(data)
    if not text.strip():
        raise ReadError("it is empty")
    if max(map(len, text.splitlines())) > MAX_LINE:
        raise ReadError(f"it has a line of more than {MAX_LINE:,} characters: break it into paragraphs")
    return Document(source=source, text=text, encoding=encoding, sha256=hashlib.sha256(data).hexdigest())


def _bytes(path: Path) -> bytes:
    if path.suffix.lower() not in SUFFIXES:
        raise ReadError(f"only {', '.join(SUFFIXES)} files are read")
    if not path.is_file():
        raise ReadError("it is not a regular file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ReadError(f"it is {size // 10**6} MB, the limit is {MAX_BYTES // 10**6} MB: split it into smaller files")
    return path.read_bytes()
