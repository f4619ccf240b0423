"""The named endpoints through Gradio's own client, and the paths that must stay shut."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from rag.types import Filter
from rag.ui.serving.api.json_schema import AnswerJson
from rag.ui.serving.chat_app import App

from ...fakebot import BROKEN, PERHAPS_ZH, SHOW, SIZE_ZH, UNKNOWN_ZH, YEAR_ZH, FakeBot


@pytest.fixture(scope="module")
def client(site: str) -> Iterator[Client]:
    client = Client(site, verbose=False, analytics_enabled=False)
    yield client
    client.close()


@pytest.fixture
def http(site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, timeout=20) as http:
        yield http


def test_ask_is_the_answer_object(client: Client, bot: FakeBot) -> None:
    assert client.predict(question=SIZE_ZH, api_name="/ask") == bot.ask(SIZE_ZH).to_dict()
    assert client.predict(SIZE_ZH, 0.9, api_name="/ask")["abstained"] is True


def test_candidates_are_asked_for_by_an_argument(client: Client, bot: FakeBot) -> None:
    perhaps = client.predict(question=PERHAPS_ZH, candidates=True, api_name="/ask")
    assert bot.wanted[-1] is True
    assert (perhaps["status"], perhaps["abstained"], perhaps["answer"]) == ("tentative", True, None)
    assert [(each["n"], each["confidence"]) for each in perhaps["candidates"]] == [(1, 0.46), (2, 0.21)]
    assert client.predict(questions=[PERHAPS_ZH], api_name="/ask_batch") == [perhaps]
    assert bot.wanted[-1] is False
    client.predict([YEAR_ZH], None, True, api_name="/ask_batch")
    assert bot.wanted[-1] is True


def test_ask_batch_keeps_the_order(client: Client, bot: FakeBot) -> None:
    questions = [UNKNOWN_ZH, YEAR_ZH, SIZE_ZH]
    answers = client.predict(questions=questions, api_name="/ask_batch")
    assert answers == [bot.ask(q).to_dict() for q in questions]


def test_a_question_that_cannot_be_asked_leaves_the_others_of_a_batch_alone(client: Client, bot: FakeBot) -> None:
    rows = client.predict(questions=[YEAR_ZH, "😀", 7, "a" * 1001, SIZE_ZH], api_name="/ask_batch")
    assert [rows[0], rows[4]] == [bot.ask(YEAR_ZH).to_dict(), bot.ask(SIZE_ZH).to_dict()]
    assert rows[1] == {"version": 1, "question": "😀", "error": "the question has no words: type a question"}
    assert rows[2] == {"version": 1, "question": None, "error": "question is not a text; send a JSON string"}
    assert rows[3]["error"].startswith("the question has 1,001 characters")
    assert client.predict(questions=[], api_name="/ask_batch") == []


def test_earlier_questions_are_answered_again_as_the_history(client: Client, bot: FakeBot) -> None:
    client.predict(question=SIZE_ZH, history=[YEAR_ZH, UNKNOWN_ZH], api_name="/ask")
    assert [(question, len(history)) for question, history in bot.histories[-3:]] == [
        (YEAR_ZH, 0),
        (UNKNOWN_ZH, 1),
        (SIZE_ZH, 2),
    ]


@pytest.mark.parametrize("data", [[YEAR_ZH], [YEAR_ZH, None], [YEAR_ZH, 0.5, []], [YEAR_ZH, None, None, False, "more"]])
def test_arguments_by_position_may_be_left_out_at_the_end(http: httpx.Client, data: list[Any]) -> None:
    sent = http.post("gradio_api/call/ask", json={"data": data})
    stream = http.get(f"gradio_api/call/ask/{sent.json()['event_id']}").text
    assert json.loads(stream.split("data: ", 1)[1].splitlines()[0])[0]["answer"] == "2018年"


def test_calls_leave_no_session_behind(http: httpx.Client, site: str) -> None:
    """Each would hold 30 kB until thousands of others push it out, and push out visitors' conversations."""
    app = next(block for block in gc.get_objects() if issubclass(type(block), App) and block.local_url == site)
    before = set(app.state_holder.session_data)
    for _ in range(3):
        sent = http.post("gradio_api/call/search", json={"data": ["车展"]})
        assert "complete" in http.get(f"gradio_api/call/search/{sent.json()['event_id']}").text
    Client(site, verbose=False, analytics_enabled=False).predict(YEAR_ZH, api_name="/ask")
    assert set(app.state_holder.session_data) == before


def test_search_gives_hits(client: Client, bot: FakeBot) -> None:
    hits = client.predict(question="车展", k=2, leg="lexical", api_name="/search")
    assert hits == [h.to_dict() for h in bot.search("车展", 2)]


def test_search_takes_filters(client: Client, bot: FakeBot) -> None:
    client.predict("车展", api_name="/search")
    assert bot.filters[-1] is None
    client.predict(
        question="车展", sources=["a/*"], articles=["汽车"], since="2024-06-01", until="2024-06-30", api_name="/search"
    )
    assert bot.filters[-1] == Filter(("a/*",), ("汽车",), "2024-06-01", "2024-06-30")


def test_source_gives_what_a_citation_points_at(client: Client, bot: FakeBot) -> None:
    citation = bot.ask(YEAR_ZH).citations[0]
    part = client.predict(source=SHOW, start=citation.start, end=citation.end, api_name="/source")
    assert part == {"source": SHOW, "start": citation.start, "end": citation.end, "text": citation.quote}
    assert client.predict(source=SHOW, api_name="/source")["text"] == bot.document(SHOW).text


@pytest.mark.parametrize(
    ("name", "arguments", "line"),
    [
        ("/ask", {"question": " "}, "the question is empty; write one"),
        ("/ask", {"question": "很" * 20_000}, "shorten it"),
        ("/ask", {"question": 7}, "question is not a text; send a JSON string"),
        ("/ask", {"question": "a", "min_confidence": 2}, "send one, or leave it out"),
        ("/ask", {"question": "a", "min_confidence": True}, "send one, or leave it out"),
        ("/ask", {"question": "a", "history": "b"}, "history is not a list of at most 10 texts"),
        ("/ask", {"question": "a", "history": ["b"] * 11}, "history is not a list of at most 10 texts"),
        ("/ask", {"question": "a", "history": [7]}, "history is not a text; send a JSON string"),
        ("/ask", {"question": "a", "candidates": 1}, "candidates is neither true nor false; send one"),
        ("/ask_batch", {"questions": ["a"], "candidates": "no"}, "candidates is neither true nor false"),
        ("/ask_batch", {"questions": "a"}, "send fewer at a time"),
        ("/ask_batch", {"questions": ["a"] * 1001}, "send fewer at a time"),
        ("/search", {"question": "a", "k": 0}, "send a whole number from 1 to 100"),
        ("/search", {"question": "a", "leg": "sparse"}, "leg is none of dense, lexical, fused; send one of these"),
        ("/search", {"question": "a", "sources": "b"}, "sources is not a list of at most 100 texts"),
        ("/search", {"question": "a", "sources": 0}, "sources is not a list of at most 100 texts"),
        ("/search", {"question": "a", "articles": ""}, "articles is not a list of at most 100 texts"),
        ("/search", {"question": "a", "since": 2024}, "since is not a text; send a JSON string"),
        ("/source", {"source": "/etc/passwd"}, "take one that a citation names"),
        ("/source", {"source": SHOW, "start": 5, "end": 4}, "end is out of range"),
    ],
)
def test_errors_are_one_line(client: Client, name: str, arguments: dict[str, Any], line: str) -> None:
    with pytest.raises(AppError) as caught:
        client.predict(api_name=name, **arguments)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_plain_http_and_lone_surrogates(http: httpx.Client) -> None:
    sent = http.post(
        "gradio_api/call/v2/ask",
        content=b'{"question": "a\\ud800b \\u0000"}',
        headers={"content-type": "application/json"},
    )
    if sent.status_code == 200:
        stream = http.get(f"gradio_api/call/ask/{sent.json()['event_id']}").text
        answer = json.loads(stream.split("data: ", 1)[1].splitlines()[0])[0]
        assert answer["abstained"] is True
    assert sent.status_code in {200, 400, 422}
    assert http.get("").status_code == 200


def test_schema_names_four_typed_endpoints(client: Client) -> None:
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    assert set(endpoints) == {"/ask", "/ask_batch", "/search", "/source"}
    names = {name: [p["parameter_name"] for p in e["parameters"]] for name, e in endpoints.items()}
    assert names["/ask"] == ["question", "min_confidence", "history", "candidates"]
    assert names["/source"] == ["source", "start", "end"]
    assert endpoints["/search"]["parameters"][1]["parameter_default"] == 10
    returned = endpoints["/ask"]["returns"][0]["type"]
    assert list(returned["properties"]) == list(AnswerJson.__annotations__)


def test_events_reached_by_number_with_any_data_change_nothing(http: httpx.Client, site: str) -> None:
    config = http.get("config").json()
    events = [d["id"] for d in config["dependencies"]]
    for number in events:
        for data in ([], [None] * 5, [{"a": 1}] * 5, ["x"] * 5):
            body = {"data": data, "fn_index": number, "session_hash": "tester", "event_data": [1, 2]}
            assert http.post("gradio_api/queue/join", json=body).status_code in {200, 400, 404, 422, 500}
    answer = Client(site, verbose=False, analytics_enabled=False).predict(question=YEAR_ZH, api_name="/ask")
    assert answer["answer"] == "2018年"


def test_a_mistake_of_ours_is_one_line_and_in_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AppError, match=r"^the server made a mistake with this call: its log says which$"):
        client.predict(question=BROKEN, api_name="/ask")
    assert "with a secret in it" in caplog.text


def test_question_length_is_limited_on_the_server_too(site: str) -> None:
    sent = httpx.post(f"{site}gradio_api/call/ask_batch", json={"data": [["很" * 1001, YEAR_ZH]]})
    stream = httpx.get(f"{site}gradio_api/call/ask_batch/{sent.json()['event_id']}").text
    rows = json.loads(stream.split("data: ", 1)[1].splitlines()[0])[0]
    assert rows[0]["error"] == "the question has 1,001 characters, at most 1,000 are read: shorten it"
    assert rows[1]["answer"] == "2018年"
