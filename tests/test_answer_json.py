"""The JSON of an answer, to the letter: every output writes it, and the journal and the schema read it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from pydantic import TypeAdapter, ValidationError

from rag.evaluation.journal import answer_of
from rag.types import Answer, Candidate, Citation, Hit, Passage, Scores
from rag.ui.serving.api.json_schema import AnswerJson, HitJson, schema

CITED = Citation(1, "会议在礼堂召开。", 3, 5, "a.pdf", "会议", 1, 2, 7, 10, 18, 0.9, False, "a.pdf#1.2")
HIT = Hit(Passage("a.pdf#1.2", "a.pdf", "会议", 1, 2, "会议在礼堂召开。", 10, 18), Scores(0.5, None, 0.25))
ANSWER = Answer("在哪里?", None, "zh", 0.75, (CITED,), (HIT,), "0f", "m@1", 12, ("几点?",), "answered")
TENTATIVE = replace(ANSWER, citations=(), status="tentative", candidates=(Candidate(CITED, 0.5),), not_found=())

CITATION_JSON = (
    '{"n": 1, "quote": "会议在礼堂召开。", "answer_start": 3, "answer_end": 5, "source": "a.pdf", "article": "会议", '
    '"article_number": 1, "paragraph": 2, "page": 7, "start": 10, "end": 18, "score": 0.9, "stale": false, '
    '"passage_id": "a.pdf#1.2"'
)
HIT_JSON = (
    '{"passage_id": "a.pdf#1.2", "source": "a.pdf", "article": "会议", "article_number": 1, "paragraph": 2, '
    '"text": "会议在礼堂召开。", "start": 10, "end": 18, "scores": {"dense": 0.5, "lexical": null, "fused": 0.25}}'
)
ANSWER_JSON = (
    '{"version": 1, "question": "在哪里?", "interpreted_as": null, "lang": "zh", "status": "answered", '
    '"answer": "礼堂", "abstained": false, "confidence": 0.75, '
    f'"citations": [{CITATION_JSON}}}], "passages": [{HIT_JSON}], '
    '"index": "0f", "model": "m@1", "took_ms": 12, "not_found": ["几点?"], "candidates": [], "kind": "fact"}'
)
TENTATIVE_JSON = (
    '{"version": 1, "question": "在哪里?", "interpreted_as": null, "lang": "zh", "status": "tentative", '
    f'"answer": null, "abstained": true, "confidence": 0.75, "citations": [], "passages": [{HIT_JSON}], '
    '"index": "0f", "model": "m@1", "took_ms": 12, "not_found": [], '
    f'"candidates": [{CITATION_JSON}, "confidence": 0.5}}], "kind": "fact"}}'
)
BOTH = pytest.mark.parametrize(("answer", "text"), [(ANSWER, ANSWER_JSON), (TENTATIVE, TENTATIVE_JSON)])


@BOTH
def test_every_output_writes_this(answer: Answer, text: str) -> None:
    assert json.dumps(answer.to_dict(), ensure_ascii=False) == text
    assert json.dumps(HIT.to_dict(), ensure_ascii=False) == HIT_JSON


@BOTH
def test_the_journal_reads_the_same_answer_back(answer: Answer, text: str) -> None:
    assert answer_of(json.loads(text)) == answer


@BOTH
def test_the_schema_and_the_type_of_the_endpoints_describe_it(answer: Answer, text: str) -> None:
    """What an assistant gets passes through the type."""
    jsonschema.validate(json.loads(text), schema())
    passed: dict[str, Any] = TypeAdapter(AnswerJson).validate_python(answer.to_dict())
    assert json.dumps(passed, ensure_ascii=False) == text
    assert TypeAdapter(HitJson).validate_python(HIT.to_dict()) == HIT.to_dict()


def test_an_answer_from_before_the_status_has_that_of_its_citations() -> None:
    old = json.loads(ANSWER_JSON)
    for key in ("status", "candidates", "not_found", "kind"):
        del old[key]
    assert answer_of(old) == replace(ANSWER, not_found=())
    assert answer_of(old | {"citations": [], "answer": None}).status == "none"


def test_a_key_that_is_missing_or_of_another_type_is_refused() -> None:
    broken = json.loads(ANSWER_JSON)
    broken["citations"][0]["start"] = "ten"
    with pytest.raises(ValidationError, match=r"citations\.0\.start"):
        answer_of(broken)
    with pytest.raises(ValidationError, match="status"):
        TypeAdapter(AnswerJson).validate_python({**ANSWER.to_dict(), "status": "perhaps"})
