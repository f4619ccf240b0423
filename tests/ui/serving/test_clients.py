from __future__ import annotations

from starlette.requests import Request

from rag.ui.serving.clients import client_key, client_of, is_local


def test_what_a_client_is_known_by() -> None:
    assert client_key("2001:db8:1:2:3:4:5:6") == client_key("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert client_key("2001:db8:1:3::9") != client_key("2001:db8:1:2::9")
    assert client_key("::ffff:192.0.2.7") == client_key("192.0.2.7") == "192.0.2.7"
    assert client_key("testclient") == "testclient"
    assert [is_local(host) for host in ("127.0.0.5", "::1", "10.0.0.1", "testclient")] == [True, True, False, False]


def test_a_client_is_known_by_its_address() -> None:
    assert client_of(Request({"type": "http", "headers": [], "client": ("2001:db8::7", 1)})) == "2001:db8::/64"
    assert client_of(Request({"type": "http", "headers": [], "client": None})) == "unknown"
