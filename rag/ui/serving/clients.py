"""Who sends a request: the address that limits count by, and the language to answer in."""

from __future__ import annotations

import ipaddress

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection


def client_of(connection: HTTPConnection) -> str:
    """What the limits know a client by."""
    return client_key(connection.client.host if connection.client else None)


def client_key(host: str | None) -> str:
    """What a client is known by: its IPv4 address, or the /64 network of an IPv6 one, which is one household's.

    >>> client_key("192.0.2.7"), client_key("2001:db8::7:1"), client_key(None)
    ('192.0.2.7', '2001:db8::/64', 'unknown')
    """
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return host or "unknown"
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def is_local(host: str | None) -> bool:
    """Whether a request comes from this machine itself.

    >>> is_local("127.0.0.1"), is_local("::1"), is_local("192.0.2.7"), is_local(None)
    (True, True, False, False)
    """
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def short_language(headers: Headers) -> str:
    """The language of a short message to a client: Chinese if their browser asks for it first, else English."""
    return "zh" if headers.get("accept-language", "").lower().startswith("zh") else "en"
