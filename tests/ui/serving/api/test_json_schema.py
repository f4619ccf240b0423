"""The published JSON Schema, against real answers and against what the types give."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from rag.chatbot import Chatbot
from rag.ui.serving.api.endpoints import Endpoints
from rag.ui.serving.api.json_schema import SCHEMA_FILE, AnswerJson, ErrorJson, HitJson, SourceJson, inline, schema

from ...fakebot import PERHAPS_ZH, FakeBot

QUESTIONS = [
    "武进有多少家企业获评国家级专精特新“小巨人”企业?",
    "How many enterprises in Wujin are national-level little giants?",
    "火星上有没有地铁?",
    "洛阳高级中学的校舍总面积增加多少?共多少班?",
]


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    text = files("rag.ui").joinpath("static", SCHEMA_FILE).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def test_the_shipped_schema_is_the_one_that_the_types_give(shipped: dict[str, Any]) -> None:
    assert shipped == schema()
    jsonschema.Draft202012Validator.check_schema(shipped)


@pytest.mark.parametrize("question", QUESTIONS)
def test_real_answers_are_valid(bot: Chatbot, shipped: dict[str, Any], question: str) -> None:
    for min_confidence in (0, 1):
        answer = bot.ask(question, min_confidence=min_confidence).to_dict()
        jsonschema.validate(json.loads(json.dumps(answer)), shipped)


def test_a_tentative_answer_is_valid(shipped: dict[str, Any]) -> None:
    answer = FakeBot().ask(PERHAPS_ZH).to_dict()
    jsonschema.validate(json.loads(json.dumps(answer)), shipped)
    del answer["candidates"][0]["confidence"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(json.dumps(answer)), shipped)


def test_rows_of_a_batch_hits_and_sources_are_valid(bot: Chatbot) -> None:
    does = Endpoints(bot)
    rows = does.ask_batch([QUESTIONS[0], "😀"])
    jsonschema.validate(rows, inline(list[AnswerJson | ErrorJson]))
    hits = does.search("汽车", 3)
    jsonschema.validate(hits, inline(list[HitJson]))
    jsonschema.validate(does.source(hits[0]["source"], 0, 5), inline(SourceJson))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", 2),
        ("confidence", 1.5),
        ("citations", None),
        ("answer", 3),
        ("abstained", "no"),
        ("status", "perhaps"),
        ("candidates", None),
    ],
)
def test_what_is_no_answer_is_not_valid(bot: Chatbot, shipped: dict[str, Any], key: str, value: Any) -> None:
    answer = bot.ask(QUESTIONS[0]).to_dict()
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**answer, key: value}, shipped)
    del answer[key]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer, shipped)
