"""Files to documents, documents to articles, articles to passages."""

from rag.corpus.describe import describe
from rag.corpus.files import SUFFIXES, find_files, make_document, open_regular, read_document
from rag.corpus.passages import passages, split_text
from rag.corpus.segmentation import articles

#: Raised whenever cleaning or segmentation changes: an index built by another version is read anew.
CORPUS_VERSION = 5

__all__ = [
    "CORPUS_VERSION",
    "SUFFIXES",
    "articles",
    "describe",
    "find_files",
    "make_document",
    "open_regular",
    "passages",
    "read_document",
    "split_text",
]
