"""Arguments by a wrong name are refused by name, over HTTP and by an assistant; a panic ends no call in silence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from rag.types import Answer
from rag.ui.serving.api.arguments import wrong_arguments

from ...fakebot import SHOW, UNKNOWN_EN, YEAR_ZH, FakeBot
from ...running import mounted
from ..test_mcp import using

PANICS = "让原生代码出错"


class PanicException(BaseException):
    """What a library written in Rust raises."""


class PanickingBot(FakeBot):
    def ask(self, question: str, **options: Any) -> Answer:
        if question == PANICS:
            raise PanicException("index out of bounds: the len is 89 but the index is 90")
        return super().ask(question, **options)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mounted("/paper", bot=PanickingBot(), mcp=True) as address:
        yield f"{address}/paper"


def posted(url: str, name: str, given: Any) -> httpx.Response:
    return httpx.post(f"{url}/gradio_api/call/v2/{name}", json=given, timeout=20)


SEARCH = "question, k, leg, sources, articles, since, until"


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        (
            "ask",
            {"query": YEAR_ZH},
            "ask has no argument 'query': its arguments are question, min_confidence, history, candidates",
        ),
        ("ask", {}, "ask needs the argument 'question': send it"),
        (
            "ask",
            {"question": "a", "min_confidense": 0.5},
            "ask has no argument 'min_confidense': did you mean 'min",
        ),
        ("search", {"question": "a", "top_k": 3}, f"search has no argument 'top_k': its arguments are {SEARCH}"),
        ("search", {"question": "a", "source": "b"}, "search has no argument 'source': did you mean 'sources'? Its"),
        ("source", {"from": 0}, "source has no argument 'from': its arguments are source, start, end"),
        (
            "ask_batch",
            {"question": "a"},
            "ask_batch has no argument 'question': did you mean 'questions'? Its",
        ),
        ("ask_batch/", {"min_confidence": 0}, "ask_batch needs the argument 'questions': send it"),
    ],
)
def test_a_misspelt_argument_is_named(url: str, name: str, given: dict[str, Any], told: str) -> None:
    answer = posted(url, name, given)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(told)


@pytest.mark.parametrize("given", [[YEAR_ZH], "question", 7])
def test_arguments_that_are_no_object_are_refused(url: str, given: Any) -> None:
    assert posted(url, "ask", given).status_code == 422


def test_right_arguments_are_answered(url: str) -> None:
    event = posted(url, "ask", {"question": YEAR_ZH, "history": [UNKNOWN_EN], "oauth_token": "ignored"}).json()
    stream = httpx.get(f"{url}/gradio_api/call/ask/{event['event_id']}", timeout=20).text
    assert json.loads(stream.split("data: ", 1)[1].splitlines()[0])[0]["answer"] == "2018年"


def test_a_large_body_arrives_whole(url: str) -> None:
    event = posted(url, "ask_batch", {"questions": [YEAR_ZH] + ["火" * 900] * 200}).json()
    stream = httpx.get(f"{url}/gradio_api/call/ask_batch/{event['event_id']}", timeout=20).text
    assert len(json.loads(stream.split("data: ", 1)[1].splitlines()[0])[0]) == 201


def test_a_name_as_long_as_a_page_is_told_short() -> None:
    told = wrong_arguments("ask", {"x" * 5000: 1})
    assert told is not None
    assert len(told) < 200


def test_an_assistant_is_told_of_an_argument_that_a_tool_has_not(url: str) -> None:
    async def use(session: Any) -> list[Any]:
        return [
            (await session.list_tools()).tools,
            await session.call_tool("search", {"question": "车展", "top_k": 2}),
            await session.call_tool("source", {"source": SHOW, "begin": 0}),
            await session.call_tool("search", {"question": "车展", "k": 2}),
        ]

    tools, search, source, right = using(f"{url}/mcp", use)
    assert all(tool.inputSchema["additionalProperties"] is False for tool in tools)
    assert search.isError
    assert "top_k" in search.content[0].text
    assert source.isError
    assert "begin" in source.content[0].text
    assert len(right.structuredContent["result"]) == 2


@pytest.mark.timeout(60)
def test_a_panic_of_a_native_library_is_an_error_like_any_other(url: str) -> None:
    event = posted(url, "ask", {"question": PANICS}).json()
    stream = httpx.get(f"{url}/gradio_api/call/ask/{event['event_id']}", timeout=20).text
    assert stream.startswith("event: error")
    assert "bounds" not in stream

    async def use(session: Any) -> list[Any]:
        asked = session.call_tool("ask", {"question": PANICS})
        return [await asyncio.wait_for(asked, 20), await session.call_tool("ask", {"question": YEAR_ZH})]

    broken, right = using(f"{url}/mcp", use)
    assert (broken.isError, right.isError) == (True, False)
    assert "bounds" not in broken.content[0].text
