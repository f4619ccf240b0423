"""Who may use a served chat, from where, and how much."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request

from rag.errors import InputError
from rag.ui.serving.auth import Users

#: A site's own login: it returns the name of the user that a request is from, or None for nobody.
Login = Callable[[Request], str | Awaitable[str | None] | None]

#: Questions a minute from one client, by default.
RATE_LIMIT = 300
#: Questions waiting at once; later ones are refused because the server is busy.
QUEUE = 64

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", re.IGNORECASE)
_HOST = re.compile(r"\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_FRAMER = re.compile(r"'self'|'none'|\*|(https?://)?(\*\.)?[a-z0-9.-]+(:([0-9]{1,5}|\*))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Policy:
    """Safe by default: framed by its own site only, closed to other sites' scripts, ``RATE_LIMIT`` questions a minute.

    ``auth`` is a file of users or the host site's login; without one everybody may ask.
    ``frame_ancestors`` are the sites that may show the chat in a frame: origins, ``self``, ``none`` or ``*``.
    ``allow_origins`` are the sites whose scripts may call it.
    ``allow_hosts`` are the names under which the chat answers, besides loopback and the address it is bound to:
    names, patterns such as ``*.example.org``, or ``*`` for any name, which switches the check off.
    ``rate_limit`` is questions a minute from one client, 0 for no limit. If it is left out, ``RATE_LIMIT`` holds for
    all clients but this machine itself.
    ``mcp`` serves ``/mcp`` for assistants. Raises ``InputError``.
    """

    auth: Users | Login | None = None
    frame_ancestors: tuple[str, ...] = ("self",)
    allow_origins: tuple[str, ...] = ()
    rate_limit: int | None = None
    mcp: bool = False
    queue: int = QUEUE
    allow_hosts: tuple[str, ...] = ()
    #: The header's value, made of ``frame_ancestors``.
    framing: str = field(init=False, default="")

    def __post_init__(self) -> None:
        framers = [f"'{f}'" if f in ("self", "none") else f for f in self.frame_ancestors] or ["'none'"]
        for framer in framers:
            if not _FRAMER.fullmatch(framer):
                hint = "name origins such as https://example.org, or self, none, *"
                raise InputError(f"{framer!r} cannot frame the chat: {hint}")
        if "'none'" in framers and len(framers) > 1:
            raise InputError("none allows no other frame ancestor: give it alone")
        for origin in self.allow_origins:
            if not _ORIGIN.fullmatch(origin):
                raise InputError(f"{origin!r} is not an origin: write it as https://example.org")
        for host in self.allow_hosts:
            if not _HOST.fullmatch(host):
                raise InputError(f"{host!r} is not a host: write its name alone, as paper.example.org")
        if self.rate_limit is not None and self.rate_limit < 0:
            raise InputError(f"the rate limit is {self.rate_limit}: give requests a minute, or 0 for none")
        if self.queue < 1:
            raise InputError(f"the queue limit is {self.queue}: give at least 1")
        object.__setattr__(self, "framing", " ".join(framers))
