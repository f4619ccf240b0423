"""SQuAD JSON, 1.1 and 2.0, which CMRC 2018, DRCD and many others are published in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.errors import EvaluationError
from rag.evaluation.checks import Bad, optional, text_of
from rag.evaluation.questions import Question, QuestionSet
from rag.text import is_cjk, language


def read_squad(path: Path, content: Any, bad: Bad) -> QuestionSet:
    if not isinstance(content, dict) or not isinstance(content.get("data"), list):
        raise EvaluationError(f'{path} is neither JSON Lines of questions nor SQuAD JSON with a list under "data"')
    paragraphs: dict[str, None] = {}
    questions: list[Question] = []
    for where, paragraph in _paragraphs(path, content, bad):
        try:
            context = text_of(where, paragraph, "context")
            qas = list(_items(where, paragraph, "qas", bad))
        except EvaluationError as error:
            bad.found(error)
            continue
        paragraphs[context] = None
        questions += _questions(qas, context, bad)
    return QuestionSet(
        name=path.name,
        format="squad",
        questions=_settle_languages(questions),
        paragraphs=tuple(paragraphs),
        wants_abstention=not all(question.answerable for question in questions),
        skipped=tuple(bad.told),
    )


def _paragraphs(path: Path, content: Mapping[str, Any], bad: Bad) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for where, article in _items(f"{path}:", content, "data", bad):
        try:
            yield from _items(where, article, "paragraphs", bad)
        except EvaluationError as error:
            bad.found(error)


def _items(where: str, parent: Mapping[str, Any], key: str, bad: Bad) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects listed under ``key``, each with where it stands, such as ``dev.json: data[3].paragraphs[0]``."""
    items = parent.get(key)
    if not isinstance(items, list):
        raise EvaluationError(f'{where} needs "{key}", a list, as in SQuAD JSON')
    separator = " " if where.endswith(":") else "."
    for number, item in enumerate(items):
        at = f"{where}{separator}{key}[{number}]"
        if isinstance(item, dict):
            yield at, item
        else:
            bad.found(EvaluationError(f"{at} is not an object, as it is in SQuAD JSON"))


def _questions(qas: list[tuple[str, Mapping[str, Any]]], context: str, bad: Bad) -> Iterator[Question]:
    for where, qa in qas:
        try:
            yield _question(where, qa, context)
        except EvaluationError as error:
            bad.found(error)


def _question(where: str, qa: Mapping[str, Any], context: str) -> Question:
    text = text_of(where, qa, "question")
    given = () if qa.get("is_impossible") else _items(where, qa, "answers", Bad())
    return Question(
        id=str(qa.get("id", where)),
        question=text,
        lang=language(text),
        type=optional(where, qa, "type"),
        answers=tuple(dict.fromkeys(text_of(at, answer, "text") for at, answer in given)),
        context=context,
    )


def _settle_languages(questions: list[Question]) -> tuple[Question, ...]:
    """Chinese questions may quote kana and Japanese ones do without; the file's majority tells the two apart."""
    counts = Counter(question.lang for question in questions)
    minor, major = sorted(("zh", "ja"), key=lambda lang: counts[lang])
    return tuple(replace(q, lang=major) if q.lang == minor and _mostly_cjk(q.question) else q for q in questions)


def _mostly_cjk(text: str) -> bool:
    return sum(map(is_cjk, text)) * 2 > sum(map(str.isalpha, text))
