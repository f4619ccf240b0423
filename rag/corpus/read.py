"""What a reader of files makes of the bytes of one."""

from __future__ import annotations

from typing import NamedTuple


class Read(NamedTuple):
    """The text of a document, how its bytes were read, and what of it was not understood: one line each."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()
