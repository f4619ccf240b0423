"""Question files: our JSONL, and SQuAD JSON (1.1 and 2.0); either may be gzipped."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from rag.errors import EvaluationError
from rag.text import is_cjk, language

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its gold answers, any one of which counts; none means that abstaining is right.

    What holds the answer is named by ``source`` and ``evidence`` (our JSONL)
    or is the whole paragraph ``context`` (SQuAD).
    """

    id: str
    question: str
    lang: str
    type: str | None
    answers: tuple[str, ...]
    source: str | None = None
    evidence: str | None = None
    context: str | None = None

    @property
    def answerable(self) -> bool:
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A question file.

    ``paragraphs`` are those of a SQuAD file, each once, in order.
    ``wants_abstention`` makes the calibrated threshold the default: for our JSONL and for sets like SQuAD 2.0.
    """

    name: str
    format: Literal["jsonl", "squad"]
    questions: tuple[Question, ...]
    paragraphs: tuple[str, ...] = ()
    wants_abstention: bool = True

    def limited(self, limit: int | None) -> QuestionSet:
        """The first questions; the paragraphs stay, so that no question becomes easier."""
        return replace(self, questions=self.questions[:limit])


def load_questions(path: str | Path) -> QuestionSet:
    """Read a question file. Raises ``EvaluationError`` naming the file and the line or place that is wrong."""
    path = Path(path)
    text = _read(path)
    if not text.strip():
        raise EvaluationError(f"{path} is empty: give a file of questions")
    content = _whole_json(text)
    if content is None or _is_row(content):
        return QuestionSet(path.name, "jsonl", tuple(_rows(path, text)))
    return _squad(path, content)


def load_paragraphs(path: str | Path) -> tuple[str, ...]:
    """The paragraphs of a SQuAD file, each once, in order."""
    loaded = load_questions(path)
    if loaded.format != "squad":
        raise EvaluationError(f"{path} has no paragraphs: a pool is a SQuAD JSON file")
    return loaded.paragraphs


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if data.startswith(_GZIP) else data).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise EvaluationError(f"{path} does not exist: name a question file") from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise EvaluationError(f"{path} is a damaged gzip file ({error}): fetch it again") from error
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read ({error.strerror}): check its name and permissions") from error


def _whole_json(text: str) -> Any:
    """The file as one JSON value, or ``None``: then it is read line by line."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_row(content: Any) -> bool:
    return isinstance(content, dict) and "question" in content


def _rows(path: Path, text: str) -> Iterator[Question]:
    seen: dict[str, int] = {}
    # Only "\n" ends a line of JSONL: strings may hold the other line separators that splitlines() knows.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        question = _row(f"{path} line {number}", line, number)
        if question.id in seen:
            raise EvaluationError(
                f"{path} line {number}: id {question.id!r} is taken by line {seen[question.id]}: give it its own"
            )
        seen[question.id] = number
        yield question


def _row(where: str, line: str, number: int) -> Question:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"{where} is not JSON ({error}): one question object a line is expected") from error
    if not isinstance(row, dict):
        raise EvaluationError(f'{where} is not an object: {{"question": "…", "answers": ["…"], …}} is expected')
    text = _text(where, row, "question")
    return Question(
        id=str(row.get("id", number)),
        question=text,
        lang=_optional(where, row, "lang") or language(text),
        type=_optional(where, row, "type"),
        answers=_answers(where, row),
        source=_optional(where, row, "source"),
        evidence=_optional(where, row, "evidence"),
    )


def _answers(where: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    answers = row.get("answers")
    if not isinstance(answers, list) or not all(isinstance(answer, str) and answer.strip() for answer in answers):
        raise EvaluationError(f'{where} needs "answers", a list of texts (empty: the question has no answer)')
    return tuple(_encodable(where, answer) for answer in answers)


def _text(where: str, row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise EvaluationError(f'{where} needs "{key}", a text')
    return _encodable(where, value)


def _optional(where: str, row: Mapping[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise EvaluationError(f'{where}: "{key}" must be a text, null or left out')
    return _encodable(where, value) if value else None


def _encodable(where: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise EvaluationError(f"{where} has half of a surrogate pair at character {error.start}: mend it") from error
    return text


def _squad(path: Path, content: Any) -> QuestionSet:
    if not isinstance(content, dict) or not isinstance(content.get("data"), list):
        raise EvaluationError(f'{path} is neither JSON Lines of questions nor SQuAD JSON with a list under "data"')
    paragraphs: dict[str, None] = {}
    questions = []
    for where, paragraph in _paragraphs(path, content):
        context = _text(where, paragraph, "context")
        paragraphs[context] = None
        questions += [_squad_question(at, qa, context) for at, qa in _items(where, paragraph, "qas")]
    wants_abstention = not all(question.answerable for question in questions)
    return QuestionSet(path.name, "squad", _settle_languages(questions), tuple(paragraphs), wants_abstention)


def _paragraphs(path: Path, content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for where, article in _items(f"{path}:", content, "data"):
        yield from _items(where, article, "paragraphs")


def _items(where: str, parent: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects listed under ``key``, each with where it stands, such as ``dev.json: data[3].paragraphs[0]``."""
    items = parent.get(key)
    if not isinstance(items, list):
        raise EvaluationError(f'{where} needs "{key}", a list, as in SQuAD JSON')
    separator = " " if where.endswith(":") else "."
    for number, item in enumerate(items):
        at = f"{where}{separator}{key}[{number}]"
        if not isinstance(item, dict):
            raise EvaluationError(f"{at} is not an object, as it is in SQuAD JSON")
        yield at, item


def _squad_question(where: str, qa: Mapping[str, Any], context: str) -> Question:
    text = _text(where, qa, "question")
    answers = [] if qa.get("is_impossible") else [_text(at, a, "text") for at, a in _items(where, qa, "answers")]
    return Question(
        id=str(qa.get("id", where)),
        question=text,
        lang=language(text),
        type=_optional(where, qa, "type"),
        answers=tuple(dict.fromkeys(answers)),
        context=context,
    )


def _settle_languages(questions: list[Question]) -> tuple[Question, ...]:
    """Chinese questions may quote kana and Japanese ones do without; the file's majority tells the two apart."""
    counts = Counter(question.lang for question in questions)
    minor, major = sorted(("zh", "ja"), key=lambda lang: counts[lang])
    return tuple(replace(q, lang=major) if q.lang == minor and _mostly_cjk(q.question) else q for q in questions)


def _mostly_cjk(text: str) -> bool:
    return sum(map(is_cjk, text)) * 2 > sum(map(str.isalpha, text))
