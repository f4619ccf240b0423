from __future__ import annotations

import httpx

from .conftest import PASSWORD, asked


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
