"""Read our question files, with one object a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rag.errors import EvaluationError
from rag.evaluation.checks import Bad, encodable, json_object, numbered, optional, text_of
from rag.evaluation.questions import Question, QuestionSet
from rag.text import language

_EXAMPLE = '{"question": "…", "answers": ["…"], …}'


def is_row(content: Any) -> bool:
    """Whether a file that holds one JSON value is a question file with a single line."""
    return isinstance(content, dict) and "question" in content


def read_jsonl(path: Path, text: str, bad: Bad) -> QuestionSet:
    questions = tuple(_rows(path, text, bad))
    return QuestionSet(path.name, "jsonl", questions, skipped=tuple(bad.reported))


def _rows(path: Path, text: str, bad: Bad) -> Iterator[Question]:
    seen: dict[str, int] = {}
    for number, line in numbered(text):
        where = f"{path} line {number}"
        try:
            question = _row(where, line, number)
            if question.id in seen:
                taken = f"id {question.id!r} is taken by line {seen[question.id]}"
                raise EvaluationError(f"{where}: {taken}: give it its own")
        except EvaluationError as error:
            bad.report(error)
            continue
        seen[question.id] = number
        yield question


def _row(where: str, line: str, number: int) -> Question:
    row = json_object(where, line, _EXAMPLE)
    text = text_of(where, row, "question")
    return Question(
        id=str(row.get("id", number)),
        question=text,
        lang=optional(where, row, "lang") or language(text),
        type=optional(where, row, "type"),
        answers=_answers(where, row),
        source=optional(where, row, "source"),
        evidence=optional(where, row, "evidence"),
    )


def _answers(where: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    answers = row.get("answers")
    if not isinstance(answers, list) or not all(isinstance(answer, str) and answer.strip() for answer in answers):
        raise EvaluationError(f'{where} needs "answers", a list of texts (empty: the question has no answer)')
    return tuple(encodable(where, answer) for answer in answers)
