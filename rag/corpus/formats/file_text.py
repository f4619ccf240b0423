"""What the reader of a format returns."""

from __future__ import annotations

from typing import NamedTuple


class FileText(NamedTuple):
    """The text of a file, the encoding or format it was read by, and one note for each thing not understood."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()
