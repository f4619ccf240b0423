"""The description of plain REST in OpenAPI 3.1, and what the page about it shows; both are made from the calls."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from rag.ui.serving.api.arguments import parameters
from rag.ui.serving.api.json_schema import FailedJson, HealthJson, schemas
from rag.ui.serving.api.rest import CALLS, RestCall
from rag.ui.serving.paths import HEALTH, REST

_ARGUMENT = re.compile(r"^ +(\w+): (.+)$", re.MULTILINE)
_ERRORS = {
    "400": "a value that cannot be used, or a body that is no JSON object",
    "401": "log in first",
    "403": "a page of another site that may not call",
    "422": "a field that is unknown or missing",
    "429": "too many questions from this address; Retry-After says when to ask again",
    "500": "a mistake of the server",
    "503": "too many questions are waiting; Retry-After says when to ask again",
}


@dataclass(frozen=True, slots=True)
class FieldSummary:
    """A field of a call as the page shows it."""

    name: str
    kind: str
    default: str
    about: str


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A call as the page shows it."""

    name: str
    method: str
    about: str
    fields: list[FieldSummary]
    returns: str


def description(title: str, root: str) -> dict[str, Any]:
    """The OpenAPI description of a chat called ``title`` that is mounted at ``root``."""
    kinds, types = _described()
    health = {
        "operationId": "health",
        "summary": "Whether the server is up",
        "responses": {"200": _json(kinds[HEALTH])},
    }
    paths: dict[str, Any] = {REST + name: {call.method.lower(): _operation(name, call)} for name, call in CALLS.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": root or "/"}],
        "paths": {**paths, HEALTH: {"get": health}},
        "components": {"schemas": types},
    }


def call_summaries() -> list[CallSummary]:
    """The calls as the page shows them."""
    kinds, _ = _described()
    return [
        CallSummary(name, call.method, _about(call), _field_summaries(_fields(name)), _kind(kinds[name]))
        for name, call in CALLS.items()
    ]


def type_summaries() -> list[tuple[str, list[FieldSummary]]]:
    """The types that calls return as the page shows them."""
    _, types = _described()
    return [(name, _field_summaries(schema)) for name, schema in types.items()]


@cache
def _described() -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The schema of what each path returns, and the types that these schemas refer to."""
    returned: dict[str, Any] = {name: call.returns for name, call in CALLS.items()}
    return schemas({**returned, HEALTH: HealthJson, "": FailedJson}, "#/components/schemas/{model}")


@cache
def _fields(name: str) -> dict[str, Any]:
    """The JSON Schema of the fields of a call."""
    function = CALLS[name].function
    hints, about = get_type_hints(function), dict(_ARGUMENT.findall(function.__doc__ or ""))
    fields: dict[str, Any] = {
        p.name: (hints[p.name], Field(... if p.default is p.empty else p.default, description=about[p.name]))
        for p in parameters(function)
    }
    model: type[BaseModel] = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
    schema = schemas({name: model}, "{model}")[1][name]
    return {key: value for key, value in schema.items() if key != "title"}


def _operation(name: str, call: RestCall) -> dict[str, Any]:
    kinds, _ = _described()
    errors = {status: {**_json(kinds[""]), "description": about} for status, about in _ERRORS.items()}
    common = {"operationId": name, "summary": _about(call), "responses": {"200": _json(kinds[name]), **errors}}
    fields = _fields(name)
    if call.method == "POST":
        return {**common, "requestBody": {"required": True, "content": {"application/json": {"schema": fields}}}}
    return {**common, "parameters": [_parameter(key, part, fields) for key, part in fields["properties"].items()]}


def _parameter(name: str, schema: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": name in fields.get("required", ()), "schema": schema}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "JSON in UTF-8", "content": {"application/json": {"schema": schema}}}


def _about(call: RestCall) -> str:
    return (call.function.__doc__ or "").partition("\n\n")[0]


def _field_summaries(schema: dict[str, Any]) -> list[FieldSummary]:
    return [
        FieldSummary(name, _kind(part), _default(name, part, schema), part.get("description", ""))
        for name, part in schema["properties"].items()
    ]


def _default(name: str, part: dict[str, Any], schema: dict[str, Any]) -> str:
    return "required" if name in schema.get("required", ()) else json.dumps(part["default"])


def _kind(schema: dict[str, Any]) -> str:
    """A type in a few words.

    >>> _kind({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]})
    'list of string, or null'
    """
    if "const" in schema or "enum" in schema:
        return ", or ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return ", or ".join(_kind(part) for part in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return f"list of {_kind(schema['items'])}" if schema.get("type") == "array" else str(schema["type"])
