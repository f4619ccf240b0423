"""Keep the rows of a run in the user's cache, so that an interrupted run can go on where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import rag
from rag.errors import EvaluationError, InputError
from rag.evaluation.pool import cache_folder
from rag.evaluation.questions import Question
from rag.evaluation.scores import Row
from rag.types import Answer

_ANSWERS = TypeAdapter(Answer)


class Journal:
    """A file with one row a line. A last line that was cut off is dropped."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        """Raises ``InputError`` if there are rows and ``resume`` is false, so that no work is lost by mistake.

        Raises ``EvaluationError`` if the cache cannot be written to.
        """
        self.path = path
        try:
            lines = _whole_lines(path)
            if lines and not resume:
                kept = f"{len(lines)} questions of this run were asked before it was stopped"
                raise InputError(f"{kept}: go on with --resume, or delete {path} to start anew")
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, lines)
        except OSError as error:
            problem = f"{path.parent} cannot be written to ({error.strerror}): name another place with RAG_CACHE_DIR"
            raise EvaluationError(problem) from error
        rows = map(json.loads, lines)
        self._kept: dict[int, dict[str, Any]] = {row.pop("number"): row for row in rows}

    @property
    def done(self) -> int:
        """How many questions were asked before."""
        return len(self._kept)

    def kept(self, number: int, question: Question) -> Row | None:
        """The row of the question with this number, if it was asked before."""
        kept = self._kept.get(number)
        return row_of(question, kept) if kept else None

    def add(self, rows: Iterable[tuple[int, Row]]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(_line(number, _kept_row(row)) for number, row in rows)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def journal_path(conditions: Mapping[str, Any]) -> Path:
    """The journal's file; the same conditions (questions, index, model, mode, …) give the same file."""
    key = json.dumps([rag.__version__, conditions], sort_keys=True)
    return cache_folder() / "runs" / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.jsonl"


def row_of(question: Question, kept: Mapping[str, Any]) -> Row:
    """A row from ``Row.to_dict``, with what the journal keeps beside it."""
    answer = answer_of(kept["answer"]) if kept["answer"] else None
    right = bool(kept["scores"].get("forced_contains", 0.0))
    return Row(
        question=question,
        answer=answer,
        scores=kept["scores"],
        failure=kept["failure"],
        judged=(answer.confidence, right) if answer else None,
        latency_ms=kept.get("latency_ms"),
        ranking=tuple((name, score) for name, score in kept.get("ranking", ())),
    )


def answer_of(kept: Mapping[str, Any]) -> Answer:
    """An answer from its JSON, version 1, also from before it had a status."""
    nested = {
        "passages": [{"passage": hit, "scores": hit["scores"]} for hit in kept["passages"]],
        "candidates": [{"citation": one, "confidence": one["confidence"]} for one in kept.get("candidates", ())],
        "status": kept.get("status", "answered" if kept["citations"] else "none"),
    }
    return _ANSWERS.validate_python({**kept, **nested})


def _kept_row(row: Row) -> dict[str, Any]:
    return {**row.to_dict(), "ranking": row.ranking}


def _line(number: int, row: Mapping[str, Any]) -> str:
    return json.dumps({"number": number, **row}, ensure_ascii=False) + "\n"


def _whole_lines(path: Path) -> list[bytes]:
    """The lines that end with a line end; what follows was being written when the run was stopped."""
    try:
        return path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []


def _replace(path: Path, lines: Iterable[bytes]) -> None:
    """Replace the file in one step, so that nothing is lost if the run is stopped here."""
    part = path.with_suffix(".part")
    part.write_bytes(b"".join(line + b"\n" for line in lines))
    part.replace(path)
