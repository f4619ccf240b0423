"""Build, update, open and search an index; nothing outside this package knows what lies in its folder."""

from rag.index.command import command
from rag.index.dense import SENTENCE_WEIGHT, Candidate
from rag.index.embed import check_vectors
from rag.index.folders import Skipped
from rag.index.opened import Index, Rows
from rag.index.recorded import recorded_folders
from rag.index.records import DocumentInfo
from rag.index.repair import RepairSummary, repair
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
    "recorded_folders",
    "remove",
    "repair",
    "update",
]
