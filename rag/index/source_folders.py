"""The folders that an index was made of, for an update that names none."""

from __future__ import annotations

from glob import escape
from pathlib import Path

from rag.errors import IndexMissingError, InputError
from rag.index.command import command
from rag.index.engine import Engine
from rag.index.local import LocalEngine


def source_folders(index: Path, *, rebuild: bool = False) -> list[Path] | None:
    """The folders with documents in the index, as absolute paths; ``None`` if there is no index.

    ``rebuild`` also reads an index of an older format, and a damaged one as far as possible.
    Raises ``InputError`` for a folder that is gone, ``IndexMissingError`` for an index that is empty,
    ``IndexFormatError`` for an index whose folders cannot be read.
    """
    engine: Engine = LocalEngine(index)
    try:
        folders = engine.source_folders(salvage=rebuild)
    except IndexMissingError:
        return None
    if not folders:
        wanted = command(index, "index", "FOLDER")
        raise IndexMissingError(f"the index in {index} is empty: run {wanted} with a folder of articles")
    folders = [folder for folder in folders if folder != engine.added]
    for folder in folders:
        if not folder.is_dir():
            remove = command(index, "remove", f"{escape(folder.as_posix())}/*")
            raise InputError(
                f"{folder}, which the index in {index} was made of, is gone: "
                f"take it out with {remove}, or name the folders that are there"
            )
    return folders
