"""One run of the writer: what it works on and what it aims at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.embedding import REPLACED, Embedder
from rag.errors import IndexModelError
from rag.index.command import command
from rag.index.engine import DocumentRow, Engine, Writer
from rag.index.local import LocalEngine
from rag.index.settings import Settings, silent
from rag.types import Progress


@dataclass(frozen=True, slots=True)
class Job:
    """``new`` are the settings of the state that the run is to publish."""

    index: Path
    writer: Writer
    embedder: Embedder
    new: Settings
    progress: Progress

    @property
    def old(self) -> Settings | None:
        """The settings of the state before; ``None`` if there was none."""
        return self.writer.settings

    def live(self) -> list[DocumentRow]:
        return self.writer.documents(live=True)


@contextmanager
def open_job(
    index: Path, embedder: Embedder, *, rebuild: bool = False, create: bool = True, progress: Progress | None = None
) -> Iterator[Job]:
    """Become the writer of ``index``, and remove what an interrupted writer left.

    ``create=False`` refuses an index that does not exist; otherwise it is made.
    """
    engine: Engine = LocalEngine(index)
    with engine.write(rebuild=rebuild, create=create) as writer, ExitStack() as unless_done:
        old = writer.settings
        if old and old.model != embedder.name and not rebuild:
            raise wrong_model(index, old.model, embedder.name)
        writer.remove_leftovers()
        unless_done.callback(writer.clear_away)
        yield Job(index, writer, embedder, _next(old, embedder, rebuild=rebuild), progress or silent)
        unless_done.pop_all()


def _next(old: Settings | None, embedder: Embedder, *, rebuild: bool) -> Settings:
    edition, generation = (old.edition, old.generation) if old else (0, 0)
    return Settings(
        model=embedder.name, dimension=embedder.dimension, edition=edition + rebuild, generation=generation + 1
    )


def wrong_model(index: Path, built: str, asked: str) -> IndexModelError:
    name, _, revision = built.partition("@")
    wanted = command(index, "index", "--rebuild")
    if revision and (asked.startswith(f"{name}@") or name == REPLACED):
        # A newer Wenbao has another model or revision. The old one can no longer be named.
        return IndexModelError(f"the index in {index} was built with {built}, now {asked}: run {wanted}")
    return IndexModelError(
        f"the index in {index} was built with {built}, not {asked}: name that model with --model, or run {wanted}"
    )
