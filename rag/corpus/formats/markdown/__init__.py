"""Markdown files."""

from rag.corpus.formats.markdown.regions import read_markdown

__all__ = ["read_markdown"]
