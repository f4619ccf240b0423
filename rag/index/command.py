"""The command that a message tells to run."""

from __future__ import annotations

import shlex
from pathlib import Path

#: The index of a command that names none.
DEFAULT = Path("index")


def command(index: Path, *words: str) -> str:
    """``rag`` with ``words`` for this very index, to be pasted into a shell.

    >>> print(command(Path("index"), "index", "--rebuild"), command(Path("my news"), "index", "FOLDER"))
    `rag index --rebuild` `rag index FOLDER --index 'my news'`
    """
    at = () if index == DEFAULT else ("--index", str(index))
    return f"`{shlex.join(['rag', *words, *at])}`"
