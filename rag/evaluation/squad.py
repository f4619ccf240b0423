"""Read SQuAD JSON 1.1 and 2.0, the form of DRCD and many other sets, and the form in which CMRC 2018 is published.

CMRC 2018 is a list of ``{"context_text", "qas": [{"query_id", "query_text", "answers": ["…"]}]}``. It does not say
where in the text an answer stands, which we do not need from SQuAD JSON either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from rag.errors import EvaluationError
from rag.evaluation.checks import Bad, optional, text_of, texts_of
from rag.evaluation.questions import Question, QuestionSet
from rag.text import is_cjk, language

#: An object of the file with where it stands, such as ``dev.json: data[3].paragraphs[0]``.
Placed = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Keys:
    """How a form names the parts of a question and lists its answers."""

    context: str
    id: str
    question: str
    answers: Callable[[str, Mapping[str, Any]], Iterable[str]]


def read_squad(path: Path, content: Any, bad: Bad) -> QuestionSet:
    """Raises ``EvaluationError`` for a file that has neither form."""
    if _is_cmrc(content):
        return _read(path, _objects(f"{path}: ", content, bad), _CMRC, bad)
    if not isinstance(content, dict) or not isinstance(content.get("data"), list):
        raise EvaluationError(f'{path} is neither JSON Lines of questions nor SQuAD JSON with a list under "data"')
    return _read(path, _paragraphs(path, content, bad), _SQUAD, bad)


def _is_cmrc(content: Any) -> bool:
    return isinstance(content, list) and any(isinstance(item, dict) and _CMRC.context in item for item in content)


def _read(path: Path, listed: Iterable[Placed], keys: _Keys, bad: Bad) -> QuestionSet:
    paragraphs: dict[str, None] = {}
    questions: dict[str, tuple[str, Question]] = {}
    for where, paragraph in listed:
        try:
            context = text_of(where, paragraph, keys.context)
            qas = list(_items(where, paragraph, "qas", bad))
        except EvaluationError as error:
            bad.report(error)
            continue
        paragraphs[context] = None
        _add_questions(questions, qas, context, keys, bad)
    settled = _settle_languages([question for _, question in questions.values()])
    return QuestionSet(
        name=path.name,
        format="squad",
        questions=settled,
        paragraphs=tuple(paragraphs),
        wants_abstention=not all(question.answerable for question in settled),
        skipped=tuple(bad.reported),
    )


def _paragraphs(path: Path, content: Mapping[str, Any], bad: Bad) -> Iterator[Placed]:
    for where, article in _items(f"{path}:", content, "data", bad):
        try:
            yield from _items(where, article, "paragraphs", bad)
        except EvaluationError as error:
            bad.report(error)


def _items(where: str, parent: Mapping[str, Any], key: str, bad: Bad) -> Iterator[Placed]:
    items = parent.get(key)
    if not isinstance(items, list):
        raise EvaluationError(f'{where} needs "{key}", a list of objects')
    separator = " " if where.endswith(":") else "."
    yield from _objects(f"{where}{separator}{key}", items, bad)


def _objects(where: str, items: Iterable[Any], bad: Bad) -> Iterator[Placed]:
    for number, item in enumerate(items):
        at = f"{where}[{number}]"
        if isinstance(item, dict):
            yield at, item
        else:
            bad.report(EvaluationError(f'{at} is not an object: {{"…": …}} is expected'))


def _add_questions(
    questions: dict[str, tuple[str, Question]], qas: Sequence[Placed], context: str, keys: _Keys, bad: Bad
) -> None:
    """Add questions by id, with the places where they stand in the file."""
    for where, qa in qas:
        place = where.rpartition(": ")[2]
        try:
            question = _question(where, place, qa, context, keys)
            if question.id in questions:
                taken = f"id {question.id!r} is taken by {questions[question.id][0]}"
                raise EvaluationError(f"{where}: {taken}: give it its own")
        except EvaluationError as error:
            bad.report(error)
            continue
        questions[question.id] = (place, question)


def _question(where: str, place: str, qa: Mapping[str, Any], context: str, keys: _Keys) -> Question:
    """A question without an id is named by its place in the file."""
    text, name = text_of(where, qa, keys.question), qa.get(keys.id)
    return Question(
        id=place if name is None else str(name),
        question=text,
        lang=language(text),
        type=optional(where, qa, "type"),
        answers=tuple(dict.fromkeys(keys.answers(where, qa))),
        context=context,
    )


def _squad_answers(where: str, qa: Mapping[str, Any]) -> Iterator[str]:
    given = () if qa.get("is_impossible") else _items(where, qa, "answers", Bad())
    return (text_of(at, answer, "text") for at, answer in given)


_SQUAD = _Keys("context", "id", "question", _squad_answers)
_CMRC = _Keys("context_text", "query_id", "query_text", partial(texts_of, key="answers"))


def _settle_languages(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Tell Chinese from Japanese questions by the majority: single questions may quote kana or have none."""
    counts = Counter(question.lang for question in questions)
    minor, major = sorted(("zh", "ja"), key=lambda lang: counts[lang])
    return tuple(replace(q, lang=major) if q.lang == minor and _mostly_cjk(q.question) else q for q in questions)


def _mostly_cjk(text: str) -> bool:
    return sum(map(is_cjk, text)) * 2 > sum(map(str.isalpha, text))
