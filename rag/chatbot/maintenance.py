"""Build and update an index from Python, with the embedding model named as ``Chatbot.open`` takes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.embedding import load_embedder
from rag.index import UpdateSummary, remove, update
from rag.types import Progress


def update_index(
    index: str | Path,
    folders: Sequence[str | Path],
    *,
    model: str | None = None,
    rebuild: bool = False,
    follow_links: bool = False,
    progress: Progress | None = None,
) -> UpdateSummary:
    """Build the index in a folder, or update it: only new and changed files of ``folders`` are read.

    Files that are gone from these folders leave the index; what it holds of other folders stays. ``rebuild`` reads
    everything anew. A chatbot that is open answers from the state before: open it again if ``is_outdated()``.
    Raises ``RagError``, which says what to do.
    """
    if isinstance(folders, str):
        folders = [folders]  # else each character would be taken for a folder
    paths = [Path(folder) for folder in folders]
    embedder = load_embedder(model)
    return update(Path(index), paths, embedder, rebuild=rebuild, follow_links=follow_links, progress=progress)


def remove_sources(
    index: str | Path, sources: Sequence[str], *, model: str | None = None, progress: Progress | None = None
) -> UpdateSummary:
    """Take sources out of an index, by name or by pattern such as ``2024/*``; the files stay.

    A source comes back when its folder is updated while the file is still in it.
    """
    if isinstance(sources, str):
        sources = [sources]
    return remove(Path(index), sources, load_embedder(model), progress=progress)
