"""Index the paragraphs of SQuAD files, and keep the index in the user's cache for the next run."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rag.chatbot import Chatbot
from rag.corpus import CORPUS_VERSION
from rag.embedding import load_embedder
from rag.errors import IndexFolderError, IndexFormatError
from rag.index import build
from rag.text import clean
from rag.types import Article, Document, Paragraph, Progress


def pool_sources(paragraphs: Iterable[str]) -> dict[str, str]:
    """The document names of paragraphs, ``p00000`` and so on, by their text; equal paragraphs count once."""
    return {text: f"p{number:05}" for number, text in enumerate(dict.fromkeys(paragraphs))}


def pool_documents(sources: Mapping[str, str]) -> Iterator[tuple[Document, tuple[Article, ...]]]:
    """Each paragraph as a document of one article with one paragraph.

    The article has no title: a SQuAD set's titles are not headlines, and other systems' figures are made without them.
    """
    for text, source in sources.items():
        digest = hashlib.sha256(text.encode()).hexdigest()
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        paragraph = Paragraph(1, clean(text[start:end]), start, end)
        article = Article(source, 1, "", "article", None, 0, len(text), (paragraph,))
        yield Document(source, text, "utf-8", digest), (article,)


@contextmanager
def open_pool(
    sources: Mapping[str, str], model: str | None = None, progress: Progress | None = None
) -> Iterator[Chatbot]:
    """A chatbot over the paragraphs, from the cache if they were indexed before with this model."""
    folder = cache_folder() / "pools" / pool_key(sources, load_embedder(model).name)
    with _turn(folder):
        try:
            bot = _built(folder, sources, model, progress)
        except IndexFormatError:
            # The index is damaged or of an older version. It is only a cache, so build it again.
            shutil.rmtree(folder)
            bot = _built(folder, sources, model, progress)
    with bot:
        yield bot


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Lets one of two runs over the same paragraphs build the index while the other waits."""
    from filelock import FileLock

    lock = FileLock(folder.with_suffix(".lock"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise IndexFolderError(f"{folder.parent} cannot be written to ({error}): set RAG_CACHE_DIR") from error
    try:
        yield
    finally:
        lock.release()


def _built(folder: Path, sources: Mapping[str, str], model: str | None, progress: Progress | None) -> Chatbot:
    """Build the index; passages that an earlier run embedded are not embedded again, even if it was stopped."""
    build(folder, pool_documents(sources), load_embedder(model), progress=progress)
    return Chatbot.open(folder, model=model)


def pool_key(sources: Mapping[str, str], model: str) -> str:
    """A name for the index; the same paragraphs, model and way of reading give the same name."""
    digest = hashlib.sha256(f"{CORPUS_VERSION}\0{model}".encode())
    for text in sources:
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """``RAG_CACHE_DIR``, or ``wenbao`` in the platform's cache folder."""
    if named := os.environ.get("RAG_CACHE_DIR"):
        return Path(named)
    return _platform_cache() / "wenbao"


def _platform_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
