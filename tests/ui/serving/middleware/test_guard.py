"""What stands between the chat and whoever sends requests to it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.testclient import TestClient

from rag.errors import InputError
from rag.ui import build_app
from rag.ui.serving import auth
from rag.ui.serving.auth import Users, add_user
from rag.ui.serving.middleware import guard
from rag.ui.serving.middleware.guard import Guard
from rag.ui.serving.policy import Policy
from rag.ui.serving.server import alone

from ...fakebot import SHOW, YEAR_ZH, FakeBot
from ...running import chat, mounted

PASSWORD = "correct horse"
NO_FUNCTION = "fn_index is no function of this chat: send one that /config lists"
NO_SESSION = "session_hash is no text of 1 to 100 characters: send one"


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth, "_N", 2**10)
        patch.setattr(auth, "_P", 1)
        file = tmp_path_factory.mktemp("auth") / "users"
        add_user(file, "li", PASSWORD)
        yield file


@pytest.fixture(scope="module")
def opened() -> Iterator[str]:
    """A chat with the safe defaults."""
    with chat(FakeBot()) as url:
        yield url


@pytest.fixture(scope="module")
def closed(users: Path) -> Iterator[str]:
    """A chat for users, with tools for assistants."""
    with chat(FakeBot(), auth=Users(users), mcp=True) as url:
        yield url


@pytest.fixture
def http(opened: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=opened, timeout=20) as http:
        yield http


def asked(http: httpx.Client, question: str = YEAR_ZH, **options: object) -> httpx.Response:
    return http.post("/gradio_api/call/ask", json={"data": [question]}, **options)  # type: ignore[arg-type]


def answer(http: httpx.Client, sent: httpx.Response) -> dict[str, object]:
    stream = http.get(f"/gradio_api/call/ask/{sent.json()['event_id']}").text
    return json.loads(stream.split("data: ", 1)[1].splitlines()[0])[0]


def test_headers_of_every_answer(http: httpx.Client) -> None:
    for path in ("/", "/config", "/widget.js", "/nowhere", "/gradio_api/info"):
        headers = http.get(path).headers
        assert headers["content-security-policy"] == "frame-ancestors 'self'"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["x-content-type-options"] == "nosniff"


SHUT = [
    "/gradio_api/file=/etc/passwd", f"/gradio_api/file=seeds/{SHOW}", "/gradio_api/file/etc/passwd",
    "/gradio_api/file=https://example.org/", "/gradio_api/proxy=https://example.org/", "/gradio_api/upload_progress",
    "/gradio_api/runs", "/gradio_api/run-history/records", "/gradio_api/deep_link", "/gradio_api/token",
    "/gradio_api/dev/reload", "/gradio_api/vibe-code", "/gradio_api/queue/status", "/gradio_api/profiling/traces",
    "/gradio_api/custom_component/a/b/c/d", "/gradio_api/stream/a/1/2/playlist.m3u8", "/monitoring",
    "/monitoring/summary", "/docs", "/openapi.json", "/pwa_icon", "/mcp", "/gradio_api/mcp/", "/gradio_api/mcp",
]  # fmt: skip


@pytest.mark.parametrize("path", SHUT)
def test_paths_that_the_chat_does_not_need_are_shut(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_nothing_can_be_uploaded_or_called_by_the_name_of_a_private_event(http: httpx.Client) -> None:
    assert http.post("/gradio_api/upload", files={"files": ("a.txt", b"x")}).status_code == 404
    config = http.get("/config").json()
    private = [d["api_name"] for d in config["dependencies"] if d["api_visibility"] == "private"]
    assert len(private) > 3
    for name in private:
        for way in ("call/", "call/v2/", "run/", "api/"):
            assert http.post(f"/gradio_api/{way}{name}", json={"data": []}).status_code == 404
    for path in ("component_server", "process_recording", "vibe-edit", "stream/a"):
        assert http.post(f"/gradio_api/{path}", json={}).status_code == 404
    assert http.post("/gradio_api/run/ask", json={"data": [YEAR_ZH]}).status_code == 404


def test_every_path_of_gradio_is_open_for_a_reason_or_shut(http: httpx.Client) -> None:
    """A Gradio that adds a path gives nothing away: only these are let through."""
    gradio = next(route.app for route in alone(build_app(FakeBot())).routes if isinstance(route, Mount))
    paths = {path.rstrip("/") for path in gradio.openapi()["paths"]}
    assert len(paths) > 40
    reached = {path for path in paths if "{" not in path and http.get(path).status_code not in (404, 405)}
    assert reached == {
        "",
        "/config",
        "/theme.css",
        "/robots.txt",
        "/manifest.json",
        "/favicon.ico",
        "/logout",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/user",
        "/gradio_api/login_check",
        "/gradio_api/app_id",
        "/gradio_api/theme.css",
        "/gradio_api/startup-events",
        "/gradio_api/queue/data",
    }


def test_nothing_is_recorded_or_told_to_others(http: httpx.Client) -> None:
    config = http.get("/config").json()
    assert config["run_history"] is False
    assert config["footer_links"] == []
    assert config["analytics_enabled"] is False


def test_scripts_of_other_sites_are_refused(http: httpx.Client) -> None:
    foreign = {"origin": "https://evil.example"}
    mend = "start it with --allow-origin https://evil.example"
    told = {"detail": f"pages of https://evil.example may not use this chat: {mend}"}
    for headers in (foreign, {**foreign, "sec-fetch-site": "cross-site"}, {**foreign, "sec-fetch-site": "same-site"}):
        assert asked(http, headers=headers).json() == told
        assert http.get("/config", headers=headers).status_code == 403
    assert asked(http, headers={"origin": "null"}).status_code == 403
    assert http.get("/widget.js", headers=foreign).status_code == 200
    same = {"origin": str(http.base_url).rstrip("/")}
    assert asked(http, headers=same).status_code == 200
    assert asked(http, headers={"origin": "https://paper.example", "sec-fetch-site": "same-origin"}).status_code == 200


def test_a_request_that_is_too_large_is_refused(http: httpx.Client) -> None:
    assert asked(http, "问" * 3_000_000).status_code == 413

    def endless() -> Iterator[bytes]:  # without a Content-Length
        yield b'{"data": ["'
        for _ in range(100):
            yield b"x" * 100_000

    with suppress(httpx.TransportError):  # the server may also hang up
        assert http.post("/gradio_api/call/ask", content=endless()).status_code in (400, 413)
    assert asked(http).status_code == 200


def test_question_length_is_limited_on_the_server_too(http: httpx.Client) -> None:
    sent = http.post("/gradio_api/call/ask_batch", json={"data": [["很" * 1001, YEAR_ZH]]})
    rows = json.loads(
        http.get(f"/gradio_api/call/ask_batch/{sent.json()['event_id']}").text.split("data: ", 1)[1].splitlines()[0]
    )[0]
    assert rows[0]["error"] == "the question has 1,001 characters, at most 1,000 are read: shorten it"
    assert rows[1]["answer"] == "2018年"


def test_clients_are_limited_by_address_which_only_trusted_proxies_tell() -> None:
    """uvicorn believes 127.0.0.1 only, which is who sends here."""
    with chat(FakeBot(), rate_limit=3) as url, httpx.Client(base_url=url, timeout=20) as http:
        one, other = {"x-forwarded-for": "192.0.2.1"}, {"x-forwarded-for": "192.0.2.2"}
        assert [asked(http, headers=one).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = asked(http, headers=one)
        wait = int(refused.headers["retry-after"])
        assert 10 <= wait <= 20
        assert refused.json() == {"detail": f"too many questions from your address: wait {wait} seconds"}
        spoofed = {"x-forwarded-for": "203.0.113.9, 192.0.2.1"}  # what the client itself put there does not count
        assert asked(http, headers=spoofed).status_code == 429
        assert asked(http, headers=other).status_code == 200
        assert http.get("/", headers=one).status_code == 200
        batch = http.post("/gradio_api/call/ask_batch", json={"data": [["a"] * 3]}, headers=other)
        assert batch.status_code == 200
        assert asked(http, headers=other).status_code == 429  # a batch costs as much as its questions
        third = {"x-forwarded-for": "192.0.2.3"}
        assert http.post(
            "/gradio_api/call/v2/ask", json={"question": "a", "history": ["b", "c"]}, headers=third
        ).is_success
        assert asked(http, headers=third).status_code == 429  # as do the questions that one follows on


def test_this_machine_is_limited_only_if_that_is_asked_for() -> None:
    for wanted, limited in ((None, False), (2, True), (0, False)):
        http = _guarded(Policy(rate_limit=wanted))
        statuses = [http.post("/gradio_api/queue/join", json={}).status_code for _ in range(4)]
        assert (429 in statuses) is limited


def _guarded(policy: Policy) -> TestClient:
    """A guard before an app that says yes to everything."""
    chat = SimpleNamespace(policy=policy, public=("ask",), page_names=(), fns={})
    return TestClient(Guard(Response("yes"), chat), client=("127.0.0.1", 5))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("framers", "policy", "frame_options"),
    [
        (["self"], "'self'", "SAMEORIGIN"),
        (["none"], "'none'", "DENY"),
        (["*"], "*", None),
        (["https://a.example", "self", "*.b.example:8443"], "https://a.example 'self' *.b.example:8443", None),
    ],
)
def test_who_may_frame_the_chat(framers: list[str], policy: str, frame_options: str | None) -> None:
    headers = _guarded(Policy(frame_ancestors=tuple(framers))).get("/").headers
    assert headers["content-security-policy"] == f"frame-ancestors {policy}"
    assert headers.get("x-frame-options") == frame_options


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"frame_ancestors": ("https://a.example; script-src *",)}, "cannot frame the chat: name origins such as"),
        ({"frame_ancestors": ("a b",)}, "cannot frame the chat"),
        ({"frame_ancestors": ("none", "self")}, "give it alone"),
        ({"allow_origins": ("paper.example",)}, "is not an origin: write it as https://example.org"),
        ({"allow_origins": ("*",)}, "is not an origin"),
        ({"rate_limit": -1}, "give requests a minute, or 0 for none"),
        ({"queue": 0}, "give at least 1"),
    ],
)
def test_policies_that_cannot_be(options: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        Policy(**options)  # type: ignore[arg-type]


def test_without_logging_in_nothing_of_the_corpus_is_told(closed: str) -> None:
    with httpx.Client(base_url=closed, timeout=20) as http:
        page = http.get("/")
        assert '"auth_required":true' in page.text
        assert "专精特新" not in page.text
        assert YEAR_ZH not in page.text
        for path in ("/config", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/heartbeat/a", "/mcp"):
            refused = http.get(path)
            assert (refused.status_code, refused.json()) == (
                401,
                {"detail": "log in first: this chat is for its users"},
            )
        for path in ("/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/call/ask", "/mcp"):
            assert http.post(path, json={"data": [YEAR_ZH]}).status_code == 401
        assert asked(http, auth=("li", "wrong")).status_code == 401
        assert asked(http, auth=("nobody", PASSWORD)).status_code == 401
        cookie = {"cookie": "access-token-x=li; access-token-unsecure-x=basic li"}
        assert asked(http, headers=cookie).status_code == 401


def test_logging_in_by_form_and_with_each_request(closed: str, users: Path) -> None:
    with httpx.Client(base_url=closed, timeout=20, auth=("li", PASSWORD)) as http:
        assert answer(http, asked(http))["answer"] == "2018年"
    with httpx.Client(base_url=closed, timeout=20) as http:
        assert http.post("/login", data={"username": "li", "password": "wrong"}).status_code == 400
        assert http.post("/login", data={"username": "li", "password": PASSWORD}).json() == {"success": True}
        assert YEAR_ZH in http.get("/").text
        assert answer(http, asked(http))["answer"] == "2018年"
        hashed = users.read_text(encoding="utf-8")
        users.write_text(hashed.replace("li:", "wang:"), encoding="utf-8")  # a user removed while logged in
        try:
            assert asked(http).status_code == 401
        finally:
            users.write_text(hashed, encoding="utf-8")
        assert http.get("/logout").status_code in (200, 302)
        assert asked(http).status_code == 401


def test_passwords_cannot_be_tried_for_ever(closed: str) -> None:
    address = {"x-forwarded-for": "192.0.2.66"}
    with httpx.Client(base_url=closed, timeout=20, headers=address) as http:
        tried = [http.post("/login", data={"username": "li", "password": f"{n}"}).status_code for n in range(11)]
        assert tried == [400] * 10 + [429]
        told = asked(http, auth=(" li", PASSWORD))  # nor in the other way; also a right one has to wait
        assert told.status_code == 429
        assert (
            told.json()["detail"]
            == f"too many wrong passwords from your address: wait {told.headers['retry-after']} seconds"
        )
    with httpx.Client(base_url=closed, timeout=20, auth=("li", PASSWORD)) as http:
        assert asked(http).status_code == 200


def test_right_passwords_are_not_counted(closed: str) -> None:
    address = {"x-forwarded-for": "192.0.2.67"}
    right, wrong = {"username": "li", "password": PASSWORD}, {"username": "li", "password": "wrong"}
    with httpx.Client(base_url=closed, timeout=20, headers=address) as http:
        tried = [http.post("/login", data=wrong).status_code for _ in range(9)]
        tried += [http.post("/login", data=right).status_code for _ in range(3)]
        assert tried == [400] * 9 + [200] * 3


def test_another_site_logs_nobody_out(closed: str) -> None:
    with httpx.Client(base_url=closed, timeout=20) as http:
        http.post("/login", data={"username": "li", "password": PASSWORD})
        elsewhere = (
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"referer": "https://evil.example/"},
        )
        for headers in elsewhere:
            assert http.get("/logout", headers=headers).status_code == 403
            assert asked(http).status_code == 200
        assert http.get("/logout", headers={"sec-fetch-site": "same-origin"}).status_code in (200, 302)
        assert asked(http).status_code == 401


def test_a_removed_user_and_one_with_a_new_password_see_nothing(closed: str, users: Path) -> None:
    kept = users.read_text(encoding="utf-8")
    for change in (
        lambda: users.write_text(f"wang{kept[2:]}", encoding="utf-8"),
        lambda: add_user(users, "li", "a new one"),
    ):
        with httpx.Client(base_url=closed, timeout=20) as http:
            http.post("/login", data={"username": "li", "password": PASSWORD})
            assert YEAR_ZH in http.get("/").text
            change()
            try:
                page = http.get("/")
                assert '"auth_required":true' in page.text
                assert YEAR_ZH not in page.text
                assert http.get("/config").status_code == asked(http).status_code == 401
            finally:
                users.write_text(kept, encoding="utf-8")


def test_a_session_is_shown_to_its_user_alone(closed: str, users: Path) -> None:
    add_user(users, "wang", PASSWORD)
    functions = {
        d["api_name"]: d["id"] for d in httpx.get(f"{closed}/config", auth=("li", PASSWORD)).json()["dependencies"]
    }

    def called(user: str, name: str, data: list[object]) -> httpx.Response:
        body = {"data": data, "fn_index": functions[name], "session_hash": "ofli", "event_data": {"base": ""}}
        way = "queue/join" if name == "page_typed" else "run/predict"
        return httpx.post(f"{closed}/gradio_api/{way}", json=body, auth=(user, PASSWORD), timeout=20)

    assert called("li", "page_typed", [YEAR_ZH, None, None]).status_code == 200
    looked = {"params": {"session_hash": "ofli"}, "timeout": 20}
    refused = httpx.get(f"{closed}/gradio_api/queue/data", auth=("wang", PASSWORD), **looked)
    assert (refused.status_code, refused.json()) == (403, {"detail": "this session is another user's: reload the page"})
    assert "2018年" in httpx.get(f"{closed}/gradio_api/queue/data", auth=("li", PASSWORD), **looked).text
    assert "2018年" in called("li", "page_export", [None, None, None]).text
    assert called("wang", "page_export", [None, None, None]).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("queue/join", {"fn_index": 999, "data": [], "session_hash": "a"}, NO_FUNCTION),
        ("run/predict", {"fn_index": 999, "data": []}, NO_FUNCTION),
        ("run/predict", {"fn_index": True, "data": []}, NO_FUNCTION),
        ("queue/join", {"fn_index": 0, "data": [], "session_hash": ""}, NO_SESSION),
        ("queue/join", {"fn_index": 0, "data": [], "session_hash": "a" * 101}, NO_SESSION),
        ("call/ask", [], "the body is no JSON object: send one"),
    ],
)  # fmt: skip
def test_calls_that_cannot_be_are_one_line(http: httpx.Client, path: str, body: object, detail: str) -> None:
    response = http.post(f"/gradio_api/{path}", json=body)
    assert (response.status_code, response.json()) == (422, {"detail": detail})


def test_a_page_that_is_none_is_one_line(http: httpx.Client) -> None:
    for path in ("/", "/gradio_api/info"):
        response = http.get(path, params={"page": "x"})
        assert (response.status_code, response.json()) == (
            404,
            {"detail": "there is no such page: leave it out of the address"},
        )


def test_bodies_that_are_no_json_are_one_line(http: httpx.Client) -> None:
    for body in (b"", b"{", b"\xff", b"[" * 100_000):
        response = http.post("/gradio_api/call/ask", content=body)
        assert (response.status_code, response.json()) == (422, {"detail": "the body is no JSON: send an object"})


def test_a_session_in_which_nothing_was_asked_ends_at_once(opened: str) -> None:
    stream = httpx.get(f"{opened}/gradio_api/queue/data", params={"session_hash": "invented"}, timeout=5)
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert json.loads(stream.text.removeprefix("data: "))["session_not_found"] is True
    with chat(FakeBot(), rate_limit=3) as url:
        invented = [
            httpx.get(f"{url}/gradio_api/queue/data", params={"session_hash": f"a{n}"}, timeout=5) for n in range(5)
        ]
        assert [response.status_code for response in invented] == [200, 200, 200, 429, 429]


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.3)
    with chat(FakeBot()) as url, socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as connection:
        connection.settimeout(10)
        connection.sendall(b"POST /gradio_api/call/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{")
        assert connection.recv(1000).startswith(b"HTTP/1.1 408")


def test_a_site_has_its_own_login() -> None:
    async def login(request: Request) -> str | None:
        return request.headers.get("x-user")

    with mounted(auth=login) as url, httpx.Client(base_url=url + "/ask", timeout=20) as http:
        assert http.get("/config").status_code == 401
        assert http.get("/").status_code == 401
        assert asked(http).status_code == 401
        http.headers["x-user"] = "li"
        assert YEAR_ZH in http.get("/").text
        assert answer(http, asked(http))["answer"] == "2018年"


def test_above_the_queue_limit_the_server_says_that_it_is_busy() -> None:
    bot = FakeBot()
    with chat(bot, queue=1, rate_limit=0) as url, httpx.Client(base_url=url, timeout=20) as http:
        gate = threading.Event()
        bot.ask_all = lambda questions, **options: gate.wait(20) and [FakeBot().ask(q) for q in questions]  # type: ignore[method-assign]
        try:
            statuses = []
            for _ in range(12):
                sent = http.post("/gradio_api/call/ask_batch", json={"data": [[YEAR_ZH]]})
                statuses.append(sent.status_code)
                if sent.status_code == 503:
                    break
            assert statuses[-1] == 503
            assert sent.json() == {
                "detail": "the server is busy: 1 questions are waiting already; ask again in a few seconds"
            }
            assert sent.headers["retry-after"] == "5"
            page = {"sec-fetch-site": "same-origin", "accept-language": "zh-CN,zh;q=0.9"}
            said = http.post("/gradio_api/call/ask_batch", json={"data": [[YEAR_ZH]]}, headers=page)
            assert (said.status_code, said.json()["detail"][:9]) == (429, "现在提问的人太多，")
        finally:
            gate.set()
