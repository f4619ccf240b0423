"""What a request calls, read from its body before Gradio reads it: in which session, and how many questions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rag.ui.serving.api.arguments import parameters, wrong_arguments, wrong_names
from rag.ui.serving.api.endpoints import MAX_BATCH, MAX_HISTORY, NAMES, Endpoints
from rag.ui.serving.api.rest import CALLS
from rag.ui.serving.paths import API, call_name, is_rest, rest_name

#: Clients send 36 characters; Gradio keeps thousands of session names, so they must not be long.
MAX_SESSION = 100
_WHOLE = re.compile(r"-?[0-9]{1,18}")


class CallError(Exception):
    """A body that Gradio would answer with an error of its own; the message is one line for the caller."""


class UnreadableError(CallError):
    """A body that is no JSON object."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call by name has no ``session``; ``questions`` is how many questions the call asks.

    ``fields`` are those of a call of plain REST.
    """

    session: str | None = None
    questions: int = 1
    fields: Mapping[str, Any] = field(default_factory=dict)


def read_call(path: str, body: bytes, names: Mapping[int, str]) -> Call:
    """The call that the body of a request to ``path`` makes; ``names`` are those of the functions by their numbers.

    Raises ``CallError``.
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("the body is no JSON: send an object") from error
    if not isinstance(sent, dict):
        raise UnreadableError("the body is no JSON object: send one")
    if is_rest(path):
        check_fields(rest_name(path), sent)
        return Call(questions=_questions(sent), fields=sent)
    inside = path.removeprefix(API).strip("/")
    if inside.startswith("call/v2/"):
        mistake = wrong_arguments(call_name(inside), sent)
        if mistake:
            raise CallError(mistake)
        return Call(questions=_questions(sent))
    if inside.startswith("call/"):
        return Call(questions=_questions(_placed(call_name(inside), sent.get("data"))))
    session = _session(sent.get("session_hash"))
    number = sent.get("fn_index")
    if number is None and inside in ("cancel", "reset"):
        return Call(session)
    if isinstance(number, bool) or not isinstance(number, int) or number not in names:
        raise CallError("fn_index is no function of this chat: send one that /config lists")
    return Call(session, _questions(_placed(names[number], sent.get("data"))))


def check_fields(name: str, given: Mapping[str, Any]) -> None:
    """Raises ``CallError`` for an unknown or a missing field of a call of plain REST."""
    mistake = wrong_names(name, CALLS[name].function, given)
    if mistake:
        raise CallError(mistake)


def read_query(name: str, query: Mapping[str, str]) -> Mapping[str, Any]:
    """The fields in the query of a ``GET``, with whole numbers read. Raises ``CallError``."""
    check_fields(name, query)
    numbers = {p.name for p in parameters(CALLS[name].function) if str(p.annotation).startswith("int")}
    return {key: int(value) if key in numbers and _WHOLE.fullmatch(value) else value for key, value in query.items()}


def _session(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= MAX_SESSION:
        raise CallError(f"session_hash is no text of 1 to {MAX_SESSION} characters: send one")
    return value


def _placed(name: str, data: Any) -> dict[str, Any]:
    """Positional arguments by their names; none for an event of the page, which asks at most one question."""
    if not isinstance(data, list) or name not in NAMES:
        return {}
    names = [parameter.name for parameter in parameters(getattr(Endpoints, name))]
    return dict(zip(names, data, strict=False))


def _questions(arguments: dict[str, Any]) -> int:
    """How many questions a call asks: those of a batch, or one and the earlier ones that it follows on."""
    batch, history = arguments.get("questions"), arguments.get("history")
    if isinstance(batch, list):
        return max(1, min(len(batch), MAX_BATCH))
    return 1 + min(len(history), MAX_HISTORY) if isinstance(history, list) else 1
