"""Read reports of ``rag evaluate --json`` back, to show or compare them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rag.errors import EvaluationError
from rag.evaluation.checks import read_text
from rag.evaluation.journal import row_of
from rag.evaluation.questions import Question
from rag.evaluation.report import Report
from rag.evaluation.scores import Row

_BEGINS = re.compile(r'\s*\{\s*"questions":\s*\d+,')


def is_report(path: Path) -> bool:
    """Whether a file begins like a report; it is not read to the end, because question files can be large."""
    try:
        with path.open("rb") as file:
            return _BEGINS.match(file.read(80).decode("utf-8-sig", "replace")) is not None
    except OSError:
        return False  # whoever reads it says why


def load_report(path: str | Path) -> Report:
    """Raises ``EvaluationError`` if the file is no report of ``rag evaluate --json``."""
    path = Path(path)
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"{path} is not JSON ({error}): give a report of rag evaluate --json") from error
    if not isinstance(content, dict) or not isinstance(content.get("rows"), list):
        raise EvaluationError(f"{path} is no report: give one of rag evaluate --json")
    try:
        rows = [row_of(_question(row), row) for row in content["rows"]]
        return _report(rows, content)
    except ValidationError as error:
        first = error.errors()[0]
        problem = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise EvaluationError(f"{path} is no report of this version ({problem}): make it again") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(f"{path} is no report of this version ({error}): make it again") from error


def _report(rows: Sequence[Row], content: Mapping[str, Any]) -> Report:
    # Reports that were made before rows had their latency have it in the tables alone.
    made = Report.of(rows)
    return replace(
        made,
        scores=made.scores | content["scores"],
        by_lang={name: scores | content["by_lang"][name] for name, scores in made.by_lang.items()},
        by_type={name: scores | content["by_type"][name] for name, scores in made.by_type.items()},
        run=content.get("run", {}),
        skipped=tuple(content.get("skipped", ())),
    )


def _question(row: Mapping[str, Any]) -> Question:
    return Question(
        id=row["id"],
        question=row["question"],
        lang=row["lang"],
        type=row.get("type"),
        answers=tuple(row["answers"]),
        source=row.get("source"),
        evidence=row.get("evidence"),
        context=row.get("context"),
        relevant=tuple(row["relevant"].items()) if "relevant" in row else None,
    )
