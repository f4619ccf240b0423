"""Checks of question files, and what happens to lines that fail them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.errors import EvaluationError

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Bad:
    """What to do with a line that cannot be used: raise its error or, with ``skip``, note it and go on."""

    skip: bool = False
    reported: list[str] = field(default_factory=list)

    def report(self, error: EvaluationError) -> None:
        if not self.skip:
            raise error
        self.reported.append(str(error))


def read_text(path: Path) -> str:
    """The text of a file, gzipped or not. Raises ``EvaluationError`` if it has none or cannot be read."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data.startswith(_GZIP) else data).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise EvaluationError(f"{path} does not exist: name a question file") from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise EvaluationError(f"{path} is a damaged gzip file ({error}): fetch it again") from error
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read ({error.strerror}): check its name and permissions") from error
    if not text.strip():
        raise EvaluationError(f"{path} is empty: give a file of questions")
    return text


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank. Only ``\\n`` ends a line: JSON may hold the other line ends."""
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def json_object(where: str, line: str, example: str) -> Mapping[str, Any]:
    try:
        row, twice = parse_json(line)
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"{where} is not JSON ({error}): one question object a line is expected") from error
    if not isinstance(row, dict):
        raise EvaluationError(f"{where} is not an object: {example} is expected")
    refuse_twice(where, twice)
    return row


def parse_json(text: str) -> tuple[Any, list[str]]:
    """A JSON value, and the names that an object in it has twice, of which Python silently keeps the last.

    Raises ``ValueError`` or ``RecursionError``.

    >>> parse_json('[{"id": 1, "id": 2}]')
    ([{'id': 2}], ['id'])
    """
    twice: list[str] = []

    def noting(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            twice.extend(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return made

    return json.loads(text, object_pairs_hook=noting), twice


def refuse_twice(where: str, twice: Sequence[str]) -> None:
    if twice:
        raise EvaluationError(f'{where} has "{twice[0]}" twice in one object: leave one of them')


def text_of(where: str, row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise EvaluationError(f'{where} needs "{key}", a text')
    return encodable(where, value)


def texts_of(where: str, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = row.get(key)
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise EvaluationError(f'{where} needs "{key}", a list of texts')
    return tuple(encodable(where, value) for value in values)


def optional(where: str, row: Mapping[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise EvaluationError(f'{where}: "{key}" must be a text, null or left out')
    return encodable(where, value) if value else None


def encodable(where: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise EvaluationError(f"{where} has half of a surrogate pair at character {error.start}: mend it") from error
    return text
