"""The JSON of every output as types, and as the JSON Schema that ships in ``static/answer-v1.schema.json``.

Both are made from ``rag.types``: its types, bounds and descriptions, and the keys that its ``to_dict`` writes.
``python -m rag.ui.serving.api.json_schema`` prints the schema.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin, get_type_hints

from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict

from rag.types import Answer, Article, Bounds, Candidate, Citation, Hit, Passage, Scores

SCHEMA_FILE = "answer-v1.schema.json"
#: What a list of articles says of each.
ARTICLE_KEYS = ("source", "number", "title", "kind", "date", "url", "start", "end")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Untitled(GenerateJsonSchema):
    """Without titles that only repeat the key."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _json_type(kind: type, keys: Iterable[str] | None = None, *, beside: type | None = None) -> Any:
    """The typed dictionary that ``kind.to_dict`` writes; ``keys`` are fields and properties, all fields by default.

    The fields of ``beside`` are written beside those of ``kind``, and before them.
    """
    members = {name: hint for name, hint in _members(kind, keys).items() if hint is not beside}
    if beside is not None:
        members = _members(beside) | members
    name = f"{kind.__name__}Json"
    _JSON[kind] = TypedDict(name, {key: _json_hint(hint) for key, hint in members.items()})  # type: ignore[operator]
    _JSON[kind].__doc__ = kind.__doc__
    return _JSON[kind]


def _members(kind: type, keys: Iterable[str] | None = None) -> dict[str, Any]:
    """The types of fields and properties."""
    hints = get_type_hints(kind, include_extras=True)
    for name, member in vars(kind).items():
        if isinstance(member, property):
            hints[name] = get_type_hints(member.fget, include_extras=True)["return"]
    return {key: hints[key] for key in keys or [field.name for field in fields(kind)]}


def _json_hint(hint: Any) -> Any:
    """The type as JSON has it: a list for a tuple, the typed dictionary for one of ours, notes that pydantic reads."""
    if get_origin(hint) is Annotated:
        kind, *notes = get_args(hint)
        return Annotated[(_json_hint(kind), *map(_pydantic_note, notes))]
    if get_origin(hint) is tuple:
        return list[_json_hint(get_args(hint)[0])]  # type: ignore[misc]
    return _JSON[hint] if is_dataclass(hint) else hint


def _pydantic_note(note: Bounds | str) -> Any:
    return Field(ge=note.ge, le=note.le) if isinstance(note, Bounds) else Field(description=note)


#: The JSON types that are made so far, by the type they are made from.
_JSON: dict[Any, Any] = {}

if TYPE_CHECKING:
    HitJson = dict[str, Any]
    AnswerJson = dict[str, Any]
    ArticleJson = dict[str, Any]
else:
    _json_type(Scores)
    HitJson = _json_type(Hit, beside=Passage)
    _json_type(Citation)
    _json_type(Candidate, beside=Citation)
    AnswerJson = _json_type(Answer, Answer("", None, "", 0.0, (), (), "", "", 0).to_dict())
    ArticleJson = _json_type(Article, ARTICLE_KEYS)


class ErrorJson(TypedDict):
    """A question of a batch that could not be asked."""

    version: Annotated[Literal[1], Field(description="version of this format")]
    question: Annotated[str | None, Field(description="as it was sent; null if it was no text")]
    error: Annotated[str, Field(description="what is wrong and what to do")]


class SourceJson(TypedDict):
    """A part of a source file as it was indexed."""

    source: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    text: str


class ArticlesJson(TypedDict):
    """A page of the list of articles."""

    total: Annotated[int, Field(ge=0, description="how many articles there are")]
    offset: Annotated[int, Field(ge=0)]
    limit: Annotated[int, Field(ge=1)]
    articles: list[ArticleJson]


class FailedJson(TypedDict):
    """What is wrong with a call of plain REST."""

    error: Annotated[str, Field(description="one line that says what is wrong and what to do")]


class HealthJson(TypedDict):
    """A server that is up."""

    status: Literal["ok"]


def schema() -> dict[str, Any]:
    """JSON Schema of an answer; the other types are among its definitions."""
    return {"$schema": _DIALECT, "$id": SCHEMA_FILE, **_schema_of(AnswerJson | ErrorJson)}


def inline(kind: Any) -> dict[str, Any]:
    """The schema of a type without references, as endpoint descriptions want it."""
    whole = _schema_of(kind)
    definitions = whole.pop("$defs", {})
    resolved: dict[str, Any] = _resolved(whole, definitions)
    return resolved


def schemas(kinds: Mapping[str, Any], place: str) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The schemas of types by name, and the definitions that they refer to; ``place`` is where ``{model}`` is found."""
    adapters = [(name, "serialization", TypeAdapter(kind)) for name, kind in kinds.items()]
    made, whole = TypeAdapter.json_schemas(adapters, ref_template=place, schema_generator=_Untitled)  # type: ignore[arg-type]
    return {name: value for (name, _), value in made.items()}, whole["$defs"]


def _schema_of(kind: Any) -> dict[str, Any]:
    return TypeAdapter(kind).json_schema(mode="serialization", schema_generator=_Untitled)


def _resolved(part: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_resolved(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _resolved(definitions[part["$ref"].rpartition("/")[2]], definitions)
    return {key: _resolved(value, definitions) for key, value in part.items()}


if __name__ == "__main__":
    json.dump(schema(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
