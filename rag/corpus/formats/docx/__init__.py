"""Word files."""

from __future__ import annotations

from rag.corpus.sandbox import read_in_sandbox


def read_docx(data: bytes) -> tuple[str, str]:
    """The text of a Word file and its format. Raises ``ReadError`` with the reason.

    A form feed ends each page, if Word has saved where pages begin.
    """
    return read_in_sandbox("rag.corpus.formats.docx.package:read", data)
