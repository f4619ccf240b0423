"""The command that an error message tells the user to run."""

from __future__ import annotations

import shlex
from pathlib import Path

#: The index that a command uses if ``--index`` is not given.
DEFAULT = Path("index")


def command(index: Path, *words: str) -> str:
    """``rag`` with ``words`` for this index, ready to be pasted into a shell.

    >>> print(command(Path("index"), "index", "--rebuild"), command(Path("my news"), "index", "FOLDER"))
    `rag index --rebuild` `rag index FOLDER --index 'my news'`
    """
    at = () if index == DEFAULT else ("--index", str(index))
    return f"`{shlex.join(['rag', *words, *at])}`"
