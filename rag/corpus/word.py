"""Word files: their paragraphs, headings, lists, tables and text boxes in order, with the pages Word last laid out."""

from __future__ import annotations

from rag.corpus.sandbox import read_in_sandbox


def read_docx(data: bytes) -> tuple[str, str]:
    """The text of the document. Raises ``ReadError`` with the reason.

    Pages are known where Word has saved where they began; each is then ended by a form feed.
    """
    return read_in_sandbox("rag.corpus.word_file:read", data)
