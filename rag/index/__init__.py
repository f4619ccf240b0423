"""Build, update, open and search an index; nothing outside this package knows what lies in its folder."""

from rag.index.command import command
from rag.index.embed import check_vectors
from rag.index.folders import Skipped
from rag.index.index import Index, Rows
from rag.index.local.dense import SENTENCE_WEIGHT, Candidate
from rag.index.local.records import DocumentInfo
from rag.index.repair import RepairSummary, repair
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
