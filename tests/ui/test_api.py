"""The named endpoints through Gradio's own client, and the doors that must stay shut."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from .fakebot import SHOW, SIZE_ZH, UNKNOWN_ZH, YEAR_ZH, FakeBot


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


def test_ask_batch_keeps_the_order(client: Client, bot: FakeBot) -> None:
    questions = [UNKNOWN_ZH, YEAR_ZH, SIZE_ZH]
    answers = client.predict(questions=questions, api_name="/ask_batch")
    assert answers == [bot.ask(q).to_dict() for q in questions]


def test_search_gives_hits(client: Client, bot: FakeBot) -> None:
    hits = client.predict(question="车展", k=2, leg="lexical", api_name="/search")
    assert hits == [h.to_dict() for h in bot.search("车展", 2)]


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
        ("/ask_batch", {"questions": "a"}, "send fewer at a time"),
        ("/ask_batch", {"questions": ["a"] * 1001}, "send fewer at a time"),
        ("/search", {"question": "a", "k": 0}, "send a whole number from 1 to 100"),
        ("/search", {"question": "a", "leg": "sparse"}, "leg is none of dense, lexical, fused; send one of these"),
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
    assert names["/ask"] == ["question", "min_confidence"]
    assert names["/source"] == ["source", "start", "end"]
    assert endpoints["/search"]["parameters"][1]["parameter_default"] == 10


def test_doors_stay_shut(http: httpx.Client) -> None:
    assert http.get("gradio_api/file=/etc/passwd").status_code in {403, 404}
    assert http.get("gradio_api/file=seeds/" + SHOW).status_code in {403, 404}
    assert http.post("gradio_api/run/ask", json={"data": ["a", None]}).status_code == 404
    assert http.get("monitoring").status_code != 200 or "analytics" not in http.get("monitoring").text
    big = http.post("gradio_api/upload", files={"files": ("a.txt", b"x" * 5000)})
    assert big.status_code == 413
    config = http.get("config").json()
    assert config["run_history"] is False
    assert config["footer_links"] == []


def test_events_reached_by_number_with_any_data_change_nothing(http: httpx.Client, site: str) -> None:
    config = http.get("config").json()
    events = [d["id"] for d in config["dependencies"]]
    for number in events:
        for data in ([], [None] * 5, [{"a": 1}] * 5, ["x"] * 5):
            body = {"data": data, "fn_index": number, "session_hash": "tester", "event_data": [1, 2]}
            assert http.post("gradio_api/queue/join", json=body).status_code in {200, 400, 404, 422, 500}
    answer = Client(site, verbose=False, analytics_enabled=False).predict(question=YEAR_ZH, api_name="/ask")
    assert answer["answer"] == "2018年"
