"""The conditions that decide the rows of a run, for its report."""

from __future__ import annotations

import hashlib
from typing import Any

from rag.chatbot import IndexInfo
from rag.evaluation.manifest import reader
from rag.evaluation.questions import QuestionSet
from rag.types import Leg


def conditions(
    info: IndexInfo,
    asked: QuestionSet,
    *,
    retrieval: bool,
    gold_passage: bool,
    leg: Leg,
    threshold: float,
    tentative_threshold: float,
) -> dict[str, Any]:
    """What decides the rows of a run, for its manifest. A SQuAD set's passages are made of ``paragraphs``."""
    return {
        "model": info.model,
        "index": info.fingerprint,
        "reader": reader(),
        "passages": info.passages,
        "paragraphs": len(asked.paragraphs) or None,
        "questions": asked.name,
        "questions_sha256": _digest(asked),
        "retrieval": retrieval,
        "gold_passage": gold_passage,
        "leg": leg,
        "threshold": None if retrieval else threshold,
        "tentative_threshold": None if retrieval else tentative_threshold,
    }


def _digest(asked: QuestionSet) -> str:
    """A digest of the questions, and of everything that their rows are scored by."""
    digest = hashlib.sha256()
    for question in asked.questions:
        digest.update(repr(question).encode())
    return digest.hexdigest()[:16]
