"""Read question files of every form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.errors import EvaluationError
from rag.evaluation.beir import is_beir, read_beir
from rag.evaluation.checks import Bad, parse_json, read_text, refuse_twice
from rag.evaluation.jsonl import is_row, read_jsonl
from rag.evaluation.questions import QuestionSet
from rag.evaluation.squad import read_squad


def load_questions(path: str | Path, *, skip_bad: bool = False) -> QuestionSet:
    """Read our JSONL, SQuAD JSON or the lists of CMRC 2018 (all may be gzipped), or a BEIR folder.

    Raises ``EvaluationError`` naming the file and the line or place that is wrong; with ``skip_bad`` such lines are
    left out and named in ``QuestionSet.skipped``; only a file that cannot be read at all is then an error.
    """
    path, bad = Path(path), Bad(skip_bad)
    if is_beir(path):
        return read_beir(path, bad)
    text = read_text(path)
    content, twice = whole_json(text)
    if content is None or is_row(content):
        return read_jsonl(path, text, bad)
    refuse_twice(str(path), twice)
    return read_squad(path, content, bad)


def load_paragraphs(path: str | Path) -> tuple[str, ...]:
    """The paragraphs of a SQuAD file or a BEIR folder, each once, in order."""
    return load_pool(path).paragraphs


def load_pool(path: str | Path, *, skip_bad: bool = False) -> QuestionSet:
    """A file whose paragraphs alone are wanted, read as ``load_questions`` reads it."""
    loaded = load_questions(path, skip_bad=skip_bad)
    if loaded.format == "jsonl":
        raise EvaluationError(f"{path} has no paragraphs: a pool is a SQuAD JSON file")
    return loaded


def whole_json(text: str) -> tuple[Any, list[str]]:
    """What ``parse_json`` makes of the whole file, or ``None`` if it is not one JSON value but one a line."""
    try:
        return parse_json(text)
    except (ValueError, RecursionError):
        return None, []
