"""PDF files with a text layer."""

from __future__ import annotations

from rag.corpus.sandbox import read_in_sandbox


def read_pdf(data: bytes) -> tuple[str, str]:
    """The text of the document, each page ended by a form feed. Raises ``ReadError`` with the reason."""
    return read_in_sandbox("rag.corpus.pdf_file:read", data)
