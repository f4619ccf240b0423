"""The default engine: an index is a folder, kept with SQLite, FAISS and tantivy. Nothing else imports these.

The SQLite file is the source of everything. Parts (segments, the order of passages, an approximate index) are built
from it and can be built again.
"""

from rag.index.local.engine import LocalEngine

__all__ = ["LocalEngine"]
