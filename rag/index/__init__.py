"""Build, update, open and search an index.

``engine`` says what an index engine has to offer, ``local`` is the default one, ``scoring`` ranks what engines propose.
"""

from rag.index.command import command
from rag.index.embed import check_vectors
from rag.index.engine import Candidate, DocumentInfo, Rows
from rag.index.folders import Skipped
from rag.index.index import Index
from rag.index.repair import RepairSummary, repair
from rag.index.scoring import SENTENCE_WEIGHT
from rag.index.source_folders import source_folders
from rag.index.update import UpdateSummary, build, build_split, remove, update

__all__ = [
    "SENTENCE_WEIGHT",
    "Candidate",
    "DocumentInfo",
    "Index",
    "RepairSummary",
    "Rows",
    "Skipped",
    "UpdateSummary",
    "build",
    "build_split",
    "check_vectors",
    "command",
    "remove",
    "repair",
    "source_folders",
    "update",
]
