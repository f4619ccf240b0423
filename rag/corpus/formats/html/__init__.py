"""Web pages."""

from rag.corpus.formats.html.main_content import read_html

__all__ = ["read_html"]
