"""Takes files from a browser into a folder beside the index and from there into the index, to be asked about at once.

A client is not trusted: names are made safe, no file is overwritten, types and sizes are limited, and a file without
text is left out. The folder is an indexed folder like any other, so ``rag index`` keeps it.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Literal

from rag.chatbot import Chatbot
from rag.corpus import SUFFIXES, make_document
from rag.embedding import load_embedder
from rag.errors import IndexFolderError, InputError, ReadError
from rag.index import update
from rag.types import Progress
from rag.ui.live import LiveBot

MAX_BYTES = 5_000_000
MAX_FILES = 20
#: Bytes in one request; encoded as base64 they are a third more, and servers limit requests.
MAX_SENT = 5_000_000
#: Bytes in the whole folder.
MAX_FOLDER = 500_000_000
#: Of a name, in characters and in bytes; file systems allow 255 bytes.
_LONGEST_NAME, _LONGEST_BYTES = 80, 200
#: The name of a file while it is written; it begins with a dot, so that nothing reads it.
_STAGED = ".{}.part"
_UNSAFE = re.compile(r"[^\w .()（）《》“”\-]+")

_log = logging.getLogger(__name__)

Problem = Literal["type", "large", "name", "unreadable", "known", "full", "unkept"]


_PROBLEMS: Mapping[int, Problem] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "full"),
    **dict.fromkeys((errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ), "name"),
}


def beside(index: Path) -> Path:
    """Where the added files of an index are kept."""
    home = index.resolve()
    return home.with_name(f"{home.name}-uploads")


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as a browser sent it."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: the source it is now, with what was read from it, or why it was left out."""

    name: str
    source: str | None = None
    articles: int = 0
    paragraphs: int = 0
    problem: Problem | None = None


class UploadStore:
    """The folder of added files, the index over it, and the bot that answers from both."""

    def __init__(self, bot: LiveBot, index: Path, model: str | None, reopen: Callable[[], Chatbot]) -> None:
        """``reopen`` opens a new bot over the index after each update."""
        self.bot = bot
        self.folder = beside(index)
        self._index, self._model, self._reopen = index, model, reopen
        self._lock = Lock()

    @classmethod
    def open(
        cls, bot: Chatbot, index: Path, *, model: str | None = None, min_confidence: float | None = None
    ) -> UploadStore:
        """A store with its files indexed, even if the index was rebuilt without them. Raises ``RagError``."""

        def reopen() -> Chatbot:
            return Chatbot.open(index, model=model, min_confidence=min_confidence)

        uploads = cls(LiveBot(bot, reopen), index, model, reopen)
        for broken_off in uploads.folder.glob(_STAGED.format("*")):
            broken_off.unlink()
        if uploads.folder.is_dir() and any(uploads.folder.iterdir()):
            uploads._index_folder(None)
        return uploads

    def add(self, files: Sequence[Sent], progress: Progress | None = None) -> list[Outcome]:
        """Add files to the index. Returns what became of each, in order. If the index refuses them, none is kept.

        Raises ``InputError`` for too many files, and what ``rag.index.update`` raises.
        """
        if len(files) > MAX_FILES:
            raise InputError(f"{len(files)} files are too many at a time: add at most {MAX_FILES}")
        with self._lock:
            try:
                self.folder.mkdir(mode=0o755, exist_ok=True)
            except OSError as error:
                raise IndexFolderError(f"{self.folder} cannot be made ({error}): mend that") from error
            kept = [self._keep(file) for file in files]
            written = [self.folder / outcome.source for outcome in kept if outcome.source]
            with ExitStack() as unless_taken_in:
                for path in written:
                    unless_taken_in.callback(path.unlink)
                if written:
                    self._index_folder(progress)
                unless_taken_in.pop_all()
            return [self._read(outcome) for outcome in kept]

    def _keep(self, file: Sent) -> Outcome:
        """Write a file into the folder, completely or not at all; ``source`` of the outcome is its name there."""
        problem = self._problem(file)
        if problem:
            return Outcome(file.name, problem=problem)
        staged = self.folder / _STAGED.format(secrets.token_hex(8))
        try:
            with staged.open("xb") as out:
                out.write(file.data)
                out.flush()
                os.fsync(out.fileno())
            path = next(path for path in _free(self.folder, safe_name(file.name)) if not path.exists())
            staged.rename(path)
        except OSError as error:
            staged.unlink(missing_ok=True)
            _log.warning("an added file was not kept: %s", error)
            return Outcome(file.name, problem=_PROBLEMS.get(error.errno or 0, "unkept"))
        return Outcome(file.name, source=path.name)

    def _problem(self, file: Sent) -> Problem | None:
        name = safe_name(file.name)
        if not name:
            return "name"
        if PurePosixPath(name).suffix.lower() not in SUFFIXES:
            return "type"
        if len(file.data) > MAX_BYTES:
            return "large"
        try:
            make_document(file.data, name)
        except ReadError:
            return "unreadable"
        there = [path for path in self.folder.iterdir() if path.is_file()]
        if sum(path.stat().st_size for path in there) + len(file.data) > MAX_FOLDER:
            return "full"
        return "known" if any(_holds(path, file.data) for path in there) or self._indexed(name, file.data) else None

    def _indexed(self, name: str, data: bytes) -> bool:
        try:
            return self.bot.document(name).sha256 == hashlib.sha256(data).hexdigest()
        except InputError:
            return False

    def _index_folder(self, progress: Progress | None) -> None:
        update(self._index, [self.folder], load_embedder(self._model), progress=progress)
        self.bot.exchange(self._reopen())

    def _read(self, outcome: Outcome) -> Outcome:
        """The outcome with the source as the index names it and what was read from it."""
        if outcome.source is None:
            return outcome
        names = (outcome.source, f"{self.folder.name}/{outcome.source}")
        for name in names:
            articles = self.bot.articles(name)
            if articles:
                paragraphs = sum(len(article.paragraphs) for article in articles)
                return Outcome(outcome.name, name, len(articles), paragraphs)
        (self.folder / outcome.source).unlink()
        return Outcome(outcome.name, problem="unreadable")


def safe_name(name: str) -> str:
    """The last part of a name, without characters that a shell, a URL or a page may misread; empty if none is left.

    >>> safe_name("../../etc/<b>报纸 1.txt"), safe_name(".hidden.md"), safe_name("..")
    ('_b_报纸 1.txt', 'hidden.md', '')
    """
    last = re.split(r"[/\\\\]", unicodedata.normalize("NFC", name))[-1]
    path = PurePosixPath(_UNSAFE.sub("_", last).lstrip(". ").rstrip(". "))
    stem = path.stem[:_LONGEST_NAME].encode()[:_LONGEST_BYTES].decode(errors="ignore")
    return f"{stem}{path.suffix}" if stem else ""


def _free(folder: Path, name: str) -> Iterator[Path]:
    """The name, then the name with a number."""
    path = PurePosixPath(name)
    yield folder / name
    for number in range(2, 10_000):
        yield folder / f"{path.stem}-{number}{path.suffix}"


def _holds(path: Path, data: bytes) -> bool:
    return path.stat().st_size == len(data) and path.read_bytes() == data
