from __future__ import annotations

from pathlib import Path

import httpx
from starlette.requests import Request

from rag.ui.serving.auth import add_user

from ...fakebot import YEAR_ZH
from ...running import mounted
from .conftest import PASSWORD, answer, asked


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
