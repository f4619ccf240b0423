"""The JSON of every output as types, and as the JSON Schema that ships in ``static/answer-v1.schema.json``.

The keys are those of ``rag.types``; a test holds the two together.
``python -m rag.ui.serving.api.json_schema`` prints the schema.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict

from rag.types import QuestionKind

SCHEMA_FILE = "answer-v1.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

Version = Annotated[Literal[1], Field(description="version of this format")]
Point = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Untitled(GenerateJsonSchema):
    """Without titles that only repeat the key."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class ScoresJson(TypedDict):
    """Higher is better; null where that leg did not find the passage."""

    dense: Annotated[float | None, Field(description="cosine")]
    lexical: Annotated[float | None, Field(description="BM25")]
    fused: Annotated[float, Field(description="both together")]


class HitJson(TypedDict):
    """A passage that was found, and how well it matched the question."""

    passage_id: Annotated[str, Field(description="stable: source#article.paragraph, with /part for long paragraphs")]
    source: str
    article: Annotated[str, Field(description="headline")]
    article_number: int
    paragraph: int
    text: str
    start: Annotated[Point, Field(description="first code point in the source")]
    end: Annotated[Point, Field(description="one past the last code point in the source")]
    scores: ScoresJson


class CitationJson(TypedDict):
    """A verbatim quote and where it stands."""

    n: Annotated[int, Field(description="number of the citation, from 1")]
    quote: Annotated[str, Field(description="the sentence, as in the source but for white space")]
    answer_start: Annotated[Point, Field(description="first code point of the answer in the quote")]
    answer_end: Annotated[Point, Field(description="one past its last code point in the quote")]
    source: Annotated[str, Field(description="file the quote stands in")]
    article: Annotated[str, Field(description="headline")]
    article_number: int
    paragraph: int
    page: Annotated[int | None, Field(description="page of the file, where it has pages")]
    start: Annotated[Point, Field(description="first code point of the quote in the source")]
    end: Annotated[Point, Field(description="one past its last code point in the source")]
    score: float
    stale: Annotated[bool, Field(description="whether the file has changed since it was indexed")]
    passage_id: str


class CandidateJson(CitationJson):
    """A sentence that may answer: the fields of a citation, and the chance that it does."""

    confidence: Annotated[Share, Field(description="chance that the sentence holds the answer")]


class AnswerJson(TypedDict):
    """An answer, or an abstention: then ``answer`` is null and there are no citations.

    A tentative answer is an abstention with ``candidates``: sentences that may answer, best first, at most three.
    """

    version: Version
    question: Annotated[str, Field(description="as it was read")]
    interpreted_as: Annotated[str | None, Field(description="the question in full, if it followed on an earlier one")]
    lang: Annotated[str, Field(description="language of the question")]
    status: Annotated[
        Literal["answered", "tentative", "none"],
        Field(description="answered: sure enough; tentative: perhaps one of the candidates; none: no answer"),
    ]
    answer: Annotated[str | None, Field(description="the marked parts of the quotes, joined by ；")]
    abstained: Annotated[bool, Field(description="true unless answered")]
    confidence: Annotated[Share, Field(description="chance that the first quoted sentence holds the answer")]
    citations: list[CitationJson]
    passages: Annotated[list[HitJson], Field(description="the nearest passages, best first")]
    index: Annotated[str, Field(description="content hash of the index")]
    model: Annotated[str, Field(description="name and revision of the embedding model")]
    took_ms: Point
    not_found: Annotated[list[str], Field(description="parts of the question that the citations do not answer")]
    candidates: Annotated[
        list[CandidateJson],
        Field(description="what may be the answer, best first; but for tentative answers only if asked for"),
    ]
    kind: Annotated[
        QuestionKind,
        Field(description="article: its summary; contents: headlines, newest first; small_talk: nothing to cite"),
    ]


class ErrorJson(TypedDict):
    """A question of a batch that could not be asked."""

    version: Version
    question: Annotated[str | None, Field(description="as it was sent; null if it was no text")]
    error: Annotated[str, Field(description="what is wrong and what to do")]


class SourceJson(TypedDict):
    """A part of a source file as it was indexed."""

    source: str
    start: Point
    end: Point
    text: str


def schema() -> dict[str, Any]:
    """JSON Schema of an answer; the other types are among its definitions."""
    return {"$schema": _DIALECT, "$id": SCHEMA_FILE, **_schema_of(AnswerJson | ErrorJson)}


def inline(kind: Any) -> dict[str, Any]:
    """The schema of a type without references, as endpoint descriptions want it."""
    whole = _schema_of(kind)
    definitions = whole.pop("$defs", {})
    resolved: dict[str, Any] = _resolved(whole, definitions)
    return resolved


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
