"""PDF files with a text layer."""

from __future__ import annotations

from rag.corpus.sandbox import read_in_sandbox


def read_pdf(data: bytes) -> tuple[str, str]:
    """The text of a PDF and its format; a form feed ends each page. Raises ``ReadError`` with the reason."""
    return read_in_sandbox("rag.corpus.formats.pdf.document:read", data)
